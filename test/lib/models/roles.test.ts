import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient, findModel, resolveModel } from 'lib';
import { type LocalBedrock, startLocalBedrock } from 'lib/local-bedrock';
import { isRetired, type ModelRole, roles } from 'lib/models';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { forgetAnswers } from '../../../lib/models/control-plane.ts';
import { findOverride } from '../../../lib/models/overrides.ts';
import { findEmbeddingModel, findListedModel } from '../../../packages/bedrock-models/src/find.ts';
import { clientFor } from '../../local-endpoint.ts';

const opened: LocalBedrock[] = [];
const folders: string[] = [];
afterEach(async () => {
  vi.unstubAllEnvs();
  for (const endpoint of opened.splice(0)) await endpoint.close();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

async function endpointWith(options: Parameters<typeof startLocalBedrock>[0] = {}) {
  const requests: string[] = [];
  const journal = ({ operation }: { operation: string }) => void requests.push(operation);
  const endpoint = await startLocalBedrock({ era: 'today', today: '2026-11-24', ...options, journal });
  opened.push(endpoint);
  const region = options.region ?? 'us-east-1';
  return { requests, client: createClient({ ...clientFor(endpoint.url), region }) };
}

function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'overrides-'));
  folders.push(folder);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

const names = Object.keys(roles) as ModelRole[];
const micro = 'amazon.nova-micro-v1:0';
const lite = 'amazon.nova-lite-v1:0';

describe('a role', () => {
  it('has models that are listed, alive, and of its kind', () => {
    for (const role of names) {
      for (const id of roles[role]) {
        const model = role === 'embedding' ? findEmbeddingModel(id) : findModel(id);
        expect(model && isRetired(model, '2026-11-24'), id).toBe(false);
      }
    }
  });

  it.each(['us-east-1', 'us-west-2', 'eu-central-1', 'ap-northeast-1', 'ap-southeast-2', 'ca-central-1'])(
    'gives a model that answers in %s',
    async (region) => {
      const { client } = await endpointWith({ region });
      for (const role of names) {
        const found = await resolveModel(client, role);
        expect(found).toMatchObject({ requested: role, change: 'role', source: 'bedrock' });
        expect(findListedModel(found.id), found.id).toBeDefined();
      }
    },
  );

  it('passes over what the account cannot use, and says why', async () => {
    const { client } = await endpointWith({
      access: {
        'anthropic.claude-opus-5-5': 'use-case-form',
        'anthropic.claude-opus-5': 'marketplace',
        'anthropic.claude-sonnet-5-5': 'iam',
        'anthropic.claude-sonnet-5': 'no-access',
      },
    });
    expect(await resolveModel(client, 'best')).toMatchObject({
      id: 'amazon.nova-pro-v1:0',
      passedOver: [
        { id: 'anthropic.claude-opus-5-5', reason: 'the account is not entitled to it' },
        { id: 'anthropic.claude-opus-5', reason: 'there is no agreement with its provider' },
        { id: 'anthropic.claude-sonnet-5-5', reason: 'no policy allows it' },
        { id: 'anthropic.claude-sonnet-5', reason: 'there is no agreement with its provider' },
      ],
    });
  });

  it('that nothing can play is an error with each reason', async () => {
    const access = Object.fromEntries(roles.small.map((id) => [id, 'iam'] as const));
    const { client } = await endpointWith({ access });
    await expect(resolveModel(client, 'small')).rejects.toMatchObject({
      kind: 'access-denied',
      message: expect.stringContaining(`${micro}: no policy allows it`),
      hint: expect.stringContaining('npm run doctor'),
    });
  });

  it('works from the catalogue alone, and says so', async () => {
    const client = createClient({ ...clientFor('http://127.0.0.1:1'), region: 'eu-central-1' });
    for (const options of [{ ask: false }, {}]) {
      expect(await resolveModel(client, 'small', options)).toMatchObject({
        id: `eu.${micro}`,
        source: 'catalogue',
        reason: expect.stringContaining('Bedrock was not asked'),
      });
    }
  });
});

