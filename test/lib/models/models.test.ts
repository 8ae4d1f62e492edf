import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { costOf, createClient, findModel, formatDollars, invokeText, resolveModel } from 'lib';
import { startLocalBedrock } from 'lib/local-bedrock';
import { catalogue, isRetired, splitModelId } from 'lib/models';
import { describe, expect, it } from 'vitest';
import { embeddingCatalogue, listedModels } from '../../../packages/bedrock-models/src/catalogue.ts';
import { tierOf } from '../../../packages/bedrock-models/src/cost.ts';
import { findEmbeddingFamily, findFamily } from '../../../packages/bedrock-models/src/find.ts';
import { sources } from '../../../packages/bedrock-models/src/price.ts';
import { callableId, nearestGeography, profileFor } from '../../../packages/bedrock-models/src/profile.ts';
import { clientFor, useLocalBedrock } from '../../local-endpoint.ts';

const lab = useLocalBedrock('lab');
const today = useLocalBedrock('today');
const titan = 'amazon.titan-text-express-v1';
const haiku45 = 'anthropic.claude-haiku-4-5-20251001-v1:0';

describe('the catalogue', () => {
  it('names each model once, with a successor that is listed and alive, where AWS names one', () => {
    expect(new Set(listedModels.map(({ id }) => id)).size).toBe(listedModels.length);
    for (const model of listedModels.filter((entry) => entry.endOfLife !== undefined)) {
      if (['Cohere', 'AI21 Labs'].includes(model.provider)) {
        expect(model.successor, model.id).toBeUndefined();
        continue;
      }
      const successor = findModel(model.successor ?? '');
      expect(successor && isRetired(successor, '2026-11-24'), model.id).toBe(false);
      expect(successor?.legacy, model.id).toBeUndefined();
    }
  });

  it('dates every price, and never calls a price zero', () => {
    for (const { id, price } of listedModels) {
      if (price === undefined) continue;
      expect(price.asOf).toMatch(/^20\d\d-\d\d-\d\d$/);
      expect(price.inputPerMillion, id).toBeGreaterThan(0);
      if (findModel(id)) expect(price.outputPerMillion, id).toBeGreaterThan(0);
      if (price.cacheReadPerMillion !== undefined)
        expect(price.cacheReadPerMillion).toBeLessThan(price.inputPerMillion);
      if (price.global) expect(price.global.inputPerMillion).toBeLessThan(price.inputPerMillion);
      expect(Object.keys(sources), id).toContain(price.source);
    }
  });

  it('asks less for Flex and batch than for Standard, and more for Priority and less waiting', () => {
    const routes = listedModels.flatMap(({ price }) =>
      [price, price?.global].filter((one) => one !== undefined),
    );
    const priced = routes.filter(({ tiers }) => tiers !== undefined);
    expect(priced.length).toBeGreaterThan(0);
    for (const { inputPerMillion, tiers = {} } of priced) {
      const { flex, batch, priority, 'latency-optimized': fast } = tiers;
      for (const cheap of [flex, batch])
        if (cheap) expect(cheap.inputPerMillion).toBeLessThan(inputPerMillion);
      for (const dear of [priority, fast])
        if (dear) expect(dear.inputPerMillion).toBeGreaterThan(inputPerMillion);
    }
  });

  it('says where the dates of a model were read', () => {
    for (const { id, startOfLife, legacy, endOfLife, datesFrom } of listedModels) {
      const isDated = startOfLife !== undefined || legacy !== undefined || endOfLife !== undefined;
      expect(datesFrom !== undefined && datesFrom.length > 0, id).toBe(isDated);
      for (const source of datesFrom ?? []) expect(Object.keys(sources)).toContain(source);
    }
  });

  it('has only profiles of geographies that some region is in', () => {
    const regions =
      'us-east-1 us-gov-west-1 ca-central-1 eu-west-1 ap-northeast-1 ap-southeast-2 ap-south-1'.split(' ');
    for (const { id, profiles } of listedModels) {
      const reached = profiles.filter((prefix) =>
        regions.some((region) => nearestGeography([prefix], region)),
      );
      expect(reached, id).toEqual(profiles);
    }
  });

  it('can be called: every model has a bare id or a profile, and room for an answer', () => {
    for (const model of listedModels) {
      expect(model.onDemand !== false || model.profiles.length > 0, model.id).toBe(true);
    }
    for (const { id, contextTokens, maxOutputTokens } of catalogue) {
      expect(maxOutputTokens, id).toBeLessThanOrEqual(contextTokens);
    }
  });

  it('has days in their order', () => {
    for (const {
      id,
      startOfLife = '2000-01-01',
      legacy = startOfLife,
      endOfLife = '9999-12-31',
    } of listedModels) {
      for (const day of [startOfLife, legacy, endOfLife]) expect(day).toMatch(/^\d{4}-\d\d-\d\d$/);
      expect(startOfLife <= legacy && legacy < endOfLife, id).toBe(true);
    }
  });
});

