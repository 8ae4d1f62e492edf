import { accountId } from '../models/access.ts';
import type { ObjectHeaders, StoredObject } from './bucket-folder.ts';
import { S3Error } from './s3-error.ts';

type Headers = Readonly<Record<string, string>>;

/** What is kept beside an object's bytes and given back as it was, with `x-amz-meta-…` and the checksums. */
const keptNames = ['cache-control', 'content-disposition', 'content-encoding', 'content-language', 'expires'];

/** S3's own headers that are carried out here, or change nothing of a request. All others are refused. */
const knownOfS3 = new Set([
  'x-amz-acl',
  'x-amz-content-sha256',
  'x-amz-date',
  'x-amz-decoded-content-length',
  'x-amz-expected-bucket-owner',
  'x-amz-request-payer',
  'x-amz-sdk-checksum-algorithm',
  'x-amz-security-token',
  'x-amz-storage-class',
  'x-amz-trailer',
  'x-amz-user-agent',
]);

const isOfObject = /^x-amz-(?:meta|checksum)-/;

const ofPart = ['range', 'if-match', 'if-none-match', 'if-modified-since', 'if-unmodified-since'];

/** Conditions that an operation would carry out on S3, and not here. */
const notCarriedOut = {
  PutObject: [...ofPart, 'if-range'],
  GetObject: ['if-range'],
  HeadObject: ['if-range'],
  ListObjectsV2: [],
} as const;

/**
 * Throws an `S3Error` for a header that would change what the request means, and is not there: to pass it over would
 * be an answer to another request.
 */
export function checkHeaders(operation: keyof typeof notCarriedOut, headers: Headers): void {
  const refused: readonly string[] = notCarriedOut[operation];
  for (const [name, value] of Object.entries(headers)) {
    const isUnknown = name.startsWith('x-amz-') && !knownOfS3.has(name) && !isOfObject.test(name);
    const isNewOnly = operation === 'PutObject' && name === 'if-none-match' && value === '*';
    const isOther = name === 'x-amz-storage-class' && value !== 'STANDARD';
    if (isUnknown || isOther || (refused.includes(name) && !isNewOnly)) {
      throw new S3Error(
        'NotImplemented',
        `A header you provided implies functionality that is not implemented: ${name}.`,
      );
    }
  }
  const { 'x-amz-acl': acl, 'x-amz-expected-bucket-owner': owner = accountId } = headers;
  // As a bucket is made today: its owner owns all in it (user guide, "Controlling ownership of objects").
  if (acl !== undefined && acl !== 'bucket-owner-full-control') {
    throw new S3Error('AccessControlListNotSupported');
  }
  if (owner !== accountId) throw new S3Error('AccessDenied', 'Access Denied');
}

/** What of a PutObject's headers is kept with the object, beside its checksums. */
export function headersToKeep(headers: Headers): ObjectHeaders {
  const others: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    const kept = name === 'content-encoding' ? withoutChunks(value) : value;
    if (kept !== '' && (keptNames.includes(name) || name.startsWith('x-amz-meta-'))) others[name] = kept;
  }
  return { contentType: headers['content-type'] ?? 'application/octet-stream', others };
}

/** A body's encodings without the one that is S3's own, and gone when the body is stored. */
function withoutChunks(encodings: string): string {
  return encodings
    .split(',')
    .map((encoding) => encoding.trim())
    .filter((encoding) => encoding !== 'aws-chunked')
    .join(', ');
}

/** The headers of an object's answer. Its checksums are those of the whole: with a part of it, they are left out. */
export function describeObject(
  { etag, lastModified, contentType, others }: StoredObject,
  asked: Headers,
  isPart: boolean,
): Record<string, string> {
  const showsChecksums = asked['x-amz-checksum-mode'] === 'ENABLED' && !isPart;
  const shown = Object.entries(others).filter(
    ([name]) => showsChecksums || !name.startsWith('x-amz-checksum-'),
  );
  return {
    'Content-Type': contentType,
    'Accept-Ranges': 'bytes',
    ETag: etag,
    'Last-Modified': lastModified.toUTCString(),
    ...Object.fromEntries(shown),
  };
}
