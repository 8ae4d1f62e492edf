import { abortError } from '../base/aws-errors/stopped.ts';
import { toLibError } from '../base/aws-errors.ts';
import { checkInput, checkOptions } from '../base/check-input.ts';
import { LibError } from '../base/errors.ts';
import { harmless } from '../base/harmless.ts';
import { withInterrupt } from '../base/interrupt.ts';
import type { PaceLimits } from './pace.ts';

/** How far a long job is. */
export interface Progress {
  /** Inputs that are dealt with, failed ones included. */
  readonly done: number;
  readonly failed: number;
  readonly total: number;
}

export interface MapOptions {
  /** How many inputs are worked on at once, at most. Default 4. */
  readonly concurrency?: number;
  /** Stops the job: nothing new is started, and what is under way is told by the signal it was given. */
  readonly signal?: AbortSignal;
  /** Called after each input. It looks on: what it throws changes nothing but a warning of the process. */
  readonly onProgress?: (progress: Progress) => void;
  /**
   * Begins no faster than an account allows: `{ requestsPerMinute: 200, tokensPerMinute: 100_000 }`. What is throttled
   * all the same is done again, up to ten times, while everything goes slower for a while; `{}` is only that. A client
   * with few `maxAttempts` of its own leaves it to this.
   */
  readonly pace?: PaceLimits;
  /**
   * A file of what is done, which is begun when it is missing: the same inputs go on where the program was ended, and
   * nothing is paid twice. Results must be plain JSON. A file for each job, since it knows inputs and no options.
   */
  readonly resumeFile?: string;
}

/** What is done with one input. Pass `signal` on to the calls it makes. */
export type MapFunction<T, R> = (input: T, index: number, signal: AbortSignal) => Promise<R>;

/**
 * Works through inputs, some at once, and gives the results in the order of the inputs. As with `Promise.all`, the
 * first failure is the failure of the whole; and since results that nobody will see cost money all the same, nothing
 * new is started then, and what is under way is aborted.
 *
 * @throws what `fn` threw first; LibError of kind `aborted` when it was stopped
 */
export async function mapAll<T, R>(
  inputs: readonly T[],
  fn: MapFunction<T, R>,
  options: MapOptions = {},
): Promise<R[]> {
  checkMap('mapAll', inputs, fn, options);
  const stop = new AbortController();
  const signal = options.signal ? AbortSignal.any([options.signal, stop.signal]) : stop.signal;
  let first: { error: unknown } | undefined;
  const settled = await settle(inputs, fn, { ...options, signal }, (error) => {
    first ??= { error };
    stop.abort(error);
  });
  if (first) throw first.error;
  return settled.map((result) => {
    if (result.status === 'fulfilled') return result.value;
    throw result.reason;
  });
}

/**
 * The same, but every input gets its own result, as with `Promise.allSettled`: a failure costs one input and not the
 * job. When it is stopped, what was done is kept and the rest is rejected as aborted.
 *
 * @throws LibError of kind `request` for a concurrency that is no whole number from 1 up, of kind `file` for a
 *   `resumeFile` that cannot be read, and never anything else
 */
export async function mapAllSettled<T, R>(
  inputs: readonly T[],
  fn: MapFunction<T, R>,
  options: MapOptions = {},
): Promise<PromiseSettledResult<R>[]> {
  checkMap('mapAllSettled', inputs, fn, options);
  return await settle(inputs, fn, options);
}

/** @param onFailure is told of each input that has failed for good */
async function settle<T, R>(
  inputs: readonly T[],
  fn: MapFunction<T, R>,
  options: MapOptions,
  onFailure?: (error: unknown) => void,
): Promise<PromiseSettledResult<R>[]> {
  const { concurrency = 4, signal: given, onProgress } = options;
  if (!Number.isInteger(concurrency) || concurrency < 1) {
    const hint = 'Give concurrency as a whole number from 1 up; 4 is the default.';
    throw new LibError(`Nothing can be done ${concurrency} at once`, { kind: 'request', hint });
  }
  const signal = withInterrupt(given);
  const { default: pLimit } = await import('p-limit');
  const limit = pLimit(concurrency);
  const total = inputs.length;
  const report = harmless('onProgress', onProgress);
  let done = 0;
  let failed = 0;
  const pace = options.pace && (await import('./pace.ts')).createPace(options.pace);
  const file =
    options.resumeFile === undefined
      ? undefined
      : (await import('./resume-file.ts')).openResumeFile<R>(options.resumeFile);

  async function known(input: T, index: number): Promise<R> {
    const before = file?.find(input, index);
    if (before !== undefined) return before.result;
    const result = await paced(input, index);
    file?.note(input, index, result);
    return result;
  }

  async function paced(input: T, index: number): Promise<R> {
    if (pace === undefined) return await fn(input, index, signal);
    for (let tries = 1; ; tries++) {
      await pace.begin(signal);
      if (signal.aborted)
        throw toLibError(abortError('The job was stopped before this input was started', signal));
      try {
        const result = await fn(input, index, signal);
        pace.end({ result }, tries);
        return result;
      } catch (error) {
        if (!pace.end({ error }, tries) || signal.aborted) throw error;
      }
    }
  }

  const workOn = async (input: T, index: number): Promise<R> => {
    if (signal.aborted)
      throw toLibError(abortError('The job was stopped before this input was started', signal));
    try {
      return await known(input, index);
    } catch (error) {
      failed += 1;
      onFailure?.(error);
      throw error;
    } finally {
      done += 1;
      report({ done, failed, total });
    }
  };
  return Promise.allSettled(inputs.map((input, index) => limit(() => workOn(input, index))));
}

function checkMap(caller: string, inputs: unknown, fn: unknown, options: unknown): void {
  checkInput(caller, { inputs, fn }, { inputs: 'list', fn: 'function' });
  checkOptions(caller, options, {
    signal: 'signal?',
    onProgress: 'function?',
    pace: 'object?',
    resumeFile: 'text?',
  });
  const { pace } = options as MapOptions;
  if (pace) checkOptions(caller, pace, { requestsPerMinute: 'count?', tokensPerMinute: 'count?' }, 'pace');
}
