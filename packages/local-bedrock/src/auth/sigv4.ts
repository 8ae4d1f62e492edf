import { createHash, createHmac } from 'node:crypto';
import { Refusal } from '../http/refusal.ts';

/**
 * AWS Signature Version 4, for checking signatures and for making them.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */

export const algorithm = 'AWS4-HMAC-SHA256';

/** Signing names: Bedrock's, of the runtime and the control plane alike, and that of S3, which has rules of its own. */
export type SigningName = 'bedrock' | 's3';
export const signingName = 'bedrock';

/** What a signature covers. */
interface SignedRequest {
  readonly method: string;
  /** Path and query as they travel, percent-encoded or not. */
  readonly url: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** The names of the headers that are signed, in lower case and in order. */
  readonly signedHeaders: readonly string[];
  readonly payloadHash: string;
}

/** What a signing key is made for. */
interface Scope {
  /** YYYYMMDD. */
  readonly day: string;
  readonly region: string;
  readonly service: string;
}

/** The signature of a request, as hex. `time` is the request's own, as YYYYMMDD'T'HHMMSS'Z'. Pure. */
export function signatureOf(request: SignedRequest, secret: string, scope: Scope, time: string): string {
  const toSign = [algorithm, time, scopeText(scope), sha256(canonicalRequest(request, scope.service))].join(
    '\n',
  );
  return hmac(signingKey(secret, scope), toSign).toString('hex');
}

export function scopeText({ day, region, service }: Scope): string {
  return `${day}/${region}/${service}/aws4_request`;
}

export function sha256(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}

/** A time as SigV4 writes it: `20261123T120000Z`. */
export function signingTime(date: Date): string {
  return `${date.toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`;
}

/** The request in the one form that both sides sign. Pure. */
function canonicalRequest(request: SignedRequest, service: string): string {
  const { method, url, headers, signedHeaders, payloadHash } = request;
  const [path = '', search = ''] = url.split(/\?(.*)/s);
  const lines = signedHeaders.map(
    (name) => `${name}:${headerValue(headers, name).trim().replaceAll(/\s+/g, ' ')}\n`,
  );
  return [
    method,
    service === 's3' ? objectPath(path) : canonicalPath(path),
    canonicalQuery(search),
    lines.join(''),
    signedHeaders.join(';'),
    payloadHash,
  ].join('\n');
}

/** A client that signs `host` may send it as HTTP/2's `:authority`, and a proxy may turn it round. */
function headerValue(headers: Readonly<Record<string, string>>, name: string): string {
  const other = name === 'host' ? ':authority' : name === ':authority' ? 'host' : undefined;
  return headers[name] ?? (other === undefined ? undefined : headers[other]) ?? '';
}

/** The path as it travels, encoded once more: `%3A` is signed as `%253A`, a raw `:` as `%3A`. */
function canonicalPath(path: string): string {
  const segments: string[] = [];
  for (const segment of path.split('/')) {
    if (segment === '..') segments.pop();
    else if (segment !== '' && segment !== '.') segments.push(encode(segment));
  }
  const trailing = path.length > 1 && path.endsWith('/') && segments.length > 0 ? '/' : '';
  return `/${segments.join('/')}${trailing}`;
}

/** S3's keys may hold anything: its paths are encoded once, and no part of them is taken out. */
function objectPath(path: string): string {
  return path
    .split('/')
    .map((segment) => encode(decode(segment)))
    .join('/');
}

function canonicalQuery(search: string): string {
  return search
    .split('&')
    .filter((part) => part !== '')
    .map((part) => {
      const [name = '', value = ''] = part.split(/=(.*)/s);
      return [encode(decode(name)), encode(decode(value))] as const;
    })
    .sort(([name, value], [otherName, otherValue]) => compare(name, otherName) || compare(value, otherValue))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

/** Percent-encoding of everything but RFC 3986's unreserved characters. */
function encode(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function signingKey(secret: string, { day, region, service }: Scope): Buffer {
  return [day, region, service, 'aws4_request'].reduce<Buffer>(
    (key, part) => hmac(key, part),
    Buffer.from(`AWS4${secret}`),
  );
}

function hmac(key: Buffer, data: string): Buffer {
  return createHmac('sha256', key).update(data).digest();
}

/** What an `Authorization` header of SigV4 says. */
export interface Authorization {
  readonly accessKeyId: string;
  readonly scope: Scope;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
  /** The request's own time, as YYYYMMDD'T'HHMMSS'Z'. */
  readonly time: string;
}

/**
 * Reads a request's `Authorization` header, or throws a `Refusal`: MissingAuthenticationTokenException when there is
 * none, IncompleteSignatureException when it is none of SigV4 or lacks a part.
 */
export function readAuthorization(headers: Readonly<Record<string, string>>): Authorization {
  const header = headers.authorization ?? '';
  if (header === '') {
    throw new Refusal('MissingAuthenticationTokenException', 'Missing Authentication Token');
  }
  if (!header.startsWith(`${algorithm} `)) {
    throw incomplete(
      `'${header.split(' ', 1)[0]}' not a valid key=value pair (missing equal-sign) in Authorization header.`,
    );
  }
  const parts = new Map(
    header
      .slice(algorithm.length)
      .split(',')
      .map((part) => part.trim().split(/=(.*)/s) as [string, string]),
  );
  const time = timeOf(headers);
  const missing = [
    ...['Credential', 'Signature', 'SignedHeaders']
      .filter((name) => !parts.get(name))
      .map((name) => `Authorization header requires '${name}' parameter.`),
    ...(time === undefined
      ? ["Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header."]
      : []),
  ];
  if (missing.length > 0 || time === undefined)
    throw incomplete(`${missing.join(' ')} Authorization=${algorithm}`);
  const credential = parts.get('Credential') ?? '';
  const [accessKeyId = '', day = '', region = '', service = '', terminator] = credential.split('/');
  if (credential.split('/').length !== 5 || terminator !== 'aws4_request') {
    throw incomplete(
      `Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got '${credential}'`,
    );
  }
  return {
    accessKeyId,
    scope: { day, region, service },
    signedHeaders: (parts.get('SignedHeaders') ?? '').split(';'),
    signature: parts.get('Signature') ?? '',
    time,
  };
}

function timeOf(headers: Readonly<Record<string, string>>): string | undefined {
  const own = headers['x-amz-date'];
  if (own !== undefined && /^\d{8}T\d{6}Z$/.test(own)) return own;
  const date = Date.parse(headers.date ?? '');
  return Number.isNaN(date) ? undefined : signingTime(new Date(date));
}

function incomplete(message: string): Refusal {
  return new Refusal('IncompleteSignatureException', message);
}
