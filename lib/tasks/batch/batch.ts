import { once } from 'node:events';
import { createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { BedrockClient, ModelInvocationJobSummary } from '@aws-sdk/client-bedrock';
import type { S3Client } from '@aws-sdk/client-s3';
import { stoppedError } from '../../base/aws-errors/stopped.ts';
import { toLibError } from '../../base/aws-errors.ts';
import { checkInput, checkOptions } from '../../base/check-input.ts';
import { LibError } from '../../base/errors.ts';
import { harmless } from '../../base/harmless.ts';
import { withInterrupt } from '../../base/interrupt.ts';
import type { Progress } from '../../call/map-all.ts';
import { openFolder, type S3Folder } from './folder.ts';
import {
  awsBatchLimits,
  type BatchInputs,
  type BatchLimits,
  type BatchPlan,
  indexOf,
  planBatch,
  recordsOf,
} from './plan.ts';
import { type BatchTask, batchCost } from './tasks.ts';

export interface BatchOptions {
  /** Bedrock's control plane: `new BedrockClient({ region })` of `@aws-sdk/client-bedrock`. */
  readonly client: BedrockClient;
  /** S3's client, of `@aws-sdk/client-s3`. Default: a new one for the client's region. */
  readonly s3?: S3Client;
  readonly modelId: string;
  /**
   * The name of the work, in letters, digits and dashes: the same name with the same texts goes on with what is there
   * already, uploads and jobs, also after a restart and on another machine.
   */
  readonly name: string;
  /** Where inputs and results are kept: `s3://bucket/folder`, in the region of the model. */
  readonly folder: string;
  /** The role that Bedrock takes to read and write there. */
  readonly roleArn: string;
  /** US dollars that it may cost at most, by the estimate of `plan`: more, or an unknown price, is refused before anything is uploaded. */
  readonly maxCostUsd?: number;
  /** What AWS allows a job, where your account has other limits. */
  readonly limits?: Partial<BatchLimits>;
  /** Hours after which AWS ends a job, 24 to 168. Default 24. */
  readonly timeoutHours?: number;
}

/** What became of one text. */
export type BatchResult<T> = {
  /** Its place among the texts. */
  readonly index: number;
} & ({ readonly value: T; readonly error?: never } | { readonly error: LibError; readonly value?: never });

export interface WaitOptions {
  /** Stops the waiting; the jobs go on. */
  readonly signal?: AbortSignal;
  /** Called whenever something was found to have gone on. */
  readonly onProgress?: (progress: Progress) => void;
  /** Milliseconds between two looks at the jobs. Default 30,000. */
  readonly pollMs?: number;
}

/** A batch job, or several, under way. */
export interface BatchRun<T> {
  readonly plan: BatchPlan;
  readonly jobArns: readonly string[];
  /**
   * Waits until all jobs have ended.
   *
   * @throws LibError of kind `response` with AWS's own words when a job has failed; of kind `aborted`
   */
  wait(options?: WaitOptions): Promise<BatchSummary>;
  /**
   * What became of each text, one after the other, in the order in which Bedrock wrote them, never all in memory. Waits
   * first. A text without an answer has an `error`; the texts themselves are not given again.
   */
  results(options?: WaitOptions): AsyncGenerator<BatchResult<T>>;
  /** Stops the jobs. What was answered by then is kept, and billed. */
  stop(): Promise<void>;
}

export interface BatchSummary {
  readonly records: number;
  readonly failed: number;
  /** Tokens of all records; `undefined` when AWS did not say. */
  readonly inputTokens: number | undefined;
  readonly outputTokens: number | undefined;
  /** US dollars, as `plan.costUsd`, of the tokens that were counted. */
  readonly costUsd: number | undefined;
}

/**
 * Says what a batch job would be, and cost, without doing anything.
 *
 * @throws LibError as `batch` does before it uploads anything
 */
export async function estimateBatch<T>(
  inputs: BatchInputs,
  task: BatchTask<T>,
  options: Pick<BatchOptions, 'modelId' | 'limits'>,
): Promise<BatchPlan> {
  checkOptions('estimateBatch', options, { modelId: 'text', limits: 'object?' });
  checkInput('estimateBatch', { task }, { task: 'object' });
  return await planBatch(inputs, task, options.modelId, { ...awsBatchLimits, ...options.limits });
}

/**
 * Works through many texts by Bedrock's batch inference: at half the price where AWS offers it, within hours. The texts
 * are written as JSONL, uploaded to S3, and made one job, or as many as AWS's limits ask for. What is there already of
 * an earlier run with the same name is used.
 *
 * @throws LibError of kind `request` for texts that cannot be sent, too few of them, or a name that was used for other
 *   texts; of kind `limit` over `maxCostUsd`; and whatever S3 and Bedrock refuse
 * @example
 * const run = await batch(texts, classifyTask({ labels: ['spam', 'ham'] }), {
 *   client: new BedrockClient({}), modelId, name: 'mail-2026-11', folder: 's3://my-bucket/batch', roleArn, maxCostUsd: 5,
 * });
 * for await (const { index, value, error } of run.results({ onProgress })) labels[index] = value;
 */
export async function batch<T>(
  inputs: BatchInputs,
  task: BatchTask<T>,
  options: BatchOptions,
): Promise<BatchRun<T>> {
  checkOptions('batch', options, {
    client: 'client',
    modelId: 'text',
    name: 'text',
    folder: 'text',
    roleArn: 'text',
    maxCostUsd: 'amount?',
    limits: 'object?',
    timeoutHours: 'count?',
  });
  checkInput('batch', { task }, { task: 'object' });
  const { client, modelId, name, maxCostUsd } = options;
  if (!/^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,35}$/.test(name)) {
    throw new LibError(`${JSON.stringify(name)} cannot name a batch job`, {
      kind: 'request',
      hint: 'Use letters and digits, and dashes between them, at most 36.',
    });
  }
  const plan = await planBatch(inputs, task, modelId, { ...awsBatchLimits, ...options.limits });
  if (maxCostUsd !== undefined) checkCost(plan, maxCostUsd, modelId);
  const folder = await openFolder(
    `${options.folder.replace(/\/$/, '')}/${name}`,
    options.s3,
    await regionOf(client),
  );
  await checkName(folder, name, plan);
  await upload(folder, plan, inputs, task, modelId);
  const jobArns: string[] = [];
  for (const part of plan.jobs.keys()) jobArns.push(await findOrCreateJob(folder, plan, part, options));
  return runOf({ client, folder, plan, task, modelId, jobArns });
}

