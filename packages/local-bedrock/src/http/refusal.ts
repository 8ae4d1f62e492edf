import type { Reply } from './reply.ts';

const bedrockNamespace = 'http://internal.amazon.com/coral/com.amazon.bedrock/';
const coralNamespace = 'http://internal.amazon.com/coral/com.amazon.coral.service/';

/** HTTP status of each error this endpoint sends (API reference, "Errors", and "Common errors"). */
const statuses = {
  AccessDeniedException: 403,
  ConflictException: 400,
  InternalServerException: 500,
  ModelErrorException: 424,
  ModelNotReadyException: 429,
  ModelStreamErrorException: 424,
  ModelTimeoutException: 408,
  ResourceNotFoundException: 404,
  SerializationException: 400,
  ServiceQuotaExceededException: 400,
  ServiceUnavailableException: 503,
  ThrottlingException: 429,
  ValidationException: 400,
  // The service framework's own, in its own namespace.
  ExpiredTokenException: 403,
  IncompleteSignatureException: 400,
  InvalidSignatureException: 403,
  MissingAuthenticationTokenException: 403,
  UnknownOperationException: 404,
  UnrecognizedClientException: 403,
} as const;

export type RefusalName = keyof typeof statuses;

const frameworkErrors: ReadonlySet<RefusalName> = new Set([
  'ExpiredTokenException',
  'IncompleteSignatureException',
  'InvalidSignatureException',
  'MissingAuthenticationTokenException',
  'UnknownOperationException',
  'UnrecognizedClientException',
]);

export interface RefusalDetails {
  /** Members of the error beside its message, such as `originalStatusCode` of a ModelErrorException. */
  readonly members?: Readonly<Record<string, unknown>>;
  /** Further headers, such as `retry-after`. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly cause?: unknown;
}

/** A request AWS would refuse: thrown by operations and families, turned into a reply by the handler. */
export class Refusal extends Error {
  readonly status: number;
  readonly errorName: RefusalName;
  readonly members: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string>>;

  constructor(errorName: RefusalName, message: string, details: RefusalDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'Refusal';
    this.errorName = errorName;
    this.status = statuses[errorName];
    this.members = details.members ?? {};
    this.headers = details.headers ?? {};
  }
}

/** A `ValidationException`, status 400, with AWS's text. */
export function invalid(message: string): Refusal {
  return new Refusal('ValidationException', message);
}

/** The body schema's refusal; `violations` in the schema validator's words, such as `#: required key [x] not found`. */
export function malformed(violations: readonly string[] = []): Refusal {
  const detail = violations.length === 0 ? '' : `: ${violations.join('')}`;
  return invalid(`Malformed input request${detail}, please reformat your input and try again.`);
}

/** The 404 for a retired model. */
export function endOfLife(): Refusal {
  return new Refusal(
    'ResourceNotFoundException',
    'This model version has reached the end of its life. Please refer to the AWS documentation for more details.',
  );
}

export function invalidModelIdentifier(): Refusal {
  return invalid('The provided model identifier is invalid.');
}

/** What a failure of the endpoint's own side says. */
export function internalError(cause: unknown): Refusal {
  return new Refusal(
    'InternalServerException',
    'The system encountered an unexpected error during processing. Try your request again.',
    { cause },
  );
}

/**
 * A refusal as AWS sends it: the status, `x-amzn-ErrorType` with the namespace behind the name, and a compact
 * `{"message"}` body. An unknown operation has the service framework's own body around the name.
 */
export function refusalReply(refusal: Refusal): Reply {
  const { status, errorName, message, members, headers } = refusal;
  const body =
    errorName === 'UnknownOperationException'
      ? { Output: { __type: `com.amazon.coral.service#${errorName}` }, Version: '1.0', message }
      : { message, ...members };
  return {
    status,
    headers: {
      'Content-Type': 'application/json',
      'x-amzn-ErrorType': `${errorName}:${frameworkErrors.has(errorName) ? coralNamespace : bedrockNamespace}`,
      ...headers,
    },
    body: JSON.stringify(body),
  };
}
