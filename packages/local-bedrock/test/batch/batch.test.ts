import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateModelInvocationJobCommand,
  type CreateModelInvocationJobCommandInput,
  GetModelInvocationJobCommand,
  type GetModelInvocationJobCommandOutput,
  ListModelInvocationJobsCommand,
  type ListModelInvocationJobsCommandInput,
  StopModelInvocationJobCommand,
} from '@aws-sdk/client-bedrock';
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Job, JobDefinition } from '../../src/batch/job.ts';
import { createBatchJobs } from '../../src/batch/jobs.ts';
import { batchQuotas } from '../../src/batch/quotas.ts';
import { linesOf } from '../../src/batch/run-job.ts';
import {
  type LocalBedrock,
  type LocalBedrockOptions,
  Refusal,
  scripted,
  startLocalBedrock,
  type WordSource,
} from '../../src/index.ts';
import { openBucketFolder } from '../../src/s3/bucket-folder.ts';
import { bodies, controlClient, haiku45, novaMicro } from '../endpoint.ts';

let root: string;
const started: LocalBedrock[] = [];

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'local-bedrock-batch-'));
  await mkdir(join(root, 'records'));
});
afterEach(async () => {
  await Promise.all(started.splice(0).map((endpoint) => endpoint.close()));
  await rm(root, { recursive: true });
});

async function start(options: LocalBedrockOptions = {}): Promise<LocalBedrock> {
  const endpoint = await startLocalBedrock({ s3: root, batch: { minimumRecords: 1 }, ...options });
  started.push(endpoint);
  return endpoint;
}

const question = (text: string) => bodies.nova(text);
const record = (recordId: string | undefined, modelInput: unknown) =>
  JSON.stringify({ recordId, modelInput });
const inputs = (count: number) =>
  Array.from({ length: count }, (_, index) => record(`R${index}`, question(`What is ${index} + 1?`)));

async function putLines(name: string, lines: readonly string[]): Promise<void> {
  await mkdir(join(root, 'records', name, '..'), { recursive: true });
  await writeFile(join(root, 'records', name), lines.map((line) => `${line}\n`).join(''));
}

async function create(
  { url }: LocalBedrock,
  input: Partial<CreateModelInvocationJobCommandInput> & { from?: string; to?: string } = {},
): Promise<string> {
  const { from = 's3://records/in.jsonl', to = 's3://records/out/', ...rest } = input;
  const { jobArn = '' } = await controlClient(url).send(
    new CreateModelInvocationJobCommand({
      jobName: 'a-job',
      roleArn: 'arn:aws:iam::123456789012:role/batch',
      modelId: novaMicro,
      inputDataConfig: { s3InputDataConfig: { s3Uri: from } },
      outputDataConfig: { s3OutputDataConfig: { s3Uri: to } },
      ...rest,
    }),
  );
  return jobArn;
}

async function get({ url }: LocalBedrock, jobIdentifier: string) {
  return await controlClient(url).send(new GetModelInvocationJobCommand({ jobIdentifier }));
}

async function until(
  endpoint: LocalBedrock,
  arn: string,
  status: string,
): Promise<GetModelInvocationJobCommandOutput> {
  await expect.poll(async () => (await get(endpoint, arn)).status, { timeout: 60_000 }).toBe(status);
  return await get(endpoint, arn);
}

const idOf = (arn: string) => arn.slice(arn.lastIndexOf('/') + 1);

async function results(arn: string, file: string, to = 'out/'): Promise<Record<string, unknown>[]> {
  const written = await readFile(join(root, 'records', to, idOf(arn), file), 'utf8');
  return written
    .trimEnd()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}

/** Words for so many records, and none for the next: its answer never comes. */
function wordsFor(count: number) {
  let asked = 0;
  const words: WordSource = {
    name: 'few words',
    async *answer(...request) {
      asked += 1;
      if (asked > count) await new Promise(() => {});
      yield* scripted('an answer').answer(...request);
    },
    countTokens: async () => 1,
  };
  return { words, asked: () => asked };
}