describe('splitModelId', () => {
  it('takes ids, profiles and ARNs apart', () => {
    expect(splitModelId(titan)).toEqual({ baseId: titan });
    expect(splitModelId(`us.${haiku45}`)).toEqual({ baseId: haiku45, profile: 'us' });
    expect(splitModelId(`global.${haiku45}`)).toEqual({ baseId: haiku45, profile: 'global' });
    expect(splitModelId(`arn:aws:bedrock:us-east-1::foundation-model/${titan}`)).toEqual({ baseId: titan });
    expect(splitModelId(`arn:aws:bedrock:us-east-1:123456789012:inference-profile/eu.${haiku45}`)).toEqual({
      baseId: haiku45,
      profile: 'eu',
    });
    expect(splitModelId('us.')).toEqual({ baseId: 'us.' });
  });
});

describe('resolveModel', () => {
  const clientOf = (url: string, region = 'us-east-1') => createClient({ ...clientFor(url), region });
  const inRegion = (region: string) => createClient({ region });

  it('leaves a model alone that answers', async () => {
    expect(await resolveModel(clientOf(lab().url), titan)).toEqual({
      id: titan,
      requested: titan,
      name: 'Titan Text G1 - Express',
      change: 'as-requested',
      reason: 'Titan Text G1 - Express answers under the id that was asked for.',
      legacy: false,
      source: 'bedrock',
    });
  });

  it('replaces a model that this endpoint has retired', async () => {
    const resolved = await resolveModel(clientOf(today().url), titan);
    expect(resolved).toMatchObject({ id: 'amazon.nova-micro-v1:0', change: 'successor', source: 'bedrock' });
  });

  it('finds the profile for the region', async () => {
    const europe = await startLocalBedrock({ region: 'eu-central-1' });
    const resolved = await resolveModel(clientOf(europe.url, 'eu-central-1'), haiku45);
    expect(resolved).toMatchObject({ id: `eu.${haiku45}`, change: 'inference-profile' });
    await europe.close();
    const retired = await resolveModel(clientOf(today().url), 'anthropic.claude-3-haiku-20240307-v1:0');
    expect(retired).toMatchObject({ id: `us.${haiku45}`, change: 'successor' });
  });

  it('keeps a profile that the caller chose', async () => {
    expect((await resolveModel(clientOf(lab().url), `global.${haiku45}`)).id).toBe(`global.${haiku45}`);
  });

  it('works from the dates when it may not ask, and when nobody answers', async () => {
    const on = (day: string) => resolveModel(inRegion('us-east-1'), titan, { ask: false, today: day });
    expect(await on('2024-11-03')).toMatchObject({ change: 'as-requested', source: 'catalogue' });
    expect(await on('2026-11-24')).toMatchObject({ change: 'successor', source: 'catalogue' });
    const unreachable = await resolveModel(clientOf('http://127.0.0.1:1'), titan, { today: '2026-11-24' });
    expect(unreachable).toMatchObject({ change: 'successor', source: 'catalogue' });
  });

  it('calls Nova by its bare id where AWS offers that, and through a profile elsewhere', async () => {
    const nova = 'amazon.nova-micro-v1:0';
    const on = (region: string) => resolveModel(inRegion(region), nova, { ask: false });
    expect((await on('us-east-1')).id).toBe(nova);
    expect((await on('us-west-2')).id).toBe(`us.${nova}`);
    expect((await on('eu-central-1')).id).toBe(`eu.${nova}`);
    const europe = await startLocalBedrock({ region: 'eu-central-1' });
    const client = clientOf(europe.url, 'eu-central-1');
    const resolved = await resolveModel(client, nova);
    expect(resolved).toMatchObject({ id: `eu.${nova}`, source: 'bedrock' });
    await expect(invokeText(client, nova, 'Hello')).rejects.toMatchObject({
      kind: 'inference-profile-needed',
    });
    expect((await invokeText(client, resolved.id, 'Hello')).text).not.toBe('');
    await europe.close();
  });

  it('says that Bedrock has no such model, or could not be asked', async () => {
    const typo = await resolveModel(clientOf(lab().url), 'amazon.nova-mirco-v1:0');
    expect(typo).toMatchObject({
      change: 'as-requested',
      source: 'bedrock',
      problem: { kind: 'model-unknown' },
    });
    const unreachable = await resolveModel(clientOf('http://127.0.0.1:1'), titan);
    expect(unreachable).toMatchObject({ source: 'catalogue', problem: { kind: 'network' } });
  });

  it('does not wait for ever for an endpoint that is silent', async () => {
    const silent = createServer(() => {}).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const url = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
    expect(await resolveModel(clientOf(url), titan)).toMatchObject({ problem: { kind: 'timeout' } });
    silent.closeAllConnections();
    silent.close();
  });

  it('says that a model’s end was announced', async () => {
    const spring = await startLocalBedrock({ era: 'today', today: '2026-04-01' });
    const haiku = 'anthropic.claude-3-haiku-20240307-v1:0';
    expect(await resolveModel(clientOf(spring.url), haiku)).toMatchObject({ id: haiku, legacy: true });
    await spring.close();
  });

  it('passes ids on that it does not know', async () => {
    const arn = 'arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc';
    expect(await resolveModel(inRegion('us-east-1'), arn)).toMatchObject({
      id: arn,
      change: 'as-requested',
    });
  });
});

