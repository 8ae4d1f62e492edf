import type { Reply } from './reply.ts';

const bedrockNamespace = 'http://internal.amazon.com/coral/com.amazon.bedrock/';
const coralNamespace = 'http://internal.amazon.com/coral/com.amazon.coral.service/';

/** HTTP status of each error this endpoint sends (API reference, InvokeModel, "Errors"). */
const statuses = {
  ValidationException: 400,
  ResourceNotFoundException: 404,
  UnknownOperationException: 404,
  InternalServerException: 500,
} as const;

export type RefusalName = keyof typeof statuses;

/** A request AWS would refuse: thrown by operations and families, turned into a reply by the handler. */
export class Refusal extends Error {
  readonly status: number;
  readonly errorName: RefusalName;

  constructor(errorName: RefusalName, message: string) {
    super(message);
    this.name = 'Refusal';
    this.errorName = errorName;
    this.status = statuses[errorName];
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

/**
 * A refusal as AWS sends it: the status, `x-amzn-ErrorType` with the namespace behind the name, and a compact
 * `{"message"}` body. An unknown operation has the service framework's own body around the name.
 */
export function refusalReply(refusal: Refusal): Reply {
  const { status, errorName, message } = refusal;
  const unknownOperation = errorName === 'UnknownOperationException';
  const body = unknownOperation
    ? { Output: { __type: `com.amazon.coral.service#${errorName}` }, Version: '1.0', message }
    : { message };
  return {
    status,
    headers: {
      'Content-Type': 'application/json',
      'x-amzn-ErrorType': `${errorName}:${unknownOperation ? coralNamespace : bedrockNamespace}`,
    },
    body: JSON.stringify(body),
  };
}
