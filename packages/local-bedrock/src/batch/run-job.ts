import { setImmediate } from 'node:timers/promises';
import type { BucketFolder, Upload } from '../s3/bucket-folder.ts';
import { S3Error } from '../s3/s3-error.ts';
import { type Job, type JobEnd, setStatus } from './job.ts';
import type { BatchQuotas } from './quotas.ts';
import { answerRecord, type RecordResult, readRecord } from './record.ts';

/** What jobs share: the buckets, the quotas, and the places of those that run at once. */
export interface Workshop {
  readonly buckets: BucketFolder;
  readonly quotas: BatchQuotas;
  /** Waits for a place; gives what leaves it. Rejects when `signal` aborts first. */
  readonly place: (signal: AbortSignal) => Promise<() => void>;
}

/** Why a job cannot run: the text of its `message`. */
class JobFailure extends Error {}

/**
 * Takes a job through its states, to its last one: Submitted, Validating, Scheduled while others run, InProgress, and
 * Completed, or Failed, Stopped, Expired (it never began) or PartiallyCompleted (its time was over). Never rejects.
 */
export async function runJob(job: Job, workshop: Workshop): Promise<void> {
  const { signal } = job.ending;
  let leave: (() => void) | undefined;
  try {
    // Who made the job sees it submitted.
    await setImmediate();
    advance(job, 'Validating');
    const inputs = await findInputs(job, workshop.buckets);
    await validate(job, inputs, workshop);
    advance(job, 'Scheduled');
    leave = await workshop.place(signal);
    advance(job, 'InProgress');
    await answerAll(job, inputs, workshop.buckets);
    setStatus(job, 'Completed');
  } catch (error) {
    if (signal.aborted) setStatus(job, endOf(job, signal.reason));
    else setStatus(job, 'Failed', failureOf(error));
  } finally {
    leave?.();
  }
}

function advance(job: Job, status: Job['status']): void {
  job.ending.signal.throwIfAborted();
  setStatus(job, status);
}

function endOf({ status }: Job, reason: JobEnd): Job['status'] {
  if (reason !== 'timeout') return 'Stopped';
  return status === 'InProgress' ? 'PartiallyCompleted' : 'Expired';
}

/** The texts of these are Local Bedrock's own but for the one about too few records, which users of Bedrock quote. */
function failureOf(error: unknown): string {
  if (error instanceof JobFailure) return error.message;
  if (error instanceof S3Error) return `S3 refused the job's files: ${error.message}`;
  process.emitWarning(`Local Bedrock failed on a batch job: ${String(error)}`);
  return 'Internal error.';
}

/** A bucket and a key, or the beginning of keys, from `s3://bucket/key`. */
function splitUri(uri: string): { bucket: string; key: string } {
  const [, bucket = '', key = ''] = /^s3:\/\/([^/]*)\/?(.*)$/s.exec(uri) ?? [];
  return { bucket, key };
}

interface Input {
  readonly bucket: string;
  readonly key: string;
  /** Its place below the folder that was named, which its output gets too. */
  readonly name: string;
}

/** The one file that is named, or all `.jsonl` files below the folder that is. */
async function findInputs({ definition }: Job, buckets: BucketFolder): Promise<readonly Input[]> {
  const { s3Uri } = definition.inputDataConfig.s3InputDataConfig;
  const { bucket, key } = splitUri(s3Uri);
  const all = await buckets.keys(bucket, key);
  if (key !== '' && all.includes(key)) {
    if (!key.endsWith('.jsonl')) throw new JobFailure(`The input ${s3Uri} is not a .jsonl file.`);
    return [{ bucket, key, name: key.slice(key.lastIndexOf('/') + 1) }];
  }
  const folder = key === '' || key.endsWith('/') ? key : `${key}/`;
  const found = all.filter((one) => one.startsWith(folder) && one.endsWith('.jsonl'));
  if (found.length === 0) throw new JobFailure(`There is no .jsonl file at ${s3Uri}.`);
  return found.map((one) => ({ bucket, key: one, name: one.slice(folder.length) }));
}

/** Counts the records and holds the files against the quotas. */
async function validate(job: Job, inputs: readonly Input[], { buckets, quotas }: Workshop): Promise<void> {
  let total = 0;
  let bytes = 0;
  for (const { bucket, key } of inputs) {
    const object = await buckets.open(bucket, key);
    try {
      bytes += object.size;
      if (object.size > quotas.maximumFileBytes) {
        throw new JobFailure(
          `The file ${key} is larger (${object.size} bytes) than the allowed maximum of: ${quotas.maximumFileBytes}`,
        );
      }
      for await (const line of linesOf(object.bytes())) {
        job.ending.signal.throwIfAborted();
        total += 1;
        if (readRecord(line) === undefined) {
          throw new JobFailure(
            `Record ${total} in ${key} is not a JSON object with a modelInput that is one, too.`,
          );
        }
      }
    } finally {
      await object.close();
    }
  }
  const { minimumRecords, maximumRecords, maximumJobBytes } = quotas;
  if (bytes > maximumJobBytes) {
    throw new JobFailure(
      `Batch job contains more data (${bytes} bytes) than the allowed maximum of: ${maximumJobBytes}`,
    );
  }
  if (total < minimumRecords) {
    throw new JobFailure(
      `Batch job contains less records (${total}) than the required minimum of: ${minimumRecords}`,
    );
  }
  if (total > maximumRecords) {
    throw new JobFailure(
      `Batch job contains more records (${total}) than the allowed maximum of: ${maximumRecords}`,
    );
  }
  job.counts.total = total;
  // Better now than when all is answered: whether the results can be written.
  const { bucket, key } = outputOf(job);
  await (await buckets.begin(bucket, `${key}manifest.json.out`)).abandon();
}

