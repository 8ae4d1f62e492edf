import type { BedrockClientConfig } from '@aws-sdk/client-bedrock';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { toLibError } from '../aws-errors.ts';
import type { LibError } from '../errors.ts';
import { withInterrupt } from '../interrupt.ts';

/** What Bedrock says of a model in one region. */
export type ModelAnswer =
  | {
      readonly state: 'alive';
      /** Whether the bare id may be called here; `undefined` when Bedrock did not say. */
      readonly onDemand: boolean | undefined;
      /** Whether AWS has announced its end. */
      readonly legacy: boolean;
    }
  | { readonly state: 'retired' }
  /** Bedrock answered that it has no such model here. */
  | { readonly state: 'not-offered'; readonly error: LibError }
  /** Bedrock may not be asked, or could not be reached. */
  | { readonly state: 'unknown'; readonly error: LibError };

/** Milliseconds to connect, and to answer: a question must not hold a notebook up. */
const connectionTimeout = 3_000;
const requestTimeout = 5_000;

const answers = new Map<string, Promise<ModelAnswer>>();

/**
 * Asks GetFoundationModel, once for each model, region and endpoint in this process; a failure is not remembered.
 *
 * @throws LibError for missing or expired credentials and for an interrupt; everything else is an answer
 */
export function askBedrock(
  baseId: string,
  region: string,
  config: BedrockClientConfig = {},
): Promise<ModelAnswer> {
  const environment = process.env.AWS_ENDPOINT_URL_BEDROCK ?? process.env.AWS_ENDPOINT_URL ?? 'aws';
  const endpoint = config.endpoint ?? environment;
  if (typeof endpoint !== 'string') return ask(baseId, region, config);
  const key = `${endpoint} ${region} ${baseId}`;
  const known = answers.get(key);
  if (known) return known;
  const answer = ask(baseId, region, config);
  answers.set(key, answer);
  const forget = () => answers.delete(key);
  answer.then(({ state }) => state === 'unknown' && forget(), forget);
  return answer;
}

async function ask(baseId: string, region: string, config: BedrockClientConfig): Promise<ModelAnswer> {
  const { BedrockClient, GetFoundationModelCommand } = await import('@aws-sdk/client-bedrock');
  const requestHandler = new NodeHttpHandler({
    connectionTimeout,
    requestTimeout,
    throwOnRequestTimeout: true,
  });
  const client = new BedrockClient({ region, maxAttempts: 2, requestHandler, ...config });
  try {
    const command = new GetFoundationModelCommand({ modelIdentifier: baseId });
    const { modelDetails } = await client.send(command, { abortSignal: withInterrupt() });
    const inferenceTypes: readonly string[] | undefined = modelDetails?.inferenceTypesSupported;
    return {
      state: 'alive',
      onDemand: inferenceTypes?.length ? inferenceTypes.includes('ON_DEMAND') : undefined,
      legacy: modelDetails?.modelLifecycle?.status === 'LEGACY',
    };
  } catch (cause) {
    const error = toLibError(cause, { modelId: baseId, region });
    if (['credentials', 'credentials-expired', 'aborted'].includes(error.kind)) throw error;
    if (error.kind === 'model-retired') return { state: 'retired' };
    return { state: error.kind === 'model-unknown' ? 'not-offered' : 'unknown', error };
  } finally {
    client.destroy();
  }
}
