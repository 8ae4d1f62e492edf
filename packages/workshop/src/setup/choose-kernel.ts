import type { CredentialsFinding } from './credentials.ts';

export interface KernelChoice {
  readonly kernel: 'aws' | 'local';
  /** Why, to follow the kernel's name: such as `because of --local`. */
  readonly reason: string;
}

/** What was asked for wins; else AWS if credentials resolve, and the local endpoint if they do not. */
export function chooseKernel(
  flags: { readonly local: boolean; readonly aws: boolean },
  credentials: CredentialsFinding,
): KernelChoice {
  if (flags.local) return { kernel: 'local', reason: 'because of --local' };
  if (flags.aws) return { kernel: 'aws', reason: 'because of --aws' };
  if (credentials.state === 'found') return { kernel: 'aws', reason: 'because AWS credentials were found' };
  const why =
    credentials.state === 'expired' ? 'the AWS credentials have expired' : 'no AWS credentials resolve';
  return { kernel: 'local', reason: `because ${why}` };
}

/** One line about the credentials, which never shows more of a key than its last four characters. */
export function describeCredentials(credentials: CredentialsFinding): string {
  if (credentials.state === 'found') {
    return `from ${credentials.source}${credentials.keyEnd ? `, key ending in ${credentials.keyEnd}` : ''}`;
  }
  if (credentials.state === 'expired') {
    const since = credentials.since.toISOString().replace('T', ' ').slice(0, 16);
    return `from ${credentials.source}, expired since ${since} UTC`;
  }
  return credentials.reason;
}
