import type { BedrockRuntimeClient } from '@aws-sdk/client-bedrock-runtime';
import { toLibError } from '../base/aws-errors.ts';
import type { LibError } from '../base/errors.ts';
import { withoutUndefined } from '../base/without-undefined.ts';
import type { ClientOptions } from '../call/client.ts';

/** Where a question is asked. */
export interface ControlPlane {
  readonly region: string;
  /**
   * Options of the control plane's client, such as `endpoint` and `credentials`: those that it shares with the runtime's.
   * Its own type would have every notebook read the declarations of a second client.
   */
  readonly config?: ClientOptions | undefined;
  /** Who asks: another account gets other answers. */
  readonly caller?: () => Promise<string | undefined>;
}

/**
 * The control plane that belongs to a client: the same region, the same credentials, and the same endpoint where the
 * client was given one that is not AWS's own, whose hosts serve either calls or questions.
 *
 * @throws LibError of kind `region` when the client cannot say its region
 */
export async function controlPlaneOf({ config }: BedrockRuntimeClient): Promise<ControlPlane> {
  try {
    const { credentials, token, authSchemePreference, useFipsEndpoint, useDualstackEndpoint } = config;
    const endpoint = await endpointGiven(config);
    const maxAttempts = Math.min(await config.maxAttempts(), mostAttempts);
    const shared = { credentials, token, authSchemePreference, useFipsEndpoint, useDualstackEndpoint };
    return {
      region: await config.region(),
      config: withoutUndefined({ ...shared, endpoint, maxAttempts }) as ClientOptions,
      caller: async () => (token ? (await token()).token : (await credentials()).accessKeyId),
    };
  } catch (cause) {
    throw toLibError(cause);
  }
}

/** Not what the environment or a profile says of calls: what they say of questions, the control plane reads itself. */
async function endpointGiven(config: BedrockRuntimeClient['config']): Promise<string | undefined> {
  if (config.endpoint === undefined) return undefined;
  const { protocol, hostname, port, path } = await config.endpoint();
  const url = new URL(`${protocol}//${hostname}${port === undefined ? '' : `:${port}`}${path}`).href;
  const configured = await config.serviceConfiguredEndpoint?.();
  const isConfigured = configured !== undefined && new URL(configured).href === url;
  return isConfigured || /\.amazonaws\.com(\.cn)?$/.test(hostname) ? undefined : url;
}

/** A question must not hold a notebook up. */
export const mostAttempts = 2;

const answers = new Map<string, Promise<unknown>>();

/**
 * Asks once in this process for each region, endpoint and caller; whoever asks the same meanwhile waits for the same answer.
 * A failure, and an answer that `isFinal` turns down, is not remembered.
 */
export async function askOnce<Result>(
  question: string,
  { region, config = {}, caller }: ControlPlane,
  ask: () => Promise<Result>,
  isFinal: (answer: Result) => boolean = () => true,
): Promise<Result> {
  const environment = process.env.AWS_ENDPOINT_URL_BEDROCK ?? process.env.AWS_ENDPOINT_URL ?? 'aws';
  const endpoint = config.endpoint ?? environment;
  if (typeof endpoint !== 'string') return ask();
  const key = JSON.stringify([endpoint, region, await askCaller(caller, region), question]);
  const known = answers.get(key) as Promise<Result> | undefined;
  if (known) return known;
  const answer = ask();
  answers.set(key, answer);
  const forget = () => {
    if (answers.get(key) === answer) answers.delete(key);
  };
  answer.then((result) => isFinal(result) || forget(), forget);
  return answer;
}

async function askCaller(caller: ControlPlane['caller'], region: string): Promise<string | undefined> {
  try {
    return await caller?.();
  } catch (cause) {
    throw toLibError(cause, { region });
  }
}

/** What was answered so far is asked again: somebody may have put right what was wrong. */
export function forgetAnswers(): void {
  answers.clear();
}

/** Whether nothing else that is asked will be answered either: nobody is signed in, or the cell was stopped. */
export function endsAsking({ kind }: LibError): boolean {
  return kind === 'credentials' || kind === 'credentials-expired' || kind === 'aborted';
}
