import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BedrockClient } from '@aws-sdk/client-bedrock';
import { S3Client } from '@aws-sdk/client-s3';
import { type LocalBedrock, startLocalBedrock } from 'lib/local-bedrock';
import {
  type BatchOptions,
  batch,
  classifyTask,
  embedTask,
  estimateBatch,
  extractTask,
  promptTask,
} from 'lib/tasks';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { clientFor } from '../../../local-endpoint.ts';

const modelId = 'amazon.nova-micro-v1:0';
const root = mkdtempSync(join(tmpdir(), 'batch-'));
const limits = { minimumRecords: 3, maximumRecords: 5 };
let endpoint: LocalBedrock;
let options: BatchOptions;
let runs = 0;

beforeAll(async () => {
  mkdirSync(join(root, 'bucket'));
  endpoint = await startLocalBedrock({ s3: root, batch: limits, era: 'lab', today: '2026-11-24' });
});
afterAll(async () => {
  await endpoint.close();
  rmSync(root, { recursive: true, force: true });
});
beforeEach(() => {
  options = {
    client: new BedrockClient(clientFor(endpoint.url)),
    s3: new S3Client(clientFor(endpoint.url)),
    modelId,
    name: `run-${runs++}`,
    folder: 's3://bucket/work',
    roleArn: 'arn:aws:iam::123456789012:role/batch',
    limits,
  };
});

const sums = promptTask({ prompt: (text) => `What is ${text}?` });
const textsOf = (count: number) => Array.from({ length: count }, (_, n) => `${n} + 1`);

async function collected<T>(results: AsyncIterable<T & { index: number }>): Promise<T[]> {
  const all: T[] = [];
  for await (const result of results) all[result.index] = result;
  return all;
}

const created = () =>
  endpoint.requests().filter(({ operation }) => operation === 'CreateModelInvocationJob').length;
const uploads = () =>
  endpoint.requests().filter(({ method, path }) => method === 'PUT' && path.includes('bucket')).length;

