import { createHash } from 'node:crypto';
import type { HttpRequest } from '../http/one-port.ts';
import { Refusal } from '../http/refusal.ts';
import type { Reply } from '../http/reply.ts';
import { decodeAwsChunked } from './aws-chunked.ts';
import type { BucketFolder, StoredObject } from './bucket-folder.ts';
import { checksumsOf } from './checksums.ts';
import { checkHeaders, describeObject, headersToKeep } from './headers.ts';
import { listObjects } from './list-objects.ts';
import { askedPart, type Part } from './part.ts';
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
    checkHeaders(call.operation, headers);
    const reply = await operations[call.operation]({ ...request, ...call, query: queryOf(url), folder });
    return { ...reply, headers: { 'x-amz-request-id': requestId, ...reply.headers } };
  } catch (error) {
    // Until its body is read, a client may not read the answer.
    body.resume();
    // A body that broke off may do so before the signal aborts.
    if (signal.aborted || body.errored !== null) throw error;
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
      const { contentType, others } = headersToKeep(headers);
      const etag = await upload.finish({ contentType, others: { ...others, ...kept } }, isNew);
      const type: Record<string, string> =
        Object.keys(kept).length === 0 ? {} : { 'x-amz-checksum-type': 'FULL_OBJECT' };
      return { status: 200, headers: { ETag: etag, ...kept, ...type }, body: '' };
    } finally {
      await upload.abandon();
    }
  },

  async GetObject({ bucket, key, headers, folder, signal }) {
    const object = await folder.open(bucket, key);
    try {
      const answer = answerOf(object, headers);
      if (signal.aborted || answer.status === 304) await object.close();
      return answer.status === 304 ? answer : { ...answer, body: object.bytes(answer.part) };
    } catch (error) {
      await object.close();
      throw error;
    }
  },

  async HeadObject({ bucket, key, headers, folder }) {
    const object = await folder.open(bucket, key);
    await object.close();
    return answerOf(object, headers);
  },

  async ListObjectsV2({ bucket, query, folder }) {
    const body = await listObjects(folder, bucket, query);
    return { status: 200, headers: { 'Content-Type': 'application/xml' }, body };
  },
};

type OperationName = 'PutObject' | 'GetObject' | 'HeadObject' | 'ListObjectsV2';

/** The answer to a HeadObject, and what a GetObject's body holds of the object. */
function answerOf(object: StoredObject, headers: S3Request['headers']): Reply & { readonly part?: Part } {
  const part = askedPart(object, headers);
  if (part === 'not modified') {
    const { ETag = '', 'Last-Modified': modified = '' } = describeObject(object, headers, true);
    return { status: 304, headers: { ETag, 'Last-Modified': modified }, body: nothing() };
  }
  const { size } = object;
  const about = describeObject(object, headers, part !== undefined);
  if (part === undefined) {
    return { status: 200, headers: { ...about, 'Content-Length': String(size) }, body: nothing() };
  }
  const { start, end } = part;
  const range = {
    'Content-Length': String(end - start + 1),
    'Content-Range': `bytes ${start}-${end}/${size}`,
  };
  return { status: 206, headers: { ...about, ...range }, body: nothing(), part };
}

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
  if (query.has('uploads') || query.has('uploadId')) {
    throw notImplemented(
      'Local Bedrock has no multipart uploads of S3. Put objects whole: upload_file of boto3 and `aws s3 cp` do so below their multipart_threshold.',
    );
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

function notImplemented(message: string): S3Error {
  return new S3Error('NotImplemented', message);
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