async function regionOf(client: BedrockClient): Promise<string> {
  return await client.config.region();
}

function checkCost({ costUsd }: BatchPlan, maxCostUsd: number, modelId: string): void {
  if (costUsd !== undefined && costUsd <= maxCostUsd) return;
  throw new LibError(
    costUsd === undefined
      ? `The price of ${modelId} is not known, and this batch job may cost at most $${maxCostUsd}`
      : `This batch job may cost $${costUsd.toFixed(2)}, and at most $${maxCostUsd} are allowed`,
    {
      kind: 'limit',
      hint: 'Take fewer or shorter texts, a smaller maxTokens or a cheaper model, or raise maxCostUsd. Nothing was uploaded.',
      modelId,
    },
  );
}

function fileOf({ fingerprint }: BatchPlan, part: number): string {
  return `input/${fingerprint}-${String(part + 1).padStart(4, '0')}.jsonl`;
}

/** Other texts under the same name would be mixed with the results of the first ones. */
async function checkName(folder: S3Folder, name: string, { fingerprint }: BatchPlan): Promise<void> {
  const there = await folder.list('input/');
  if (there.every((file) => file.startsWith(`input/${fingerprint}-`))) return;
  throw new LibError(`${folder.uri} has other texts, or another task or model`, {
    kind: 'request',
    hint: `Use another name than ${JSON.stringify(name)}, or delete that folder. Nothing was uploaded.`,
  });
}

