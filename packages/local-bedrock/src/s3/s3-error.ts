/** Status of each error that S3 sends here (API reference, "Error responses"). */
const statuses = {
  AccessControlListNotSupported: 400,
  AccessDenied: 403,
  AuthorizationHeaderMalformed: 400,
  BadDigest: 400,
  ExpiredToken: 400,
  IncompleteBody: 400,
  InternalError: 500,
  InvalidAccessKeyId: 403,
  InvalidArgument: 400,
  InvalidBucketName: 400,
  InvalidRange: 416,
  KeyTooLongError: 400,
  NoSuchBucket: 404,
  NoSuchKey: 404,
  NotImplemented: 501,
  PreconditionFailed: 412,
  SignatureDoesNotMatch: 403,
  XAmzContentSHA256Mismatch: 400,
} as const;

export type S3ErrorCode = keyof typeof statuses;

const messages: Partial<Record<S3ErrorCode, string>> = {
  AccessControlListNotSupported: 'The bucket does not allow ACLs',
  IncompleteBody: 'You did not provide the number of bytes specified by the Content-Length HTTP header.',
  InternalError: 'We encountered an internal error. Please try again.',
  InvalidBucketName: 'The specified bucket is not valid.',
  InvalidRange: 'The requested range is not satisfiable',
  KeyTooLongError: 'Your key is too long.',
  NoSuchBucket: 'The specified bucket does not exist.',
  NoSuchKey: 'The specified key does not exist.',
  PreconditionFailed: 'At least one of the pre-conditions you specified did not hold',
  XAmzContentSHA256Mismatch: "The provided 'x-amz-content-sha256' header does not match what was computed.",
};

/** A request that S3 refuses: thrown where it is found, written as S3's XML at the edge. */
export class S3Error extends Error {
  readonly code: S3ErrorCode;
  readonly status: number;

  /** Without a message, S3's own for this code. */
  constructor(code: S3ErrorCode, message = messages[code] ?? code, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'S3Error';
    this.code = code;
    this.status = statuses[code];
  }
}
