import { createHash } from 'node:crypto';
import type { HttpRequest } from '../http/one-port.ts';
import { Refusal } from '../http/refusal.ts';
import type { Reply } from '../http/reply.ts';
import { decodeAwsChunked } from './aws-chunked.ts';
import type { BucketFolder, ObjectHeaders, OpenObject } from './bucket-folder.ts';
import { checksumsOf } from './checksums.ts';
import { listObjects } from './list-objects.ts';
import { S3Error, type S3ErrorCode } from './s3-error.ts';
import { element, xml } from './xml.ts';

/** A request of S3, whose body is still on its way. */
export interface S3Request {
  readonly method: string;
  readonly url: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: HttpRequest;
  readonly requestId: string;
  readonly signal: AbortSignal;
}

interface S3Call {
  readonly operation: OperationName;
  readonly bucket: string;
  readonly key: string;
}

/** What the journal is told of a request. */
export interface S3Note {
  /** The API's name, such as `PutObject`. */
  readonly operation?: string;
  /** The code of the error, when it was refused. */
  readonly error?: string;
}

/**
 * Answers S3's PutObject, GetObject, HeadObject and ListObjectsV2, path style, on a folder, and nothing else of S3.
 * `allow` throws a `Refusal` for a request that is not let in. `folder`: absent when the endpoint was given none.
 */
export async function answerS3(
  request: S3Request,
  folder: BucketFolder | undefined,
  allow: () => void,
  note: (about: S3Note) => void,
): Promise<Reply> {
  const { method, headers, url, body, requestId, signal } = request;
  try {
    const call = readCall(request);
    note({ operation: call.operation });
    allow();
    if (folder === undefined) {
      throw notImplemented('This endpoint has no folder for S3. Start it with --s3 DIR.');
    }
    refuseHeaders(call.operation, headers);
    const reply = await operations[call.operation]({ ...request, ...call, query: queryOf(url), folder });
    return { ...reply, headers: { 'x-amz-request-id': requestId, ...reply.headers } };
  } catch (error) {
    // Until its body is read, a client may not read the answer.
    body.resume();
    if (signal.aborted) throw error;
    const known = toS3Error(error, method, url);
    note({ error: known.code });
    return errorReply(known, method, url, requestId);
  }
}

type Asked = S3Request & S3Call & { readonly query: URLSearchParams; readonly folder: BucketFolder };

const operations: Readonly<Record<OperationName, (asked: Asked) => Promise<Reply>>> = {
  async PutObject({ bucket, key, headers, body, folder, signal }) {
    const checksums = checksumsOf(headers);
    const { bytes, trailers } = (headers['content-encoding'] ?? '').includes('aws-chunked')
      ? decodeAwsChunked(body)
      : { bytes: body as AsyncIterable<Uint8Array>, trailers: {} };
    const sha256 = createHash('sha256');
    const upload = await folder.begin(bucket, key);
    let length = 0;
    try {
      for await (const chunk of bytes) {
        checksums.add(chunk);
        sha256.update(chunk);
        length += chunk.length;
        await upload.write(chunk);
      }
      if (signal.aborted) throw signal.reason;
      const expected = headers['x-amz-decoded-content-length'] ?? headers['content-length'];
      if (expected !== undefined && Number(expected) !== length) throw new S3Error('IncompleteBody');
      const hash = headers['x-amz-content-sha256'] ?? '';
      if (/^[0-9a-f]{64}$/.test(hash) && hash !== sha256.digest('hex')) {
        throw new S3Error('XAmzContentSHA256Mismatch');
      }
      const kept = checksums.check(trailers);
      const isNew = headers['if-none-match'] === '*';
      const etag = await upload.finish(
        { ...headersToKeep(headers), others: { ...meta(headers), ...kept } },
        isNew,
      );
      const type: Record<string, string> =
        Object.keys(kept).length === 0 ? {} : { 'x-amz-checksum-type': 'FULL_OBJECT' };
      return { status: 200, headers: { ETag: etag, ...kept, ...type }, body: '' };
    } finally {
      await upload.abandon();
    }
  },

  async GetObject({ bucket, key, headers, folder, signal }) {
    const object = await folder.open(bucket, key);
    if (signal.aborted) await object.close();
    return { status: 200, headers: describe(object, headers), body: object.bytes() };
  },

  async HeadObject({ bucket, key, headers, folder }) {
    const object = await folder.open(bucket, key);
    await object.close();
    return { status: 200, headers: describe(object, headers), body: nothing() };
  },

  async ListObjectsV2({ bucket, query, folder }) {
    const body = await listObjects(folder, bucket, query);
    return { status: 200, headers: { 'Content-Type': 'application/xml' }, body };
  },
};

