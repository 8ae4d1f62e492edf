import { checkAccess, createClient, resolveModel } from 'lib';
import { type LocalBedrock, startLocalBedrock } from 'lib/local-bedrock';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { iamStatement } from '../../../lib/access/access-findings.ts';
import { describeObstacles } from '../../../lib/access/check-access.ts';
import type { Finding } from '../../../lib/access/finding.ts';
import { probeCost } from '../../../lib/access/probe.ts';
import { clientFor } from '../../local-endpoint.ts';

const opened: LocalBedrock[] = [];
afterEach(async () => {
  for (const endpoint of opened.splice(0)) await endpoint.close();
});

async function endpointWith(options: Parameters<typeof startLocalBedrock>[0] = {}) {
  const requests: string[] = [];
  const journal = ({ operation }: { operation: string }) => void requests.push(operation);
  const region = options.region ?? 'us-east-1';
  const today = options.today ?? '2026-11-24';
  const endpoint = await startLocalBedrock({ era: 'today', ...options, today, journal });
  opened.push(endpoint);
  const client = createClient({ ...clientFor(endpoint.url), region });
  const check = async (id: string, more = {}) => {
    const [access] = await checkAccess(client, [id], { today, ...more });
    if (access === undefined) throw new Error('One model was asked for.');
    return access;
  };
  return { endpoint, requests, client, check };
}

const found = (findings: readonly Finding[], what: string) =>
  findings.find((finding) => finding.what === what);

const micro = 'amazon.nova-micro-v1:0';
const haiku = 'anthropic.claude-haiku-4-5-20251001-v1:0';

