import type { AuthOptions } from './auth/authorize.ts';
import type { BatchQuotas } from './batch/quotas.ts';
import type { JournalEntry } from './journal/journal.ts';
import type { AccessState } from './models/access.ts';
import type { Era } from './operations/operation.ts';
import type { RecordOptions } from './record/recorder.ts';
import type { ReplayOptions } from './record/replayer.ts';
import type { WordSource } from './words/answer.ts';
import type { BackendOptions } from './words/backend/open-ai-compatible.ts';
import type { ModelOptions } from './words/model/model-options.ts';

export interface LocalBedrockOptions {
  /** Absent or 0: a free port. */
  readonly port?: number;
  /** The address to listen on. Default `127.0.0.1`, which only this machine reaches. */
  readonly host?: string;
  /** Default `lab`: retired models answer as in 2024. */
  readonly era?: Era;
  /** The endpoint's date as YYYY-MM-DD, for the era `today`. Default: the real date. */
  readonly today?: string;
  /** The AWS region that appears in ARNs. Default `us-east-1`. */
  readonly region?: string;
  /** Do not keep the process alive for the endpoint's sake. */
  readonly unref?: boolean;
  /** A language model behind the endpoint: a server with OpenAI's API. Default: the stand-in, which is none. */
  readonly backend?: BackendOptions;
  /**
   * A language model behind the endpoint: the URL of a server with OpenAI's API, a GGUF file, which is run in a process
   * that all endpoints of this machine share, or `true` for the recommended model, which is fetched once.
   */
  readonly model?: true | string | ModelOptions;
  /** A source of words of your own, in place of the stand-in or a backend. */
  readonly words?: WordSource;
  /** Who is let in. Default: everybody, signed or not. */
  readonly auth?: AuthOptions;
  /** What the account lacks, by model id, such as `{ 'amazon.nova-micro-v1:0': 'no-access' }`. Default: nothing. */
  readonly access?: Readonly<Record<string, AccessState>>;
  /**
   * The account's application inference profiles by id, such as `{ 'team0a1b2c3d': 'us.amazon.nova-lite-v1:0' }`. They are called
   * by ARN: `arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/team0a1b2c3d`. Default: none.
   */
  readonly inferenceProfiles?: Readonly<Record<string, string>>;
  /** Forward each request to Amazon Bedrock, or to another endpoint, and keep each exchange as a file. */
  readonly record?: RecordOptions;
  /** Answer from recordings only. */
  readonly replay?: ReplayOptions;
  /**
   * A folder whose folders are the buckets of S3: batch jobs read and write there, and the endpoint answers S3's
   * PutObject, GetObject, HeadObject and ListObjectsV2 on it. Default: no S3 and no batch jobs.
   */
  readonly s3?: string;
  /** Other quotas of batch jobs than AWS's, such as `{ minimumRecords: 1 }`. */
  readonly batch?: Partial<BatchQuotas>;
  /** Faults for every matching request until they are cleared, such as `['ThrottlingException:times=2']`. */
  readonly faults?: readonly string[];
  /** Gets one line for each answered request. */
  readonly log?: (line: string) => void;
  /** Gets each answered request when its answer has ended. */
  readonly journal?: (entry: JournalEntry) => void;
}

/** Whether the text is a day of the calendar, written YYYY-MM-DD. */
export function isDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const time = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}

/** Throws an `Error` that says how to write a day, when the text is none. */
export function requireDay(today: string): void {
  if (!isDay(today)) throw new Error(`"${today}" is not a day. Write it as YYYY-MM-DD, such as 2026-11-23.`);
}