describe('profileFor', () => {
  it.each([
    ['us-west-2', 'us'],
    ['eu-west-1', 'eu'],
    ['ap-northeast-1', 'jp'],
    ['ap-southeast-2', 'au'],
    ['ap-south-1', 'global'],
    ['sa-east-1', 'global'],
  ])('%s: %s', (region, prefix) => {
    const model = findModel(haiku45);
    expect(model && profileFor(model, region)).toBe(prefix);
  });

  it.each(['us-gov-west-1', 'cn-north-1', 'eusc-de-east-1', '', 'US-EAST-1'])('%j: none', (region) => {
    const model = findModel(haiku45);
    expect(model && profileFor(model, region)).toBeUndefined();
    expect(model && callableId(model, region)).toBe(haiku45);
  });
});

describe('findFamily', () => {
  it.each([
    ['us.anthropic.claude-sonnet-9', 'claude-messages'],
    ['amazon.nova-9-lite-v1:0', 'nova'],
    ['us.meta.llama9-7b-instruct-v1:0', 'llama'],
    ['mistral.mistral-large-9', 'mistral-chat'],
    ['mistral.mixtral-9x9b-instruct-v0:1', 'mistral-text'],
    ['cohere.command-z-v1:0', 'cohere-command'],
    ['ai21.jamba-9-mini-v1:0', 'jamba'],
    ['openai.gpt-oss-9b-1:0', 'gpt-oss'],
    ['us.deepseek.r9-v1:0', 'deepseek'],
    ['qwen.qwen9-1b', 'qwen'],
    ['acme.poet-v1', undefined],
    ['openai.gpt-9', 'qwen'],
    ['openai.whisper-1', undefined],
  ])('%s: %s', (id, family) => {
    expect(findFamily(id)).toBe(family);
  });

  it('finds the family of each listed model by its id alone', () => {
    for (const { id, family } of catalogue) expect(findFamily(`${id}9`), id).toBe(family);
    for (const { id, family } of embeddingCatalogue) {
      expect(findEmbeddingFamily(`${id}9`), id).toBe(family);
      expect(findFamily(id), id).toBeUndefined();
    }
  });
});

