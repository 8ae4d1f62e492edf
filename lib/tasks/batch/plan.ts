import { createHash } from 'node:crypto';
import { isLibError, LibError } from '../../base/errors.ts';
import { type BatchTask, batchCost } from './tasks.ts';

/** What a batch job may hold. AWS sets these by model and account, and raises some when it is asked. */
export interface BatchLimits {
  /** Records of a job, at least and at most: 100 and 50,000. */
  readonly minimumRecords: number;
  readonly maximumRecords: number;
  /** Bytes of a job's input file: 1 GiB. */
  readonly maximumFileBytes: number;
}

/** @see https://docs.aws.amazon.com/general/latest/gr/bedrock.html */
export const awsBatchLimits: BatchLimits = {
  minimumRecords: 100,
  maximumRecords: 50_000,
  maximumFileBytes: 2 ** 30,
};

/** Texts that can be gone through more than once: a list, or a function that begins anew. */
export type BatchInputs = readonly string[] | (() => Iterable<string> | AsyncIterable<string>);

/** What a batch job of these texts will be, before anything is uploaded. */
export interface BatchPlan {
  readonly records: number;
  /** The number of records in each job. */
  readonly jobs: readonly number[];
  /** Bytes to upload. */
  readonly bytes: number;
  /** Tokens at most: an estimate by length, and the longest answers. */
  readonly inputTokens: number;
  readonly outputTokens: number;
  /**
   * US dollars at most, at the batch price; where that is not known, at the price of single calls, which is higher.
   * `undefined` when no price is known.
   */
  readonly costUsd: number | undefined;
  /** Differs whenever a text, the model or the task's prompt does. */
  readonly fingerprint: string;
}

/** The records, one after the other: never all of them in memory. */
export async function* recordsOf<T>(
  inputs: BatchInputs,
  task: BatchTask<T>,
  modelId: string,
): AsyncGenerator<{ readonly text: string; readonly line: string }> {
  let index = 0;
  for await (const text of typeof inputs === 'function' ? inputs() : inputs) {
    if (typeof text !== 'string') throw wrong(index, new Error('it is no text'));
    let modelInput: object;
    try {
      modelInput = task.body(text, modelId);
    } catch (error) {
      throw wrong(index, error);
    }
    yield { text, line: `${JSON.stringify({ recordId: recordId(index), modelInput })}\n` };
    index++;
  }
}

/** Eleven letters and digits, as Bedrock's own. Pure. */
export function recordId(index: number): string {
  return `R${String(index).padStart(10, '0')}`;
}

/** The place of a record's text. Pure. */
export function indexOf(id: unknown): number {
  return typeof id === 'string' && /^R\d{10}$/.test(id) ? Number(id.slice(1)) : -1;
}

/**
 * Goes through the texts once, and says what their batch job will be.
 *
 * @throws LibError of kind `request` that names the first text that cannot be sent, or says that there are too few
 */
export async function planBatch<T>(
  inputs: BatchInputs,
  task: BatchTask<T>,
  modelId: string,
  limits: BatchLimits,
): Promise<BatchPlan> {
  const hash = createHash('sha256').update(modelId);
  const sizes: number[] = [];
  let inputTokens = 0;
  let outputTokens = 0;
  for await (const { text, line } of recordsOf(inputs, task, modelId)) {
    hash.update(line);
    sizes.push(Buffer.byteLength(line));
    const tokens = task.tokens(text, modelId);
    inputTokens += tokens.inputTokens;
    outputTokens += tokens.outputTokens;
  }
  return {
    records: sizes.length,
    jobs: divide(sizes, limits),
    bytes: sizes.reduce((sum, size) => sum + size, 0),
    inputTokens,
    outputTokens,
    costUsd: batchCost({ inputTokens, outputTokens }, modelId),
    fingerprint: hash.digest('hex').slice(0, 16),
  };
}

/** How many records each job gets: as few jobs as the limits allow, of about the same size. Pure. */
function divide(sizes: readonly number[], limits: BatchLimits): number[] {
  const { minimumRecords, maximumRecords, maximumFileBytes } = limits;
  const count = sizes.length;
  if (count < minimumRecords) {
    throw new LibError(`A batch job takes ${minimumRecords} records or more, and these are ${count}`, {
      kind: 'request',
      hint: 'Work through so few with classifyAll, mapAll or embedAll, which are done at once. Nothing was uploaded.',
    });
  }
  const tooLong = sizes.findIndex((size) => size > maximumFileBytes);
  if (tooLong >= 0)
    throw wrong(tooLong, new Error(`it makes ${sizes[tooLong]} bytes of a file of ${maximumFileBytes}`));
  for (let jobs = Math.max(1, Math.ceil(count / maximumRecords)); ; jobs++) {
    const shares = Array.from(
      { length: jobs },
      (_, job) => Math.floor(((job + 1) * count) / jobs) - Math.floor((job * count) / jobs),
    );
    if (shares.some((share) => share < minimumRecords)) {
      throw new LibError(
        `${count} records this large fit into no jobs of ${minimumRecords} records or more`,
        {
          kind: 'request',
          hint: 'Divide the long texts, for example with splitText. Nothing was uploaded.',
        },
      );
    }
    let next = 0;
    const fits = shares.every((share) => {
      let bytes = 0;
      for (const end = next + share; next < end; next++) bytes += sizes[next] ?? 0;
      return bytes <= maximumFileBytes;
    });
    if (fits) return shares;
  }
}

function wrong(index: number, cause: unknown): LibError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new LibError(`The text at index ${index} cannot be sent: ${reason}`, {
    kind: isLibError(cause) ? cause.kind : 'request',
    hint: isLibError(cause) ? cause.hint : 'Give texts only. Nothing was uploaded.',
    cause,
  });
}
