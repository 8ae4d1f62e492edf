import { createHash, createHmac } from 'node:crypto';

/**
 * AWS Signature Version 4, for checking signatures and for making them.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */

export const algorithm = 'AWS4-HMAC-SHA256';

/** Bedrock's signing name, of the runtime and the control plane alike. */
export const signingName = 'bedrock';

/** What a signature covers. */
export interface SignedRequest {
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
export interface Scope {
  /** YYYYMMDD. */
  readonly day: string;
  readonly region: string;
  readonly service: string;
}

/** The signature of a request, as hex. `time` is the request's own, as YYYYMMDD'T'HHMMSS'Z'. Pure. */
export function signatureOf(request: SignedRequest, secret: string, scope: Scope, time: string): string {
  const toSign = [algorithm, time, scopeText(scope), sha256(canonicalRequest(request))].join('\n');
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
export function canonicalRequest(request: SignedRequest): string {
  const { method, url, headers, signedHeaders, payloadHash } = request;
  const [path = '', search = ''] = url.split(/\?(.*)/s);
  const lines = signedHeaders.map(
    (name) => `${name}:${headerValue(headers, name).trim().replaceAll(/\s+/g, ' ')}\n`,
  );
  return [
    method,
    canonicalPath(path),
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
