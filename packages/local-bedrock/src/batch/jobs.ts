import { createHash } from 'node:crypto';
import { invalid, Refusal } from '../http/refusal.ts';
import type { Service } from '../operations/operation.ts';
import type { BucketFolder } from '../s3/bucket-folder.ts';
import type { WordSource } from '../words/answer.ts';
import { isOver, type Job, type JobDefinition, type JobEnd, newJob, setStatus } from './job.ts';
import type { BatchQuotas } from './quotas.ts';
import { runJob } from './run-job.ts';

/** The batch jobs of an endpoint. They live as long as it does. */
export interface BatchJobs {
  /** Makes a job, which begins to run; or gives the one that was made with the same token. */
  create(definition: JobDefinition, service: Service): Job;
  /** By ARN or id. Throws a 404 `Refusal`. */
  get(identifier: string): Job;
  /** The last first. */
  list(): readonly Job[];
  /** Throws a `Refusal` when the job is over. */
  stop(identifier: string): void;
  /** Ends all jobs; resolves when none is at work any more. */
  close(): Promise<void>;
}

/** The most jobs an endpoint keeps. */
const most = 1_000;

/** `words` answer the records: those of an operation would tell the journal of each. */
export function createBatchJobs(buckets: BucketFolder, quotas: BatchQuotas, words: WordSource): BatchJobs {
  const jobs = new Map<string, Job>();
  const running = new Map<Job, Promise<void>>();
  const place = createPlaces(quotas.jobsAtOnce);

  const get = (identifier: string): Job => {
    const job = jobs.get(identifier.slice(identifier.lastIndexOf('/') + 1));
    if (job !== undefined && (identifier === job.id || identifier === job.arn)) return job;
    // The text is not backed by a recording.
    throw new Refusal('ResourceNotFoundException', 'The specified batch inference job was not found.');
  };

  return {
    create(definition, service) {
      const token = definition.clientRequestToken;
      const before = [...jobs.values()].find(
        (job) => token !== undefined && job.definition.clientRequestToken === token,
      );
      if (before !== undefined) return before;
      if (jobs.size >= most) {
        throw new Refusal('ServiceQuotaExceededException', `There are ${most} batch jobs already.`);
      }
      // The same program gets the same ids.
      const id = createHash('sha256').update(`job ${jobs.size}`).digest('hex').slice(0, 12);
      // Batch inference does without prompt caching (user guide, "Prompt caching").
      const { promptCache: _, ...without } = service;
      const job = newJob(id, definition, { ...without, words }, quotas.hourMs);
      jobs.set(id, job);
      const limit = setTimeout(() => end(job, 'timeout'), job.expires.getTime() - job.submitted.getTime());
      limit.unref();
      const done = runJob(job, { buckets, quotas, place }).finally(() => {
        clearTimeout(limit);
        running.delete(job);
      });
      running.set(job, done);
      return job;
    },
    get,
    list: () => [...jobs.values()].reverse(),
    stop(identifier) {
      const job = get(identifier);
      if (isOver(job)) {
        // The text is not backed by a recording.
        throw new Refusal(
          'ConflictException',
          `The batch inference job is ${job.status} and cannot be stopped.`,
        );
      }
      setStatus(job, 'Stopping');
      end(job, 'stop');
    },
    async close() {
      for (const job of running.keys()) end(job, 'close');
      await Promise.all(running.values());
    },
  };
}

function end({ ending }: Job, reason: JobEnd): void {
  if (!ending.signal.aborted) ending.abort(reason);
}

/** So many places, taken in the order of asking. */
function createPlaces(count: number): (signal: AbortSignal) => Promise<() => void> {
  let free = count;
  const waiting = new Set<() => void>();
  const leave = () => {
    free += 1;
    const [next] = waiting;
    if (next !== undefined) next();
  };
  return (signal) =>
    new Promise((resolve, reject) => {
      const take = () => {
        waiting.delete(take);
        signal.removeEventListener('abort', give);
        free -= 1;
        resolve(leave);
      };
      const give = () => {
        waiting.delete(take);
        reject(signal.reason);
      };
      signal.addEventListener('abort', give, { once: true });
      if (free > 0) take();
      else waiting.add(take);
    });
}

/** The endpoint's jobs. Refuses when it was given no folder for S3. */
export function jobsOf({ jobs }: Service): BatchJobs {
  if (jobs === undefined) {
    throw invalid(
      'This endpoint has no folder for S3, where batch jobs read and write. Start it with --s3 DIR.',
    );
  }
  return jobs;
}
