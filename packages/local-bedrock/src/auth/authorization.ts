import { Refusal } from '../refusal.ts';
import { algorithm, type Scope, signingTime } from './sigv4.ts';

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