/** The folder of a job's results: its own, below the one that was named. */
function outputOf({ definition, id }: Job): { bucket: string; key: string } {
  const { bucket, key } = splitUri(definition.outputDataConfig.s3OutputDataConfig.s3Uri);
  return { bucket, key: `${key === '' || key.endsWith('/') ? key : `${key}/`}${id}/` };
}

/** Answers the records of all files and writes what came of them, also when the job is ended before the last. */
async function answerAll(job: Job, inputs: readonly Input[], buckets: BucketFolder): Promise<void> {
  const { bucket, key: folder } = outputOf(job);
  const put = async (name: string, write: (output: Upload) => Promise<void>) => {
    const output = await buckets.begin(bucket, folder + name);
    try {
      await write(output);
    } catch (error) {
      // What was answered is kept when somebody ends the job, but not when the endpoint itself ends.
      if (job.ending.signal.reason !== 'close' && job.ending.signal.aborted) await output.finish();
      throw error;
    } finally {
      await output.abandon();
    }
  };
  try {
    for (const input of inputs) {
      await put(`${input.name}.out`, async (output) => {
        await answerFile(job, input, buckets, output);
        await output.finish();
      });
    }
  } finally {
    if (job.ending.signal.reason !== 'close') {
      const { total, processed, success, error } = job.counts;
      const manifest = {
        totalRecordCount: total,
        processedRecordCount: processed,
        successRecordCount: success,
        errorRecordCount: error,
        inputTokenCount: job.tokens.input,
        outputTokenCount: job.tokens.output,
      };
      await put('manifest.json.out', async (output) => {
        await output.write(Buffer.from(JSON.stringify(manifest)));
        await output.finish();
      });
    }
  }
}

/** How many characters of output are held before they are written. */
const heldLength = 64 * 1024;

async function answerFile(job: Job, input: Input, buckets: BucketFolder, output: Upload): Promise<void> {
  const object = await buckets.open(input.bucket, input.key);
  let held = '';
  const write = async () => {
    await output.write(Buffer.from(held));
    held = '';
  };
  try {
    for await (const line of linesOf(object.bytes())) {
      const record = readRecord(line);
      if (record === undefined) throw new JobFailure(`${input.key} was changed while the job ran.`);
      const result = await unlessEnded(job, answerRecord(job, record, job.ending.signal));
      count(job, result);
      const { recordId = idOf(job.counts.processed), modelInput } = record;
      held += `${JSON.stringify({ recordId, modelInput, ...result.outcome })}\n`;
      if (held.length > heldLength) await write();
      // Between two records, others get their answers.
      await setImmediate();
    }
  } finally {
    await object.close();
    await write();
  }
}

function count({ counts, tokens }: Job, { outcome, inputTokens, outputTokens }: RecordResult): void {
  counts.processed += 1;
  if ('error' in outcome) counts.error += 1;
  else counts.success += 1;
  tokens.input += inputTokens;
  tokens.output += outputTokens;
}

/** The id of a record that came without one: 11 letters and digits, as in the user guide. */
function idOf(number: number): string {
  return `REC${String(number).padStart(8, '0')}`;
}

/** What a record comes to, unless the job is ended first: a source of words need not heed the signal. */
function unlessEnded<T>({ ending: { signal } }: Job, result: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const end = () => reject(signal.reason);
    if (signal.aborted) return end();
    signal.addEventListener('abort', end, { once: true });
    result.then(resolve, reject).finally(() => signal.removeEventListener('abort', end));
  });
}

/**
 * The lines of a text, in UTF-8, that comes in pieces. A line ends with a line feed and with nothing else: JSON may hold
 * the other characters that end lines. Empty lines are left out.
 */
export async function* linesOf(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  let held: Uint8Array[] = [];
  for await (const piece of bytes) {
    let start = 0;
    for (let end = piece.indexOf(0x0a); end >= 0; end = piece.indexOf(0x0a, start)) {
      const line = Buffer.concat([...held, piece.subarray(start, end)]).toString('utf8');
      held = [];
      start = end + 1;
      if (line.trim() !== '') yield line;
    }
    if (start < piece.length) held.push(piece.subarray(start));
  }
  const last = Buffer.concat(held).toString('utf8');
  if (last.trim() !== '') yield last;
}