describe('Bedrock', () => {
  it('is asked once for everything, however many ask at the same time', async () => {
    const { client, requests } = await endpointWith();
    const haiku = 'anthropic.claude-haiku-4-5-20251001-v1:0';
    const ids = [micro, lite, haiku, 'openai.gpt-oss-20b-1:0', micro];
    await Promise.all(ids.map((id) => resolveModel(client, id)));
    await resolveModel(client, haiku);
    expect(requests.toSorted()).toEqual(['ListFoundationModels', 'ListInferenceProfiles']);
    forgetAnswers();
    await resolveModel(client, micro);
    expect(requests).toHaveLength(3);
  });

  it('is asked for one model where the list may not be read', async () => {
    const { client, requests } = await endpointWith({
      faults: ['AccessDeniedException:operation=ListFoundationModels'],
    });
    const titan = await resolveModel(client, 'amazon.titan-text-express-v1');
    expect(titan).toMatchObject({ id: micro, change: 'successor', source: 'bedrock' });
    expect(requests).toContain('GetFoundationModel');
  });

  it.each([
    ['2024-11-03', 'amazon.titan-text-express-v1', 'amazon.titan-text-express-v1'],
    ['2026-03-01', 'anthropic.claude-3-haiku-20240307-v1:0', 'anthropic.claude-3-haiku-20240307-v1:0'],
    ['2026-12-01', 'anthropic.claude-3-haiku-20240307-v1:0', 'us.anthropic.claude-haiku-4-5-20251001-v1:0'],
    ['2027-05-01', 'anthropic.claude-sonnet-4-5-20250929-v1:0', 'us.anthropic.claude-sonnet-5'],
  ])('on %s: %s is called as %s', async (today, requested, id) => {
    const { client } = await endpointWith({ today });
    expect((await resolveModel(client, requested)).id).toBe(id);
    expect((await resolveModel(client, requested, { ask: false, today })).id).toBe(id);
  });
});

describe('an id that nobody knows', () => {
  it('passes through with the capabilities that the caller states', async () => {
    const capabilities = { family: 'nova', refuses: ['tools'], contextTokens: 9 } as const;
    for (const id of [
      'maker.model-9',
      'arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/a1',
    ]) {
      const found = await resolveModel(createClient({ region: 'us-east-1' }), id, {
        ask: false,
        capabilities,
      });
      expect(found).toMatchObject({ id, change: 'as-requested', capabilities });
    }
  });
});

describe('an override', () => {
  const europe = createClient({ region: 'eu-central-1' });
  const offline = { ask: false };

  it('by an environment variable is resolved like any other model', async () => {
    vi.stubEnv('LIB_MODEL_SMALL', ` ${lite} , ${micro}`);
    expect(await resolveModel(europe, 'small', offline)).toMatchObject({
      id: `eu.${lite}`,
      requested: 'small',
      change: 'override',
      reason: `LIB_MODEL_SMALL says what to use for small: eu.${lite}.`,
    });
    expect((await resolveModel(europe, 'balanced', offline)).change).toBe('role');
  });

  it('by a file is for roles and for ids, and the variable stands above it', async () => {
    const folder = folderWith({ 'mine.json': JSON.stringify({ small: [lite], [micro]: 'maker.model-9' }) });
    vi.stubEnv('LIB_MODELS_FILE', join(folder, 'mine.json'));
    expect((await resolveModel(europe, 'small', offline)).id).toBe(`eu.${lite}`);
    expect(await resolveModel(europe, micro, offline)).toMatchObject({
      id: 'maker.model-9',
      change: 'override',
    });
    vi.stubEnv('LIB_MODEL_SMALL', 'maker.model-8');
    expect((await resolveModel(europe, 'small', offline)).id).toBe('maker.model-8');
  });

  it('by a file is found from a folder inside the project, and not above the project', () => {
    const folder = folderWith({
      'package.json': '{}',
      'models.json': JSON.stringify({ best: 'maker.model-9' }),
    });
    mkdirSync(join(folder, 'notebooks', 'inner'), { recursive: true });
    expect(findOverride('best', join(folder, 'notebooks'))?.ids).toEqual(['maker.model-9']);
    writeFileSync(join(folder, 'notebooks', 'package.json'), '{}');
    expect(findOverride('best', join(folder, 'notebooks', 'inner'))).toBeUndefined();
  });

  it.each(['[]', '{', '{"small": 7}', '{"small": []}', '{"small": ""}'])(
    'that says %s is refused',
    (text) => {
      const folder = folderWith({ 'models.json': text });
      expect(() => findOverride('small', folder)).toThrow(
        expect.objectContaining({ kind: 'file', hint: expect.stringContaining('{ "small":') }),
      );
    },
  );

  it('that names a file which is not there is refused', () => {
    vi.stubEnv('LIB_MODELS_FILE', '/nowhere/models.json');
    expect(() => findOverride('small')).toThrow(expect.objectContaining({ kind: 'file' }));
  });
});
