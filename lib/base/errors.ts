import type { InspectOptions } from 'node:util';
import type { TokenUsage } from 'bedrock-models';

/** Each has a section of its own in docs/troubleshooting.md. */
export const errorKinds = [
  'credentials',
  'credentials-expired',
  'region',
  'clock',
  'model-unknown',
  'model-retired',
  'model-legacy',
  'inference-profile-needed',
  'use-case-form',
  'access-denied',
  'quota',
  'throttled',
  'overloaded',
  'too-long',
  'request',
  'model',
  'timeout',
  'aborted',
  'network',
  'stream-cut',
  'response',
  'answer',
  'limit',
  'conflict',
  'corrupt',
  'file',
  'template',
  'unknown',
] as const;

/** What went wrong, in one word that a program can branch on. */
export type ErrorKind = (typeof errorKinds)[number];

export interface LibErrorDetails {
  readonly kind: ErrorKind;
  /** The next step for a person, as one or two sentences. */
  readonly hint: string;
  /** Whether the same call may succeed later, unchanged. Default false. */
  readonly retryable?: boolean;
  /** AWS's own name for the error, such as `ValidationException`. */
  readonly awsName?: string;
  /** HTTP status of the answer, when there was one. */
  readonly status?: number;
  /** AWS's request id, to quote to its support. */
  readonly requestId?: string;
  /** The model that was called. */
  readonly modelId?: string;
  /** What had arrived of a streamed answer before it failed. */
  readonly partialText?: string;
  /** Tokens that were paid for before it failed; absent: none, or not known. */
  readonly usage?: TokenUsage;
  /** The same in US dollars. */
  readonly costUsd?: number;
  /** How many times the call was made, where it was made again after a failure that may pass. */
  readonly attempts?: number;
  readonly cause?: unknown;
}

const marker = Symbol.for('lib.LibError');

/** Every error that `lib` throws. Tell it by `isLibError`, which also works across two copies of `lib`. */
export class LibError extends Error {
  readonly [marker] = true;
  readonly kind: ErrorKind;
  readonly hint: string;
  readonly retryable: boolean;
  readonly awsName: string | undefined;
  readonly status: number | undefined;
  readonly requestId: string | undefined;
  readonly modelId: string | undefined;
  readonly partialText: string | undefined;
  readonly attempts: number | undefined;
  readonly usage: TokenUsage | undefined;
  readonly costUsd: number | undefined;

  constructor(message: string, details: LibErrorDetails) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'LibError';
    this.kind = details.kind;
    this.hint = details.hint;
    this.retryable = details.retryable ?? false;
    this.awsName = details.awsName;
    this.status = details.status;
    this.requestId = details.requestId;
    this.modelId = details.modelId;
    this.partialText = details.partialText;
    this.attempts = details.attempts;
    this.usage = details.usage;
    this.costUsd = details.costUsd;
  }

  /** In a cell's output: what happened, the next step, and where; not ten lines of the kernel's own stack. */
  [Symbol.for('nodejs.util.inspect.custom')](_depth: number, _options: InspectOptions): string {
    const lines = [whatAndNext(this)];
    if (this.requestId) lines.push(`  request id: ${this.requestId}`);
    if (this.kind === 'unknown' && this.cause instanceof Error) lines.push(`  cause: ${placeOf(this.cause)}`);
    return `${lines.join('\n')}${moreAbout(this.kind)}`;
  }
}

/** An error's stack without the lines that say only how Node and the kernel got to the cell. */
function placeOf(error: Error): string {
  const internal = /^\s+at .*(\bnode:|[\\/]node_modules[\\/]@?tslab[\\/]|[\\/]packages[\\/]kernel[\\/])/;
  const lines = (error.stack ?? `${error.name}: ${error.message}`).split('\n');
  return lines.filter((line) => !internal.test(line)).join('\n');
}

/** The same error with further details, such as the text that had arrived. Pure. */
export function withDetails(error: LibError, details: Partial<LibErrorDetails>): LibError {
  const { kind, hint, retryable, awsName, status, requestId, modelId, partialText, attempts, cause } = error;
  const { usage, costUsd } = error;
  return new LibError(error.message, {
    kind,
    hint,
    retryable,
    cause,
    ...(awsName !== undefined && { awsName }),
    ...(status !== undefined && { status }),
    ...(requestId !== undefined && { requestId }),
    ...(modelId !== undefined && { modelId }),
    ...(partialText !== undefined && { partialText }),
    ...(attempts !== undefined && { attempts }),
    ...(usage && { usage }),
    ...(costUsd !== undefined && { costUsd }),
    ...details,
  });
}

export function isLibError(error: unknown): error is LibError {
  return typeof error === 'object' && error !== null && marker in error;
}

/**
 * Where a person reads more of such errors, as the last line below one; nothing outside a notebook of this project, whose
 * kernel names the page in LIB_HELP_PAGE: a service does not have it.
 */
export function moreAbout(kind: ErrorKind): string {
  const page = process.env.LIB_HELP_PAGE;
  return page === undefined ? '' : `\n  more: ${page}#${kind}`;
}

/** For a person: what happened, and the next step; in a notebook also where to read more. */
export function describeError(error: unknown): string {
  if (!isLibError(error)) return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return `${whatAndNext(error)}${moreAbout(error.kind)}`;
}

function whatAndNext({ awsName, name, message, hint }: LibError): string {
  return `${awsName ?? name}: ${message}\n  next step: ${hint}`;
}
