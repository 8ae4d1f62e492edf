import { BedrockRuntimeClient } from '@aws-sdk/client-bedrock-runtime';
import { isOnAws } from './studio.mjs';

/** Whether the AWS SDK finds credentials here, and where. It never holds a secret. */
export type CredentialsFinding =
  | {
      readonly state: 'found';
      readonly source: string;
      /** The last four characters of the access key id, where there is one. */
      readonly keyEnd?: string;
    }
  | { readonly state: 'expired'; readonly source: string; readonly since: Date }
  | { readonly state: 'missing'; readonly reason: string };

/** Milliseconds that all of the SDK's ways together get, which loads their code only then: a busy machine takes its time. */
const patienceMs = 5_000;

/** Where credentials came from, by the feature names that the SDK tags them with; the first that fits counts. */
const sources: readonly (readonly [RegExp, string])[] = [
  [/^CREDENTIALS_ENV_VARS$/, 'environment variables'],
  [/SSO/, 'IAM Identity Center (SSO)'],
  [/WEB_ID_TOKEN/, 'a web identity'],
  [/LOGIN/, 'aws login'],
  [/PROCESS/, "the profile's credential_process"],
  [/ASSUME_ROLE|SOURCE_PROFILE/, 'an assumed role'],
  [/PROFILE/, 'the shared AWS files'],
  [/HTTP/, "the container's role"],
  [/IMDS/, "the instance's role"],
];

/**
 * Asks the SDK's own chain: environment, profile, SSO, process, web identity, container and, on a machine of AWS's
 * only, the instance. It takes five seconds at most, or as many milliseconds as are given.
 */
export async function findCredentials(
  env: NodeJS.ProcessEnv = process.env,
  timeLimitMs = patienceMs,
): Promise<CredentialsFinding> {
  if (env.AWS_BEARER_TOKEN_BEDROCK) return { state: 'found', source: 'AWS_BEARER_TOKEN_BEDROCK' };
  const before = env.AWS_EC2_METADATA_DISABLED;
  // Elsewhere nobody answers at the instance's address, and the SDK would wait for it.
  if (before === undefined && !isOnAws(env)) env.AWS_EC2_METADATA_DISABLED = 'true';
  const client = new BedrockRuntimeClient({ region: 'us-east-1' });
  try {
    return await Promise.race([ask(client, env), giveUp(timeLimitMs)]);
  } catch (error) {
    return { state: 'missing', reason: reasonOf(error as Error) };
  } finally {
    if (before === undefined) delete env.AWS_EC2_METADATA_DISABLED;
    client.destroy();
  }
}

async function ask(client: BedrockRuntimeClient, env: NodeJS.ProcessEnv): Promise<CredentialsFinding> {
  const credentials = await client.config.credentials();
  const tags = Object.keys((credentials as { $source?: Record<string, string> }).$source ?? {});
  const source = describeSource(tags, env);
  const { expiration, accessKeyId } = credentials;
  if (expiration !== undefined && expiration.getTime() <= Date.now()) {
    return { state: 'expired', source, since: expiration };
  }
  return { state: 'found', source, keyEnd: accessKeyId.slice(-4) };
}

/** Such as `the shared AWS files (profile "work")`. */
export function describeSource(tags: readonly string[], env: NodeJS.ProcessEnv): string {
  const source = sources.find(([pattern]) => tags.some((tag) => pattern.test(tag)))?.[1] ?? 'the AWS SDK';
  const fromProfile = tags.some((tag) => tag.includes('PROFILE'));
  return fromProfile ? `${source} (profile "${env.AWS_PROFILE ?? 'default'}")` : source;
}

function reasonOf(error: Error): string {
  const firstLine = error.message.split('\n')[0] ?? '';
  return /Could not load credentials from any providers/.test(firstLine) ? 'none found' : firstLine;
}

function giveUp(timeLimitMs: number): Promise<CredentialsFinding> {
  const reason = `no answer within ${timeLimitMs / 1000} s; --aws uses them regardless`;
  return new Promise((resolve) => {
    setTimeout(() => resolve({ state: 'missing', reason }), timeLimitMs).unref();
  });
}

export interface KernelChoice {
  readonly kernel: 'aws' | 'local' | 'model';
  /** Why, to follow the kernel's name: such as `because of --local`. */
  readonly reason: string;
}

/** What was asked for wins; else AWS if credentials resolve, and the local endpoint if they do not. */
export function chooseKernel(
  flags: { readonly local: boolean; readonly aws: boolean; readonly model?: string | undefined },
  credentials: CredentialsFinding,
): KernelChoice {
  if (flags.model !== undefined) return { kernel: 'model', reason: 'because of --model' };
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