describe('a batch job', () => {
  it('goes from an upload to its results by the official clients alone', async () => {
    const endpoint = await start({ batch: {} });
    const s3 = new S3Client({
      endpoint: endpoint.url,
      region: 'us-east-1',
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    });
    const Body = inputs(100).join('\n');
    await s3.send(new PutObjectCommand({ Bucket: 'records', Key: 'in.jsonl', Body }));
    const arn = await create(endpoint, { timeoutDurationInHours: 48, clientRequestToken: 'a-token' });
    expect(arn).toMatch(/^arn:aws:bedrock:us-east-1:123456789012:model-invocation-job\/[a-z0-9]{12}$/);
    const job = await until(endpoint, arn, 'Completed');
    expect(job).toMatchObject({
      jobArn: arn,
      jobName: 'a-job',
      modelId: novaMicro,
      clientRequestToken: 'a-token',
      roleArn: 'arn:aws:iam::123456789012:role/batch',
      timeoutDurationInHours: 48,
      modelInvocationType: 'InvokeModel',
      inputDataConfig: { s3InputDataConfig: { s3Uri: 's3://records/in.jsonl' } },
      outputDataConfig: { s3OutputDataConfig: { s3Uri: 's3://records/out/' } },
      totalRecordCount: 100,
      processedRecordCount: 100,
      successRecordCount: 100,
      errorRecordCount: 0,
    });
    expect((job.jobExpirationTime?.getTime() ?? 0) - (job.submitTime?.getTime() ?? 0)).toBe(48 * 3_600_000);
    expect(job.endTime?.getTime()).toBeGreaterThanOrEqual(job.submitTime?.getTime() ?? Number.NaN);

    const out = async (name: string) => {
      const Key = `out/${idOf(arn)}/${name}`;
      const { Body: body } = await s3.send(new GetObjectCommand({ Bucket: 'records', Key }));
      return (await body?.transformToString()) ?? '';
    };
    const lines = (await out('in.jsonl.out'))
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines).toHaveLength(100);
    expect(lines[7]).toMatchObject({
      recordId: 'R7',
      modelInput: question('What is 7 + 1?'),
      modelOutput: { output: { message: { content: [{ text: '7 + 1 = 8' }] } }, stopReason: 'end_turn' },
    });
    expect(JSON.parse(await out('manifest.json.out'))).toEqual({
      totalRecordCount: 100,
      processedRecordCount: 100,
      successRecordCount: 100,
      errorRecordCount: 0,
      inputTokenCount: lines.reduce((sum, { modelOutput }) => sum + modelOutput.usage.inputTokens, 0),
      outputTokenCount: lines.reduce((sum, { modelOutput }) => sum + modelOutput.usage.outputTokens, 0),
    });
  });

  it('keeps errors with their records, and gives a record without an id one', async () => {
    await putLines('in.jsonl', [
      record('good', question('What is 2 + 2?')),
      record('bad', { messages: 'none' }),
      record(undefined, question('\u2028 is no end of a line. What is 1 + 1?')),
    ]);
    const endpoint = await start();
    const arn = await create(endpoint);
    expect(await until(endpoint, arn, 'Completed')).toMatchObject({
      successRecordCount: 2,
      errorRecordCount: 1,
    });
    expect(await results(arn, 'in.jsonl.out')).toEqual([
      { recordId: 'good', modelInput: expect.any(Object), modelOutput: expect.any(Object) },
      {
        recordId: 'bad',
        modelInput: { messages: 'none' },
        error: { errorCode: 400, errorMessage: expect.stringContaining('Malformed input request') },
      },
      {
        recordId: expect.stringMatching(/^[A-Z0-9]{11}$/),
        modelInput: expect.any(Object),
        modelOutput: expect.any(Object),
      },
    ]);
  });

  it.each([
    [
      'Converse',
      haiku45,
      { modelInvocationType: 'Converse' },
      { messages: [{ role: 'user', content: [{ text: '2 + 2' }] }] },
      'output',
    ],
    ['an embedding model', 'amazon.titan-embed-text-v2:0', {}, { inputText: 'Hello' }, 'embedding'],
    ['Claude', haiku45, {}, bodies.claude('2 + 2'), 'content'],
  ] as const)('runs records of %s', async (_, modelId, more, modelInput, member) => {
    await putLines('in.jsonl', [record('one', modelInput)]);
    const endpoint = await start();
    const arn = await create(endpoint, { modelId, ...more });
    await until(endpoint, arn, 'Completed');
    const [result] = await results(arn, 'in.jsonl.out');
    expect(result?.modelOutput).toHaveProperty(member);
    const [manifest] = await results(arn, 'manifest.json.out');
    expect(manifest?.inputTokenCount).toBeGreaterThan(0);
  });

  it('reads all .jsonl files below a folder, and writes one for each', async () => {
    await putLines('in/one.jsonl', inputs(2));
    await putLines('in/below/two.jsonl', inputs(3));
    await putLines('in/notes.txt', ['not JSON']);
    await putLines('input.jsonl', ['of another folder']);
    const endpoint = await start();
    for (const from of ['s3://records/in', 's3://records/in/']) {
      const arn = await create(endpoint, { from, to: 's3://records/to' });
      expect(await until(endpoint, arn, 'Completed')).toMatchObject({ totalRecordCount: 5 });
      expect(await results(arn, 'one.jsonl.out', 'to')).toHaveLength(2);
      expect(await results(arn, 'below/two.jsonl.out', 'to')).toHaveLength(3);
    }
  });

  it.each([
    [{}, 99, 'Batch job contains less records (99) than the required minimum of: 100'],
    [
      { minimumRecords: 1, maximumRecords: 4 },
      5,
      'Batch job contains more records (5) than the allowed maximum of: 4',
    ],
    [{ minimumRecords: 1, maximumFileBytes: 10 }, 1, 'larger'],
    [{ minimumRecords: 1, maximumJobBytes: 10 }, 1, 'more data'],
  ])('fails under the quotas %j with %i records', async (batch, count, message) => {
    await putLines('in.jsonl', inputs(count));
    const endpoint = await start({ batch });
    const arn = await create(endpoint);
    expect((await until(endpoint, arn, 'Failed')).message).toContain(message);
    expect(await readdir(join(root, 'records'))).toEqual(['in.jsonl']);
  });

  it.each([
    ['a line that is no JSON', 's3://records/in.jsonl', '{', 'Record 2 in in.jsonl'],
    ['a record without an input', 's3://records/in.jsonl', '{"recordId":"x"}', 'Record 2 in in.jsonl'],
    ['no file', 's3://records/other.jsonl', '', 'There is no .jsonl file'],
    ['no bucket', 's3://no-such-bucket/in.jsonl', '', 'The specified bucket does not exist'],
    ['a file of another kind', 's3://records/in.txt', '', 'is not a .jsonl file'],
    ['a way out', 's3://records/../../in.jsonl', '', 'There is no .jsonl file'],
  ])('fails for %s', async (_, from, line, message) => {
    await putLines('in.jsonl', [...inputs(1), line]);
    await putLines('in.txt', inputs(1));
    const endpoint = await start();
    const arn = await create(endpoint, { from });
    expect((await until(endpoint, arn, 'Failed')).message).toContain(message);
  });

  it('fails before it answers anything when its results cannot be written', async () => {
    await putLines('in.jsonl', inputs(1));
    const endpoint = await start({ words: scripted() });
    for (const to of ['s3://no-such-bucket/', 's3://records/../out/']) {
      expect(await until(endpoint, await create(endpoint, { to }), 'Failed')).toMatchObject({
        processedRecordCount: 0,
      });
    }
  });

  it('is made once for one token', async () => {
    await putLines('in.jsonl', inputs(1));
    const endpoint = await start();
    const one = await create(endpoint, { clientRequestToken: 'same' });
    expect(await create(endpoint, { clientRequestToken: 'same', jobName: 'other' })).toBe(one);
    expect(await create(endpoint, { clientRequestToken: 'another' })).not.toBe(one);
  });

  it('has no tools in the form of Converse, and reads no prompt from the cache', async () => {
    const { messages } = question('What is 2 + 2?');
    const tool = { toolSpec: { name: 'add', inputSchema: { json: { type: 'object' } } } };
    const system = [{ text: 'word '.repeat(1_500) }, { cachePoint: { type: 'default' } }];
    await putLines('in.jsonl', [
      record('tools', { messages, toolConfig: { tools: [tool] } }),
      record('none', { messages, toolConfig: null }),
      ...['first', 'second'].map((name) => record(name, { system, messages })),
    ]);
    const endpoint = await start();
    const arn = await create(endpoint, { modelInvocationType: 'Converse' });
    await until(endpoint, arn, 'Completed');
    const [tools, ...others] = await results(arn, 'in.jsonl.out');
    expect(tools).toMatchObject({
      recordId: 'tools',
      error: { errorCode: 400, errorMessage: expect.stringContaining('toolConfig') },
    });
    expect(others).toMatchObject(
      ['none', 'first', 'second'].map((recordId) => ({ recordId, modelOutput: { stopReason: 'end_turn' } })),
    );
    for (const { modelOutput } of others) {
      const { usage } = modelOutput as { usage: Record<string, number> };
      expect([usage.cacheReadInputTokens ?? 0, usage.cacheWriteInputTokens ?? 0]).toEqual([0, 0]);
    }
  });

  it('is stopped, and what it answered is kept', async () => {
    await putLines('in.jsonl', inputs(5));
    const { words, asked } = wordsFor(2);
    const endpoint = await start({ words });
    const arn = await create(endpoint);
    await expect.poll(asked, { timeout: 60_000 }).toBe(3);
    expect(await get(endpoint, arn)).toMatchObject({ status: 'InProgress', processedRecordCount: 2 });
    const stop = () =>
      controlClient(endpoint.url).send(new StopModelInvocationJobCommand({ jobIdentifier: arn }));
    await stop();
    await until(endpoint, arn, 'Stopped');
    expect(await results(arn, 'in.jsonl.out')).toHaveLength(2);
    expect(await results(arn, 'manifest.json.out')).toMatchObject([
      { totalRecordCount: 5, processedRecordCount: 2 },
    ]);
    await expect(stop()).rejects.toMatchObject({ name: 'ConflictException' });
  });

  it('waits for its place; when its time is over it is expired, or partially completed', async () => {
    await putLines('in.jsonl', inputs(3));
    const { words, asked } = wordsFor(1);
    const buckets = await openBucketFolder(root);
    const jobs = createBatchJobs(buckets, batchQuotas({ minimumRecords: 1, jobsAtOnce: 1 }), words);
    const definition: JobDefinition = {
      jobName: 'a-job',
      roleArn: 'arn:aws:iam::123456789012:role/batch',
      modelId: novaMicro,
      inputDataConfig: { s3InputDataConfig: { s3Uri: 's3://records/in.jsonl' } },
      outputDataConfig: { s3OutputDataConfig: { s3Uri: 's3://records/out/' } },
    };
    const service = { era: 'lab', today: '2026-11-23', region: 'us-east-1', words } as const;
    const reaches = (job: Job, status: string) =>
      expect.poll(() => job.status, { timeout: 60_000 }).toBe(status);
    const first = jobs.create(definition, service);
    await expect.poll(asked, { timeout: 60_000 }).toBe(2);
    const second = jobs.create(definition, service);
    await reaches(second, 'Scheduled');
    expect(first.status).toBe('InProgress');
    second.ending.abort('timeout');
    await reaches(second, 'Expired');
    first.ending.abort('timeout');
    await reaches(first, 'PartiallyCompleted');
    expect(await results(first.arn, 'in.jsonl.out')).toHaveLength(1);
    expect(second.counts.processed).toBe(0);
    await jobs.close();
    await buckets.close();
  });

  it('has as much time as it asks for', async () => {
    await putLines('in.jsonl', inputs(1));
    const { words } = wordsFor(0);
    const endpoint = await start({ batch: { minimumRecords: 1, hourMs: 1 }, words });
    const arn = await create(endpoint, { timeoutDurationInHours: 24 });
    // Which of the two depends on whether the machine began with it in 24 milliseconds.
    await expect
      .poll(async () => (await get(endpoint, arn)).status, { timeout: 60_000 })
      .toMatch(/PartiallyCompleted|Expired/);
  });

  it('ends with the endpoint, and leaves nothing half-written', async () => {
    await putLines('in.jsonl', inputs(3));
    const { words, asked } = wordsFor(0);
    const endpoint = await start({ words });
    await create(endpoint);
    await expect.poll(asked, { timeout: 60_000 }).toBe(1);
    await endpoint.close();
    expect(await readdir(root)).toEqual(['records']);
    expect(
      (await readdir(join(root, 'records'), { recursive: true })).filter((name) => name.endsWith('.out')),
    ).toEqual([]);
  });

  it('counts what a model refuses as an error of its record', async () => {
    await putLines('in.jsonl', inputs(2));
    const endpoint = await start({
      words: scripted(new Refusal('ThrottlingException', 'Too many requests.'), 'fine'),
    });
    const arn = await create(endpoint);
    await until(endpoint, arn, 'Completed');
    expect(await results(arn, 'in.jsonl.out')).toMatchObject([
      { error: { errorCode: 429, errorMessage: 'Too many requests.' } },
      { modelOutput: {} },
    ]);
    expect(endpoint.requests().map(({ operation }) => operation)).not.toContain('InvokeModel');
  });
});

