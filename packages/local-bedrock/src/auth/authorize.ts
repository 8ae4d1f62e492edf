import { timingSafeEqual } from 'node:crypto';
import { Refusal } from '../http/refusal.ts';
import {
  type Authorization,
  readAuthorization,
  type SigningName,
  sha256,
  signatureOf,
  signingName,
  signingTime,
} from './sigv4.ts';

/** Who is let in. */
export interface AuthOptions {
  /** `sigv4`: signed with one of `accessKeys`; `bearer`: with one of `apiKeys` as `Authorization: Bearer`. */
  readonly scheme: 'sigv4' | 'bearer';
  /** Default: the one key `local` with the secret `local`. */
  readonly accessKeys?: readonly AccessKey[];
  /** Default: the one key `local`. */
  readonly apiKeys?: readonly string[];
  /** The clock that signatures are held against. Default: the real one. */
  readonly now?: () => Date;
}

/** What is signed of a request. */
interface Signed {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Absent: the hash in its headers counts, and is checked by who reads the body. */
  readonly body?: Buffer;
}

/**
 * A check of requests against the options, which throws a `Refusal` for those that are not let in. S3 has no API keys:
 * for it, signatures are checked also where the scheme is `bearer`.
 */
export function createAuthorizer(
  options: AuthOptions,
  region: string,
): (request: Signed, service?: SigningName) => void {
  const {
    scheme,
    accessKeys = [{ accessKeyId: 'local', secretAccessKey: 'local' }],
    apiKeys = ['local'],
    now = () => new Date(),
  } = options;
  return (request, service = signingName) => {
    if (scheme === 'sigv4' || service === 's3') {
      verifySigV4(request, accessKeys, { region, service, now: now() });
    } else verifyBearer(request, apiKeys);
  };
}

/** The text for a wrong key is quoted from users of Bedrock; the error's name is not confirmed. */
function verifyBearer({ headers }: Signed, apiKeys: readonly string[]): void {
  const { authorization } = headers;
  if (authorization === undefined) {
    throw new Refusal('MissingAuthenticationTokenException', 'Missing Authentication Token');
  }
  const key = /^Bearer (.+)$/.exec(authorization)?.[1];
  if (key === undefined || !apiKeys.some((known) => isSame(known, key))) {
    throw new Refusal(
      'AccessDeniedException',
      'Authentication failed: Please make sure your API Key is valid.',
    );
  }
}

/** A key pair the endpoint knows. */
export interface AccessKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Temporary credentials: the token that has to come with them. */
  readonly sessionToken?: string;
  /** From then on, requests get an ExpiredTokenException. */
  readonly expiresAt?: Date;
}

/** How far the clocks may be apart. In milliseconds. */
const allowedSkew = 5 * 60_000;

/**
 * Checks a request's signature as AWS does. Throws a `Refusal`, 403 unless noted: MissingAuthenticationTokenException,
 * IncompleteSignatureException (400), UnrecognizedClientException, ExpiredTokenException, InvalidSignatureException.
 * The texts of an expired signature, a wrong region, and unknown or expired credentials are quoted from users of Bedrock;
 * the others are the AWS signing layer's, not seen with Bedrock.
 */
export function verifySigV4(
  request: Signed,
  keys: readonly AccessKey[],
  { region, service, now }: { region: string; service: SigningName; now: Date },
): void {
  const authorization = readAuthorization(request.headers);
  const key = keys.find(({ accessKeyId }) => accessKeyId === authorization.accessKeyId);
  if (key === undefined || !isSame(key.sessionToken ?? '', request.headers['x-amz-security-token'] ?? '')) {
    throw new Refusal(
      'UnrecognizedClientException',
      'The security token included in the request is invalid.',
    );
  }
  if (key.expiresAt !== undefined && key.expiresAt <= now) {
    throw new Refusal('ExpiredTokenException', 'The security token included in the request is expired');
  }
  checkScope(authorization, region, service);
  checkTime(authorization.time, now);
  const { headers, method, url, body } = request;
  const stated = headers['x-amz-content-sha256'];
  const isStated = body === undefined || stated === 'UNSIGNED-PAYLOAD';
  const payloadHash = isStated ? (stated ?? sha256('')) : sha256(body);
  const { signedHeaders, scope, time, signature } = authorization;
  const expected = signatureOf(
    { method, url, headers, signedHeaders, payloadHash },
    key.secretAccessKey,
    scope,
    time,
  );
  if (!isSame(expected, signature)) {
    throw invalidSignature(
      'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.',
    );
  }
}

/** Compares secrets without telling by the time it takes how much of them is right. */
export function isSame(one: string, other: string): boolean {
  return timingSafeEqual(Buffer.from(sha256(one), 'hex'), Buffer.from(sha256(other), 'hex'));
}

function checkScope(
  { scope, time, signedHeaders }: Authorization,
  region: string,
  service: SigningName,
): void {
  if (!signedHeaders.includes('host') && !signedHeaders.includes(':authority')) {
    throw invalidSignature("'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.");
  }
  if (scope.region !== region) throw invalidSignature('Credential should be scoped to a valid region.');
  if (scope.service !== service) {
    throw invalidSignature(`Credential should be scoped to correct service: '${service}'.`);
  }
  const day = time.slice(0, 8);
  if (scope.day !== day) {
    throw invalidSignature(
      `Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '${scope.day}' != '${day}', from '${time}'.`,
    );
  }
}

function checkTime(time: string, now: Date): void {
  const [, year, month, day, hour, minute, second] =
    /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(time) ?? [];
  const sent = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  const earliest = new Date(now.getTime() - allowedSkew);
  const latest = new Date(now.getTime() + allowedSkew);
  if (sent < earliest.getTime()) {
    throw invalidSignature(
      `Signature expired: ${time} is now earlier than ${signingTime(earliest)} (${signingTime(now)} - 5 min.)`,
    );
  }
  if (sent > latest.getTime()) {
    throw invalidSignature(
      `Signature not yet current: ${time} is still later than ${signingTime(latest)} (${signingTime(now)} + 5 min.)`,
    );
  }
}

function invalidSignature(message: string): Refusal {
  return new Refusal('InvalidSignatureException', message);
}