/** Uploads the parts that are not there yet, each by a file on the disk, so that none is in memory. */
async function upload<T>(
  folder: S3Folder,
  plan: BatchPlan,
  inputs: BatchInputs,
  task: BatchTask<T>,
  modelId: string,
): Promise<void> {
  const there = new Set(await folder.list('input/'));
  if (plan.jobs.every((_, part) => there.has(fileOf(plan, part)))) return;
  const directory = mkdtempSync(join(tmpdir(), 'batch-'));
  try {
    const records = recordsOf(inputs, task, modelId);
    for (const [part, count] of plan.jobs.entries()) {
      const path = join(directory, 'part.jsonl');
      const file = createWriteStream(path);
      for (let written = 0; written < count; written++) {
        const { value } = await records.next();
        if (value === undefined) throw changedInputs();
        if (!file.write(value.line)) await once(file, 'drain');
      }
      file.end();
      await once(file, 'close');
      if (!there.has(fileOf(plan, part))) await folder.upload(fileOf(plan, part), path);
    }
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function changedInputs(): LibError {
  return new LibError('The texts were fewer the second time', {
    kind: 'request',
    hint: 'Give a list, or a function that gives the same texts each time it is called.',
  });
}

const goneStates: readonly unknown[] = ['Failed', 'Stopped', 'Stopping', 'Expired'];

/** The job of a part: one that is there already, unless it came to nothing; else a new one. */
async function findOrCreateJob(
  folder: S3Folder,
  plan: BatchPlan,
  part: number,
  { client, modelId, name, roleArn, timeoutHours }: BatchOptions,
): Promise<string> {
  const { CreateModelInvocationJobCommand, ListModelInvocationJobsCommand } = await import(
    '@aws-sdk/client-bedrock'
  );
  const s3Uri = folder.uri + fileOf(plan, part);
  const jobName = `${name}-${plan.fingerprint}-${part + 1}`;
  try {
    const found: ModelInvocationJobSummary[] = [];
    for (let nextToken: string | undefined; ; ) {
      const page = await client.send(
        new ListModelInvocationJobsCommand({ nameContains: jobName, ...(nextToken && { nextToken }) }),
      );
      found.push(...(page.invocationJobSummaries ?? []));
      nextToken = page.nextToken;
      if (nextToken === undefined) break;
    }
    const own = found.filter(({ inputDataConfig }) => inputDataConfig?.s3InputDataConfig?.s3Uri === s3Uri);
    const good = own.find(({ status }) => !goneStates.includes(status));
    if (good?.jobArn !== undefined) return good.jobArn;
    const { jobArn = '' } = await client.send(
      new CreateModelInvocationJobCommand({
        jobName,
        modelId,
        roleArn,
        // Asked twice, because the answer was lost, it is made once.
        clientRequestToken: `${jobName}-${own.length}`,
        inputDataConfig: { s3InputDataConfig: { s3Uri, s3InputFormat: 'JSONL' } },
        outputDataConfig: { s3OutputDataConfig: { s3Uri: `${folder.uri}output/` } },
        ...(timeoutHours !== undefined && { timeoutDurationInHours: timeoutHours }),
      }),
    );
    return jobArn;
  } catch (error) {
    throw toLibError(error, { modelId });
  }
}

interface Running<T> {
  readonly client: BedrockClient;
  readonly folder: S3Folder;
  readonly plan: BatchPlan;
  readonly task: BatchTask<T>;
  readonly modelId: string;
  readonly jobArns: readonly string[];
}

function runOf<T>(running: Running<T>): BatchRun<T> {
  const { client, folder, plan, task, modelId, jobArns } = running;
  return {
    plan,
    jobArns,
    wait: (options = {}) => waitFor(running, options),
    async *results(options = {}) {
      await waitFor(running, options);
      const isMissing = new Uint8Array(plan.records).fill(1);
      for (const [part, arn] of jobArns.entries()) {
        const name = `output/${idOf(arn)}/${fileOf(plan, part).replace('input/', '')}.out`;
        if ((await folder.size(name)) === undefined) continue;
        for await (const line of folder.lines(name)) {
          const result = await resultOf(line, task, modelId);
          if (result === undefined || isMissing[result.index] !== 1) continue;
          isMissing[result.index] = 0;
          yield result;
        }
      }
      for (const [index, missing] of isMissing.entries())
        if (missing === 1) yield { index, error: unanswered(modelId) };
    },
    async stop() {
      const { StopModelInvocationJobCommand } = await import('@aws-sdk/client-bedrock');
      for (const jobIdentifier of jobArns) {
        await client.send(new StopModelInvocationJobCommand({ jobIdentifier })).catch((error) => {
          // One that has ended need not be stopped.
          if ((error as Error).name !== 'ConflictException') throw toLibError(error, { modelId });
        });
      }
    },
  };
}

function idOf(arn: string): string {
  return arn.slice(arn.lastIndexOf('/') + 1);
}

const lastStates: readonly unknown[] = ['Completed', 'Failed', 'Stopped', 'PartiallyCompleted', 'Expired'];

async function waitFor<T>(
  { client, folder, plan, modelId, jobArns }: Running<T>,
  options: WaitOptions,
): Promise<BatchSummary> {
  checkOptions('batch', options, { signal: 'signal?', onProgress: 'function?', pollMs: 'amount?' });
  const { pollMs = 30_000, onProgress } = options;
  const signal = withInterrupt(options.signal);
  const report = harmless('onProgress', onProgress);
  const { GetModelInvocationJobCommand } = await import('@aws-sdk/client-bedrock');
  let told = -1;
  for (;;) {
    if (signal.aborted)
      throw stoppedError('The waiting was stopped; the jobs go on', signal.reason, { modelId });
    const jobs = await Promise.all(
      jobArns.map((jobIdentifier) => client.send(new GetModelInvocationJobCommand({ jobIdentifier }))),
    ).catch((error: unknown) => {
      throw toLibError(error, { modelId });
    });
    const done = jobs.reduce((sum, { processedRecordCount = 0 }) => sum + processedRecordCount, 0);
    const failed = jobs.reduce((sum, { errorRecordCount = 0 }) => sum + errorRecordCount, 0);
    if (done !== told) report({ done, failed, total: plan.records });
    told = done;
    const broken = jobs.find(({ status }) => status === 'Failed');
    if (broken !== undefined) {
      throw new LibError(
        `The batch job ${broken.jobName} has failed: ${broken.message ?? 'AWS gives no reason'}`,
        {
          kind: 'response',
          hint: `Look at ${folder.uri} and at what the role may do; then run the same again: what is done is used.`,
          modelId,
        },
      );
    }
    if (jobs.every(({ status }) => lastStates.includes(status))) break;
    await delay(pollMs, undefined, { signal }).catch(() => undefined);
  }
  return await summaryOf(folder, plan, modelId, jobArns);
}

/** From what Bedrock writes beside the results. */
async function summaryOf(
  folder: S3Folder,
  plan: BatchPlan,
  modelId: string,
  jobArns: readonly string[],
): Promise<BatchSummary> {
  const total = { success: 0, inputTokens: 0, outputTokens: 0 };
  for (const arn of jobArns) {
    const name = `output/${idOf(arn)}/manifest.json.out`;
    if ((await folder.size(name)) === undefined) continue;
    let json = '';
    for await (const line of folder.lines(name)) json += line;
    const manifest = JSON.parse(json) as Record<string, number | undefined>;
    total.success += manifest.successRecordCount ?? 0;
    total.inputTokens += manifest.inputTokenCount ?? Number.NaN;
    total.outputTokens += manifest.outputTokenCount ?? 0;
  }
  const failed = plan.records - total.success;
  if (Number.isNaN(total.inputTokens)) {
    return {
      records: plan.records,
      failed,
      inputTokens: undefined,
      outputTokens: undefined,
      costUsd: undefined,
    };
  }
  const { inputTokens, outputTokens } = total;
  return { records: plan.records, failed, inputTokens, outputTokens, costUsd: batchCost(total, modelId) };
}

interface OutputRecord {
  readonly recordId?: unknown;
  readonly modelOutput?: unknown;
  readonly error?: { readonly errorCode?: unknown; readonly errorMessage?: unknown };
}

/** `undefined` for a line that is none of ours. */
async function resultOf<T>(
  line: string,
  task: BatchTask<T>,
  modelId: string,
): Promise<BatchResult<T> | undefined> {
  let record: OutputRecord;
  try {
    record = JSON.parse(line) as OutputRecord;
  } catch {
    return undefined;
  }
  const index = indexOf(record.recordId);
  if (index < 0) return undefined;
  if (record.modelOutput === undefined || record.error !== undefined) {
    const { errorCode = '', errorMessage = 'there is no answer' } = record.error ?? {};
    const message =
      `Bedrock refused this record: ${errorMessage} ${errorCode === '' ? '' : `(${errorCode})`}`.trim();
    return {
      index,
      error: new LibError(message, {
        kind: Number(errorCode) === 429 ? 'throttled' : Number(errorCode) >= 500 ? 'model' : 'request',
        hint: 'Work through what failed with classifyAll, mapAll or embedAll, which say more of each.',
        modelId,
      }),
    };
  }
  const reading = await task.read(record.modelOutput, modelId);
  if ('value' in reading) return { index, value: reading.value };
  return {
    index,
    error: new LibError(`The answer cannot be used: ${reading.problem}`, {
      kind: 'answer',
      hint: 'Ask for these texts again by single calls, which tell the model what was wrong.',
      modelId,
    }),
  };
}

function unanswered(modelId: string): LibError {
  return new LibError('The job ended before this record was answered', {
    kind: 'limit',
    hint: 'Run the texts without an answer again under another name, or raise timeoutHours.',
    modelId,
  });
}