type OperationName = 'PutObject' | 'GetObject' | 'HeadObject' | 'ListObjectsV2';

/** A body that is not sent, behind headers that tell of another one's length. */
async function* nothing(): AsyncGenerator<Uint8Array> {}

function readCall({ method, url }: S3Request): S3Call {
  const [, path = ''] = /^\/*([^?]*)/.exec(url) ?? [];
  const [bucket = '', ...rest] = path.split('/');
  const key = decode(rest.join('/'));
  const named = { bucket: decode(bucket), key };
  const query = queryOf(url);
  const isList = query.get('list-type') === '2';
  query.delete('x-id');
  if (method === 'GET' && key === '' && isList) return { operation: 'ListObjectsV2', ...named };
  if (key !== '' && query.size === 0) {
    const operation = ({ PUT: 'PutObject', GET: 'GetObject', HEAD: 'HeadObject' } as const)[method];
    if (operation !== undefined) return { operation, ...named };
  }
  throw notImplemented(
    `Local Bedrock has no such operation of S3: ${method} ${url}. It answers PutObject, GetObject, HeadObject and ListObjectsV2, whole objects only and path style.`,
  );
}

function queryOf(url: string): URLSearchParams {
  const start = url.indexOf('?');
  return new URLSearchParams(start < 0 ? '' : url.slice(start + 1));
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new S3Error('InvalidArgument', "Couldn't parse the specified URI.");
  }
}

/** What would change the meaning of a request, and is not there: to pass it over would be an answer to another one. */
const meaningful = [
  'range',
  'if-match',
  'if-none-match',
  'if-modified-since',
  'if-unmodified-since',
  'x-amz-copy-source',
];

function refuseHeaders(operation: string, headers: Readonly<Record<string, string>>): void {
  const found = meaningful.find(
    (name) =>
      headers[name] !== undefined &&
      !(operation === 'PutObject' && name === 'if-none-match' && headers[name] === '*'),
  );
  if (found !== undefined) {
    throw notImplemented(`A header you provided implies functionality that is not implemented: ${found}.`);
  }
}

function notImplemented(message: string): S3Error {
  return new S3Error('NotImplemented', message);
}

function headersToKeep(headers: Readonly<Record<string, string>>): Pick<ObjectHeaders, 'contentType'> {
  return { contentType: headers['content-type'] ?? 'application/octet-stream' };
}

function meta(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => name.startsWith('x-amz-meta-')));
}

function describe(
  { size, etag, lastModified, contentType, others }: OpenObject,
  asked: Readonly<Record<string, string>>,
): Record<string, string> {
  const shown = Object.entries(others).filter(
    ([name]) => !name.startsWith('x-amz-checksum-') || asked['x-amz-checksum-mode'] === 'ENABLED',
  );
  return {
    'Content-Type': contentType,
    'Content-Length': String(size),
    ETag: etag,
    'Last-Modified': lastModified.toUTCString(),
    ...Object.fromEntries(shown),
  };
}

/** How S3 names what the checks that it shares with Bedrock refuse. */
const codes: Readonly<Record<string, S3ErrorCode>> = {
  ExpiredTokenException: 'ExpiredToken',
  IncompleteSignatureException: 'AuthorizationHeaderMalformed',
  InvalidSignatureException: 'SignatureDoesNotMatch',
  UnrecognizedClientException: 'InvalidAccessKeyId',
};

function toS3Error(error: unknown, method: string, url: string): S3Error {
  if (error instanceof S3Error) return error;
  if (error instanceof Refusal) return new S3Error(codes[error.errorName] ?? 'AccessDenied', error.message);
  process.emitWarning(`Local Bedrock failed on ${method} ${url}: ${String(error)}`);
  return new S3Error('InternalError', undefined, error);
}

function errorReply(
  { status, code, message }: S3Error,
  method: string,
  url: string,
  requestId: string,
): Reply {
  return {
    status,
    headers: { 'Content-Type': 'application/xml', 'x-amz-request-id': requestId },
    body:
      method === 'HEAD'
        ? nothing()
        : xml(
            element('Error', [
              element('Code', code),
              element('Message', message),
              element('Resource', url.replace(/\?.*$/s, '')),
              element('RequestId', requestId),
            ]),
          ),
  };
}