describe('a batch', () => {
  it('makes as many jobs as the limits ask for, of about the same size, and matches answers to texts', async () => {
    const texts = textsOf(12);
    const run = await batch(texts, sums, options);
    expect(run.plan).toMatchObject({ records: 12, jobs: [4, 4, 4] });
    expect(run.jobArns).toHaveLength(3);
    const progress: number[] = [];
    const all = await collected(run.results({ pollMs: 20, onProgress: ({ done }) => progress.push(done) }));
    expect(all).toHaveLength(12);
    for (const [n, { value }] of all.entries()) expect(value).toContain(`${n + 1}`);
    expect(progress.at(-1)).toBe(12);
    const summary = await run.wait({ pollMs: 20 });
    expect(summary).toMatchObject({ records: 12, failed: 0 });
    expect(summary.inputTokens).toBeGreaterThan(12);
    expect(summary.inputTokens).toBeLessThanOrEqual(run.plan.inputTokens);
    expect(summary.costUsd).toBeLessThanOrEqual(run.plan.costUsd ?? 0);
  });

  it('goes on with what is there, of uploads and jobs, and makes nothing twice', async () => {
    const [before, uploaded] = [created(), uploads()];
    const first = await batch(textsOf(10), sums, options);
    expect([created() - before, uploads() - uploaded]).toEqual([2, 2]);
    const again = await batch(() => textsOf(10), sums, options);
    expect(again.jobArns).toEqual(first.jobArns);
    expect([created() - before, uploads() - uploaded]).toEqual([2, 2]);
    await expect(batch(textsOf(9), sums, options)).rejects.toMatchObject({
      kind: 'request',
      message: expect.stringContaining('has other texts'),
    });
    expect(await collected(again.results({ pollMs: 20 }))).toHaveLength(10);
  });

  it('makes the job of a part that came to nothing anew, and only that one', async () => {
    endpoint.fault('ThrottlingException', { operation: 'CreateModelInvocationJob', times: 9 });
    await expect(batch(textsOf(4), sums, options)).rejects.toMatchObject({ kind: 'throttled' });
    endpoint.clearFaults();
    const uploaded = uploads();
    const run = await batch(textsOf(4), sums, options);
    expect(uploads()).toBe(uploaded);
    await run.stop();
    const again = await batch(textsOf(4), sums, options);
    const all = await collected(again.results({ pollMs: 20 }));
    expect(all.filter(({ value }) => value !== undefined)).toHaveLength(4);
  });

  it('classifies, extracts and embeds', async () => {
    const tweets = ['I love this day!', 'I hate this awful rain.', 'What a wonderful, great song!'];
    const labels = await batch(tweets, classifyTask({ labels: ['positive', 'negative'] }), options);
    const labelled = await collected(labels.results({ pollMs: 20 }));
    expect(labelled.map(({ value }) => value)).toEqual(['positive', 'negative', 'positive']);

    const schema = z.object({ city: z.string() });
    const cities = await batch(
      ['I live in Paris.', 'I live in Rome.', 'I live in Oslo.'],
      extractTask({ schema }),
      {
        ...options,
        name: 'cities',
      },
    );
    const extracted = await collected(cities.results({ pollMs: 20 }));
    for (const { value } of extracted) expect(typeof value?.city).toBe('string');

    const vectors = await batch(tweets, embedTask({ dimensions: 256 }), {
      ...options,
      name: 'vectors',
      modelId: 'amazon.titan-embed-text-v2:0',
    });
    const embedded = await collected(vectors.results({ pollMs: 20 }));
    expect(embedded.map(({ value }) => value?.length)).toEqual([256, 256, 256]);
  });

  it('keeps the errors of records, and reads what cannot be used as one', async () => {
    const only7 = promptTask({
      prompt: (text) => `What is ${text}?`,
      read: (answer) => (answer.includes('7') ? { value: 7 } : { problem: 'it is not 7' }),
    });
    const run = await batch(['3 + 4', '1 + 1', '5 + 2'], only7, options);
    const all = await collected(run.results({ pollMs: 20 }));
    expect(all.map(({ value }) => value)).toEqual([7, undefined, 7]);
    expect(all[1]?.error).toMatchObject({ kind: 'answer', message: expect.stringContaining('it is not 7') });

    const odd = {
      ...sums,
      body: (text: string) => (text === 'bad' ? { wrong: true } : sums.body(text, modelId)),
    };
    const other = await batch(['1 + 1', 'bad', '2 + 2'], odd, { ...options, name: 'odd' });
    const refused = await collected(other.results({ pollMs: 20 }));
    expect(refused[1]?.error).toMatchObject({ kind: 'request', message: expect.stringContaining('400') });
    expect(refused[2]?.value).toContain('4');
    expect(await other.wait({ pollMs: 20 })).toMatchObject({ failed: 1 });
  });

  it.each([
    ['end_turn', { value: 'yes' }],
    ['max_tokens', { value: 'yes' }],
    ['content_filtered', { problem: 'it was kept back' }],
    ['malformed_model_output', { problem: 'it is not whole' }],
  ])('reads an answer that ended with %s as single calls do', async (stopReason, reading) => {
    const answer = { output: { message: { content: [{ text: 'yes' }] } }, stopReason };
    expect(await promptTask({ prompt: String }).read(answer, modelId)).toMatchObject(reading);
  });

  it('refuses what AWS would, and what may cost too much, before anything is uploaded', async () => {
    const before = readdirSync(join(root, 'bucket', 'work'));
    const refused: [BatchOptions, readonly unknown[], string, string][] = [
      [options, textsOf(2), 'request', 'takes 3 records or more'],
      [options, ['a', 'b', 7], 'request', 'index 2'],
      [{ ...options, name: 'a b' }, textsOf(4), 'request', 'cannot name'],
      [{ ...options, folder: 'bucket/work' }, textsOf(4), 'request', 'no folder of S3'],
      [{ ...options, maxCostUsd: 1e-9 }, textsOf(4), 'limit', 'may cost'],
      [{ ...options, limits: { ...limits, maximumFileBytes: 90 } }, textsOf(4), 'request', 'index 0'],
      [{ ...options, folder: 's3://nowhere/x' }, textsOf(4), 'request', 'no bucket nowhere'],
    ];
    for (const [given, texts, kind, message] of refused) {
      await expect(batch(texts as string[], sums, given)).rejects.toMatchObject({
        kind,
        message: expect.stringContaining(message),
      });
    }
    await expect(
      batch(['a', ' ', 'c'], embedTask(), { ...options, modelId: 'amazon.titan-embed-text-v2:0' }),
    ).rejects.toMatchObject({ kind: 'request', message: expect.stringContaining('index 1') });
    expect(readdirSync(join(root, 'bucket', 'work'))).toEqual(before);
  });

  it('divides by bytes as well, and is estimated beforehand at half the price where that is known', async () => {
    const texts = textsOf(8);
    const { bytes } = await estimateBatch(texts, sums, { modelId, limits });
    const byBytes = await estimateBatch(texts, sums, {
      modelId,
      limits: { minimumRecords: 1, maximumRecords: 100, maximumFileBytes: Math.ceil(bytes / 3) },
    });
    expect(byBytes.jobs.length).toBeGreaterThan(2);
    expect(byBytes.jobs.reduce((sum, count) => sum + count, 0)).toBe(8);
    expect(
      (await estimateBatch(texts, sums, { modelId: 'unknown.model-v1:0', limits }).catch((e) => e)).kind,
    ).toBe('model-unknown');
  });

  it('tells why a job failed, in the words of AWS', async () => {
    const run = await batch(textsOf(4), sums, {
      ...options,
      limits: { minimumRecords: 1, maximumRecords: 2 },
    });
    await expect(run.wait({ pollMs: 20 })).rejects.toMatchObject({
      kind: 'response',
      message: expect.stringContaining('less records (2) than the required minimum of: 3'),
    });
  });
});