describe('costOf', () => {
  const usage = { inputTokens: 1_000_000, outputTokens: 2_000_000 };

  it('adds input and output at their prices', () => {
    expect(costOf(usage, 'amazon.nova-micro-v1:0')).toBeCloseTo(0.035 + 0.28);
    expect(costOf(usage, `us.${haiku45}`)).toBeCloseTo(1.1 + 11);
    expect(costOf(usage, `global.${haiku45}`)).toBeCloseTo(1 + 10);
  });

  it('counts cached tokens once, at their own price', () => {
    const cached = { ...usage, cacheReadInputTokens: 1_000_000, cacheWriteInputTokens: 2_000_000 };
    expect(costOf(cached, `us.${haiku45}`)).toBeCloseTo(1.1 + 11 + 0.11 + 2.75);
    expect(costOf(cached, `global.${haiku45}`)).toBeCloseTo(1 + 10 + 0.1 + 2.5);
  });

  it('does not know the price of cached tokens where only the others’ is known', () => {
    const nova = 'amazon.nova-micro-v1:0';
    expect(costOf({ ...usage, cacheReadInputTokens: 1_000_000 }, nova)).toBeCloseTo(0.035 + 0.28 + 0.00875);
    expect(costOf({ ...usage, cacheWriteInputTokens: 1 }, nova)).toBeUndefined();
    expect(costOf({ ...usage, cacheWriteInputTokens: 0 }, nova)).toBeCloseTo(0.035 + 0.28);
  });

  it('knows what vectors cost', () => {
    expect(costOf({ inputTokens: 1_000_000, outputTokens: 0 }, 'amazon.titan-embed-text-v2:0')).toBe(0.02);
  });

  it('takes the price of the tier that serves the call, and knows no other for it', () => {
    const nova2 = 'global.amazon.nova-2-lite-v1:0';
    expect(costOf(usage, nova2)).toBeCloseTo(0.3 + 5);
    expect(costOf(usage, nova2, 'flex')).toBeCloseTo(0.15 + 2.5);
    expect(costOf(usage, nova2, 'priority')).toBeCloseTo(0.525 + 8.75);
    expect(costOf({ ...usage, cacheReadInputTokens: 1 }, nova2, 'flex')).toBeUndefined();
    expect(costOf(usage, nova2, 'reserved')).toBeUndefined();
    expect(costOf(usage, 'us.amazon.nova-2-lite-v1:0', 'flex')).toBeUndefined();
    expect(costOf(usage, 'amazon.nova-pro-v1:0', 'latency-optimized')).toBeCloseTo(1 + 8);
  });

  it('reads the tier from the members of a request', () => {
    expect(tierOf({})).toBeUndefined();
    expect(
      tierOf({ serviceTier: { type: 'default' }, performanceConfig: { latency: 'standard' } }),
    ).toBeUndefined();
    expect(tierOf({ serviceTier: { type: 'flex' } })).toBe('flex');
    expect(tierOf({ performanceConfig: { latency: 'optimized' } })).toBe('latency-optimized');
  });

  it('does not take an unknown price for zero', () => {
    expect(costOf(usage, 'anthropic.claude-v2')).toBeUndefined();
    expect(costOf(usage, 'meta.llama9')).toBeUndefined();
  });

  it('writes small sums so that they can be read', () => {
    expect([undefined, 0, 0.0000123, 0.00042, 0.5, 12].map(formatDollars)).toEqual([
      'unknown',
      '$0',
      '$0.000012',
      '$0.00042',
      '$0.50',
      '$12.00',
    ]);
  });
});