describe('CreateModelInvocationJob', () => {
  it.each([
    [{ modelId: 'no.such-model' }, 'The provided model identifier is invalid.'],
    [
      { jobName: '-x' },
      "at 'jobName' failed to satisfy constraint: Member must satisfy regular expression pattern",
    ],
    [{ roleArn: 'role' }, "at 'roleArn'"],
    [
      { timeoutDurationInHours: 23 },
      "at 'timeoutDurationInHours' failed to satisfy constraint: Member must have value greater than or equal to 24",
    ],
    [{ from: '/etc/passwd' }, "at 'inputDataConfig.s3InputDataConfig.s3Uri'"],
    [{ to: 'https://records/' }, "at 'outputDataConfig.s3OutputDataConfig.s3Uri'"],
  ])('refuses %j', async (input, message) => {
    const endpoint = await start();
    await expect(create(endpoint, input)).rejects.toMatchObject({
      name: 'ValidationException',
      message: expect.stringContaining(message),
    });
  });

  it('says what it needs where there is no S3', async () => {
    const endpoint = await startLocalBedrock();
    started.push(endpoint);
    await expect(create(endpoint)).rejects.toMatchObject({ message: expect.stringContaining('--s3 DIR') });
  });
});

describe('ListModelInvocationJobs', () => {
  it('gives the newest first, by name, status and time, page by page', async () => {
    await putLines('in.jsonl', inputs(1));
    const endpoint = await start();
    const arns: string[] = [];
    for (const jobName of ['first', 'second', 'third']) arns.push(await create(endpoint, { jobName }));
    const failed = await create(endpoint, { jobName: 'failed', from: 's3://records/none' });
    for (const arn of arns) await until(endpoint, arn, 'Completed');
    await until(endpoint, failed, 'Failed');
    const list = async (input: ListModelInvocationJobsCommandInput = {}) => {
      const found = await controlClient(endpoint.url).send(new ListModelInvocationJobsCommand(input));
      return { ...found, names: found.invocationJobSummaries?.map(({ jobName }) => jobName) };
    };
    expect((await list()).names).toEqual(['failed', 'third', 'second', 'first']);
    expect((await list({ sortOrder: 'Ascending', statusEquals: 'Completed' })).names).toEqual([
      'first',
      'second',
      'third',
    ]);
    expect((await list({ nameContains: 'ir' })).names).toEqual(['third', 'first']);
    expect((await list({ submitTimeAfter: new Date(Date.now() + 60_000) })).names).toEqual([]);
    expect((await list({ submitTimeBefore: new Date(Date.now() + 60_000) })).names).toHaveLength(4);
    const { nextToken, names } = await list({ maxResults: 3 });
    expect(names).toHaveLength(3);
    expect((await list({ maxResults: 3, nextToken })).names).toEqual(['first']);
    await expect(list({ statusEquals: 'Done' as never })).rejects.toMatchObject({
      name: 'ValidationException',
    });
  });

  it('knows no other job', async () => {
    const endpoint = await start();
    await expect(get(endpoint, 'abcdefghijkl')).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });

  it('refuses what is neither a name of a job nor a time', async () => {
    const endpoint = await start();
    await expect(get(endpoint, 'no job!')).rejects.toMatchObject({
      name: 'ValidationException',
      message: expect.stringContaining(
        'pattern: ((arn:aws(-[^:]+)?:bedrock:[a-z0-9-]{1,20}:[0-9]{12}:model-invocation-job/)?[a-z0-9]{12})',
      ),
    });
    const listed = await fetch(`${endpoint.url}/model-invocation-jobs?submitTimeAfter=soon`);
    expect([listed.status, await listed.text()]).toEqual([400, expect.stringContaining("'submitTimeAfter'")]);
  });
});

describe('an option', () => {
  it.each([
    [{ batch: { minimumRecords: 0 } }, 'whole number from 1 on'],
    [{ batch: { records: 1 } as never }, 'There is no batch quota named records'],
    [{ s3: '/dev/null/x' }, 'cannot be used'],
    [{ replay: { directory: '.' } }, 'runs no batch jobs'],
  ])('of %j is refused', async (options, message) => {
    await expect(start(options)).rejects.toThrow(message);
  });
});

it('reads lines the same in whatever pieces they come', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.stringMatching(/^[a\u2028\r é]*$/)),
      fc.integer({ min: 1, max: 9 }),
      async (lines, length) => {
        const bytes = Buffer.from(lines.join('\n'));
        const pieces = async function* () {
          for (let at = 0; at < bytes.length; at += length) yield bytes.subarray(at, at + length);
        };
        const read: string[] = [];
        for await (const line of linesOf(pieces())) read.push(line);
        expect(read).toEqual(lines.filter((line) => line.trim() !== ''));
      },
    ),
  );
});
