import { splitModelId } from '../../../bedrock-models/src/find.ts';
import type { AccessState, LocalBedrockOptions } from '../../src/index.ts';
import type { Exchange } from './exchanges.ts';

/**
 * An endpoint for an account that lacks what a recorded 403 says, and the headers of its caller: access to the model, a
 * token that is still good, or a signature in time. `undefined`: the exchange was let in.
 */
export function lackingAccount({
  status,
  headers,
  json,
  modelId,
  day,
}: Exchange):
  | { readonly options: LocalBedrockOptions; readonly requestHeaders: Readonly<Record<string, string>> }
  | undefined {
  const error = headers.get('x-amzn-errortype') ?? '';
  const { message = '' } = (json ?? {}) as { message?: string };
  const access = accessTexts.find(([text]) => text.test(message))?.[1];
  if (status >= 400 && access !== undefined) {
    return { options: { access: { [splitModelId(modelId).baseId]: access } }, requestHeaders: {} };
  }
  if (status !== 403 || error.startsWith('AccessDenied')) return undefined;
  const midnight = `${day.replaceAll('-', '')}T000000Z`;
  const [, signed = midnight] = /^Signature expired: (\S+) is now/.exec(message) ?? [];
  const [, received = midnight] = /\((\S+) - 5 min/.exec(message) ?? [];
  const key = { accessKeyId: 'local', secretAccessKey: 'local' };
  const isUnknown = error.startsWith('UnrecognizedClient');
  const isExpired = error.startsWith('ExpiredToken');
  const scope = `${signed.slice(0, 8)}/us-east-1/bedrock/aws4_request`;
  return {
    options: {
      auth: {
        scheme: 'sigv4',
        now: () => timeOf(received),
        accessKeys: [{ ...key, ...(isExpired && { expiresAt: timeOf('20000101T000000Z') }) }],
      },
    },
    requestHeaders: {
      'x-amz-date': signed,
      // Whether it is right is looked at after the time.
      authorization: `AWS4-HMAC-SHA256 Credential=${isUnknown ? 'unknown' : 'local'}/${scope}, SignedHeaders=host;x-amz-date, Signature=${'0'.repeat(64)}`,
    },
  };
}

const accessTexts: readonly (readonly [RegExp, AccessState])[] = [
  [/^Model use case details/, 'use-case-form'],
  [/AWS Marketplace actions/, 'marketplace'],
  [/^You don't have access to the model/, 'no-access'],
];

/** The moment that a time of signatures stands for, such as `20250325T235114Z`. */
function timeOf(signing: string): Date {
  return new Date(signing.replace(/^(....)(..)(..T..)(..)(..Z)$/, '$1-$2-$3:$4:$5'));
}
