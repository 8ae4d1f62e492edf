import type { BedrockClient, BedrockClientConfig } from '@aws-sdk/client-bedrock';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { toLibError } from '../base/aws-errors.ts';
import type { LibError } from '../base/errors.ts';

type Sdk = typeof import('@aws-sdk/client-bedrock');

/** Where a question is asked. */
export interface ControlPlane {
  readonly region: string;
  /** Options of the control plane's client, such as `endpoint` and `credentials`. */
  readonly config?: BedrockClientConfig | undefined;
}

/** Milliseconds to connect, and to answer: a question must not hold a notebook up. */
const connectionTimeout = 3_000;
const requestTimeout = 5_000;

const answers = new Map<string, Promise<unknown>>();

/**
 * One question to Bedrock's control plane, on a client of its own with short time limits.
 *
 * @throws LibError
 */
export async function askControlPlane<Result>(
  { region, config = {} }: ControlPlane,
  ask: (client: BedrockClient, sdk: Sdk) => Promise<Result>,
  modelId?: string,
): Promise<Result> {
  const sdk = await import('@aws-sdk/client-bedrock');
  const requestHandler = new NodeHttpHandler({
    connectionTimeout,
    requestTimeout,
    throwOnRequestTimeout: true,
  });
  const client = new sdk.BedrockClient({ region, maxAttempts: 2, requestHandler, ...config });
  try {
    return await ask(client, sdk);
  } catch (cause) {
    throw toLibError(cause, { region, ...(modelId === undefined ? {} : { modelId }) });
  } finally {
    client.destroy();
  }
}

/**
 * Asks once in this process for each region and endpoint; whoever asks the same meanwhile waits for the same answer.
 * A failure, and an answer that `isFinal` turns down, is not remembered.
 */
export function askOnce<Result>(
  question: string,
  { region, config = {} }: ControlPlane,
  ask: () => Promise<Result>,
  isFinal: (answer: Result) => boolean = () => true,
): Promise<Result> {
  const environment = process.env.AWS_ENDPOINT_URL_BEDROCK ?? process.env.AWS_ENDPOINT_URL ?? 'aws';
  const endpoint = config.endpoint ?? environment;
  if (typeof endpoint !== 'string') return ask();
  const key = `${endpoint} ${region} ${question}`;
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

/** What was answered so far is asked again: somebody may have put right what was wrong. */
export function forgetAnswers(): void {
  answers.clear();
}

/** Whether nothing else that is asked will be answered either: nobody is signed in, or the cell was stopped. */
export function endsAsking({ kind }: LibError): boolean {
  return kind === 'credentials' || kind === 'credentials-expired' || kind === 'aborted';
}