describe('checkAccess', () => {
  it('finds nothing against a model that answers, and calls no model', async () => {
    const { check, requests } = await endpointWith();
    const access = await check(micro);
    expect(access).toMatchObject({ id: micro, name: 'Nova Micro', usable: true, status: 'available' });
    expect(access.findings.every(({ state }) => state === 'ok')).toBe(true);
    expect(requests).not.toContain('Converse');
  });

  it('names the profile that is needed and where it sends requests', async () => {
    const { check } = await endpointWith();
    const access = await check(haiku);
    expect(access.id).toBe(`us.${haiku}`);
    expect(found(access.findings, 'profile')).toMatchObject({
      state: 'ok',
      text: `called through us.${haiku}, which sends requests to us-east-1, us-east-2, us-west-2`,
    });
  });

  it('finds a profile that is not one of this region', async () => {
    const { check } = await endpointWith();
    const access = await check(`eu.${haiku}`);
    expect(access).toMatchObject({ usable: false, status: 'no such profile here' });
    expect(found(access.findings, 'profile')?.text).toContain(`us.${haiku}`);
  });

  it.each([
    ['iam', 'authorized', 'not authorized', 'bedrock:InvokeModel'],
    ['marketplace', 'agreement', 'no agreement', 'aws-marketplace:Subscribe'],
    ['use-case-form', 'entitlement', 'not entitled', "Anthropic's use-case form"],
    ['no-access', 'agreement', 'no agreement', 'aws-marketplace:Subscribe'],
  ] as const)('access refused as %s: %s, with its fix', async (state, what, status, fix) => {
    const { check } = await endpointWith({ access: { [haiku]: state } });
    const access = await check(haiku);
    expect(access).toMatchObject({ usable: false, status });
    const finding = found(access.findings, what);
    expect(finding).toMatchObject({ state: 'problem', fix: expect.stringContaining(fix) });
    expect(describeObstacles(access).join('\n')).toContain(finding?.fix);
    // A call fails in the way that was foretold, and its own fix is one too.
    const probed = await check(haiku, { probe: true });
    expect(found(probed.findings, 'probe')).toMatchObject({
      state: 'problem',
      fix: expect.stringMatching(/\w/),
    });
  });

  it('gives a policy that allows the profile, and the model in each of its regions', async () => {
    const { check } = await endpointWith({ access: { [haiku]: 'iam' } });
    const fix = found((await check(haiku)).findings, 'authorized')?.fix ?? '';
    expect(JSON.parse(fix.slice(fix.indexOf('{')))).toEqual({
      Effect: 'Allow',
      Action: ['bedrock:InvokeModel', 'bedrock:InvokeModelWithResponseStream'],
      Resource: [
        `arn:aws:bedrock:us-east-1:*:inference-profile/us.${haiku}`,
        `arn:aws:bedrock:us-east-1::foundation-model/${haiku}`,
        `arn:aws:bedrock:us-east-2::foundation-model/${haiku}`,
        `arn:aws:bedrock:us-west-2::foundation-model/${haiku}`,
      ],
    });
    expect(iamStatement(micro, 'us-east-1')).toContain(
      `"arn:aws:bedrock:us-east-1::foundation-model/${micro}"`,
    );
  });

  it('names other regions for a model that this one does not offer', async () => {
    const { check } = await endpointWith({ region: 'eu-central-1' });
    const access = await check('qwen.qwen3-235b-a22b-2507-v1:0');
    expect(access).toMatchObject({ usable: false, status: 'not offered here' });
    expect(found(access.findings, 'offered')?.fix).toContain('us-west-2');
  });

  it.each([
    ['2024-11-03', 'available', undefined],
    ['2026-11-07', 'available; it ends in 152 days', 152],
    ['2027-03-01', 'available; it ends in 38 days', 38],
    ['2027-04-07', 'available; it ends in 1 day', 1],
  ])('on %s Sonnet 4.5 is %s', async (today, status, daysLeft) => {
    const { check } = await endpointWith({ today });
    const access = await check('anthropic.claude-sonnet-4-5-20250929-v1:0');
    expect(access.status).toBe(status);
    if (daysLeft === undefined) return;
    expect(access).toMatchObject({ usable: true, endOfLife: '2027-04-08', daysLeft });
    const isNear = daysLeft <= 60;
    expect(found(access.findings, 'end of life')).toMatchObject({ state: isNear ? 'warning' : 'ok' });
    if (isNear) expect(found(access.findings, 'end of life')?.fix).toContain('Claude Sonnet 5');
  });

  it('says what takes the place of a retired model, and that nothing does', async () => {
    const { check } = await endpointWith();
    expect(await check('amazon.titan-text-express-v1')).toMatchObject({
      id: micro,
      usable: true,
      status: 'retired',
    });
    expect(await check('cohere.command-r-v1:0')).toMatchObject({ usable: false, status: 'retired' });
  });

  it('asks afresh each time, so that what was put right is seen', async () => {
    const { endpoint, client, check } = await endpointWith({ access: { [micro]: 'iam' } });
    expect((await check(micro)).usable).toBe(false);
    await fetch(`${endpoint.url}/_local-bedrock/access`, { method: 'PUT', body: '{}' });
    expect((await check(micro)).usable).toBe(true);
    expect((await resolveModel(client, 'small')).id).toBe(micro);
  });

  it('does not take the control plane’s silence for a refusal of the model', async () => {
    const faults = ['List', 'Get'].flatMap((verb) =>
      ['FoundationModels', 'FoundationModel', 'InferenceProfiles', 'FoundationModelAvailability'].map(
        (noun) => `AccessDeniedException:operation=${verb}${noun}`,
      ),
    );
    const { check } = await endpointWith({ faults });
    const access = await check(haiku);
    expect(access).toMatchObject({ id: `us.${haiku}`, usable: true });
    expect(found(access.findings, 'offered')?.state).toBe('unknown');
    expect(describeObstacles(access)).toEqual([]);
  });

  it('names the section of the help page that fits an obstacle, where there is such a page', () => {
    vi.stubEnv('LIB_HELP_PAGE', 'docs/help.md');
    const obstacle = (what: string): Finding => ({ what, state: 'problem', text: 'no', fix: 'Do it.' });
    const told = describeObstacles({
      requested: micro,
      name: 'Nova Micro',
      id: micro,
      usable: false,
      status: 'none',
      findings: ['authorized', 'region', 'profile'].map(obstacle),
    });
    expect(told.map((text) => text.split('\n').at(-1))).toEqual([
      '  more: docs/help.md#access-denied',
      '  more: docs/help.md#model-unknown',
      '  more: docs/help.md#inference-profile-needed',
    ]);
  });

  it('says that nobody answers', async () => {
    const client = createClient(clientFor('http://127.0.0.1:1'));
    const [access] = await checkAccess(client, [micro]);
    expect(access).toMatchObject({ id: micro, usable: false, error: { kind: 'network' } });
  });

  it('calls models for one token when it is asked to', async () => {
    const { check, requests } = await endpointWith();
    const probed = await check(micro, { probe: true });
    expect(found(probed.findings, 'probe')).toMatchObject({
      state: 'ok',
      text: expect.stringContaining('$'),
    });
    await check('amazon.titan-embed-text-v2:0', { probe: true });
    expect(requests.filter((operation) => ['Converse', 'InvokeModel'].includes(operation))).toEqual([
      'Converse',
      'InvokeModel',
    ]);
  });
});

describe('probeCost', () => {
  it('is far below a cent, and unknown where a price is', () => {
    expect(probeCost([micro, `us.${haiku}`])).toBeLessThan(0.001);
    expect(probeCost([micro, 'us.anthropic.claude-haiku-5-5'])).toBeUndefined();
  });
});
