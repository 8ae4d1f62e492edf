import { Refusal } from '../refusal.ts';
import type { RawRequest } from '../router.ts';
import { type AccessKey, isSame, verifySigV4 } from './verify-sigv4.ts';

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

/** A check of requests against the options, which throws a `Refusal` for those that are not let in. */
export function createAuthorizer(options: AuthOptions, region: string): (request: RawRequest) => void {
  const {
    scheme,
    accessKeys = [{ accessKeyId: 'local', secretAccessKey: 'local' }],
    apiKeys = ['local'],
    now = () => new Date(),
  } = options;
  return scheme === 'sigv4'
    ? (request) => verifySigV4(request, accessKeys, region, now())
    : (request) => verifyBearer(request, apiKeys);
}

/** The text for a wrong key is quoted from users of Bedrock; the error's name is not confirmed. */
function verifyBearer({ headers }: RawRequest, apiKeys: readonly string[]): void {
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
