import type {
  BedrockClient,
  BedrockClientConfig,
  FoundationModelSummary,
  InferenceProfileSummary,
} from '@aws-sdk/client-bedrock';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { toLibError } from '../base/aws-errors.ts';
import type { LibError } from '../base/errors.ts';
import { withInterrupt } from '../base/interrupt.ts';
import { askOnce, type ControlPlane, endsAsking, mostAttempts } from './control-plane.ts';

type Sdk = typeof import('@aws-sdk/client-bedrock');

/** What Bedrock says of a model in one region. */
export type ModelAnswer =
  | {
      readonly state: 'alive';
      /** Whether the bare id may be called here; `undefined` when Bedrock did not say. */
      readonly onDemand: boolean | undefined;
      /** Whether AWS has announced its end. */
      readonly legacy: boolean;
      /** The day of its end, as YYYY-MM-DD, where AWS names one. */
      readonly endOfLife?: string;
    }
  | { readonly state: 'retired' }
  /** Bedrock answered that it has no such model here. */
  | { readonly state: 'not-offered'; readonly error: LibError }
  /** Bedrock may not be asked, or could not be reached. */
  | { readonly state: 'unknown'; readonly error: LibError };

/**
 * Whether a model is alive in a region. The list of all models (ListFoundationModels) is asked for once; a model that
 * is not on it, and every model where the list may not be read, is asked for by its id (GetFoundationModel).
 *
 * @throws LibError for missing or expired credentials and for an interrupt; everything else is an answer
 */
export async function askBedrock(baseId: string, place: ControlPlane): Promise<ModelAnswer> {
  try {
    const listed = (await listModels(place)).get(baseId);
    if (listed !== undefined) return alive(listed);
  } catch (error) {
    const { kind } = error as LibError;
    if (endsAsking(error as LibError)) throw error;
    // An answer: the list may not be read, and the model may. Anything else would only take its time once more.
    if (kind !== 'access-denied') return { state: 'unknown', error: error as LibError };
  }
  return askOnce(
    `model ${baseId}`,
    place,
    () => askForModel(baseId, place),
    ({ state }) => state !== 'unknown',
  );
}

/** All models of a region by their base ids, asked for once (ListFoundationModels). */
export function listModels(place: ControlPlane): Promise<ReadonlyMap<string, FoundationModelSummary>> {
  return askOnce('models', place, () =>
    askControlPlane(place, async (client, { ListFoundationModelsCommand }) => {
      const command = new ListFoundationModelsCommand({});
      const { modelSummaries = [] } = await client.send(command, { abortSignal: withInterrupt() });
      return new Map(modelSummaries.map((summary) => [summary.modelId ?? '', summary]));
    }),
  );
}

/** All system-defined inference profiles of a region, asked for once (ListInferenceProfiles). */
export function listProfiles(place: ControlPlane): Promise<readonly InferenceProfileSummary[]> {
  return askOnce('profiles', place, () =>
    askControlPlane(place, async (client, { ListInferenceProfilesCommand }) => {
      const profiles: InferenceProfileSummary[] = [];
      let nextToken: string | undefined;
      do {
        const command = new ListInferenceProfilesCommand({
          typeEquals: 'SYSTEM_DEFINED',
          maxResults: 1_000,
          ...(nextToken !== undefined && { nextToken }),
        });
        const page = await client.send(command, { abortSignal: withInterrupt() });
        profiles.push(...(page.inferenceProfileSummaries ?? []));
        nextToken = page.nextToken;
      } while (nextToken !== undefined);
      return profiles;
    }),
  );
}

/** The profiles that send requests to a model; `undefined` when Bedrock did not say. */
export async function askForProfiles(
  baseId: string,
  place: ControlPlane,
): Promise<readonly InferenceProfileSummary[] | undefined> {
  try {
    const isOfModel = ({ modelArn = '' }) => modelArn.endsWith(`:foundation-model/${baseId}`);
    return (await listProfiles(place)).filter(({ models }) => models?.some(isOfModel));
  } catch (error) {
    if (endsAsking(error as LibError)) throw error;
    return undefined;
  }
}

/**
 * The model behind an application inference profile (GetInferenceProfile), as its base id, asked for once; `undefined`
 * when Bedrock did not say.
 */
export async function askBehindProfile(arn: string, place: ControlPlane): Promise<string | undefined> {
  try {
    return await askOnce(`profile ${arn}`, place, () =>
      askControlPlane(
        place,
        async (client, { GetInferenceProfileCommand }) => {
          const command = new GetInferenceProfileCommand({ inferenceProfileIdentifier: arn });
          const { models = [] } = await client.send(command, { abortSignal: withInterrupt() });
          return models[0]?.modelArn;
        },
        arn,
      ),
    );
  } catch (error) {
    // The call itself needs no answer, and says what is wrong.
    if ((error as LibError).kind === 'aborted') throw error;
    return undefined;
  }
}

async function askForModel(baseId: string, place: ControlPlane): Promise<ModelAnswer> {
  try {
    return await askControlPlane(
      place,
      async (client, { GetFoundationModelCommand }) => {
        const command = new GetFoundationModelCommand({ modelIdentifier: baseId });
        const { modelDetails } = await client.send(command, { abortSignal: withInterrupt() });
        return alive(modelDetails);
      },
      baseId,
    );
  } catch (cause) {
    const error = cause as LibError;
    if (endsAsking(error)) throw error;
    if (error.kind === 'model-retired') return { state: 'retired' };
    return { state: error.kind === 'model-unknown' ? 'not-offered' : 'unknown', error };
  }
}

type Described = Pick<FoundationModelSummary, 'inferenceTypesSupported' | 'modelLifecycle'>;

function alive(described: Described | undefined): ModelAnswer {
  const inferenceTypes: readonly string[] | undefined = described?.inferenceTypesSupported;
  const { status, endOfLifeTime } = described?.modelLifecycle ?? {};
  return {
    state: 'alive',
    onDemand: inferenceTypes?.length ? inferenceTypes.includes('ON_DEMAND') : undefined,
    legacy: status === 'LEGACY',
    ...(endOfLifeTime !== undefined && { endOfLife: endOfLifeTime.toISOString().slice(0, 10) }),
  };
}

/** What an account may do with a model in a region. Every member is `undefined` where Bedrock did not say. */
export interface Availability {
  /** Whether the region has the model. */
  readonly region?: boolean;
  /** Whether policies allow the caller to use it. */
  readonly authorized?: boolean;
  /** Whether the agreement with the provider, often made through AWS Marketplace, stands; `pending` while it is made. */
  readonly agreement?: boolean | 'pending';
  /** Whether the account is entitled to it. */
  readonly entitled?: boolean;
}

/**
 * Asks GetFoundationModelAvailability, once for each model; empty when Bedrock may not be asked or cannot be reached.
 *
 * @throws LibError for missing or expired credentials and for an interrupt
 * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_GetFoundationModelAvailability.html
 */
export async function askAvailability(baseId: string, place: ControlPlane): Promise<Availability> {
  try {
    return await askOnce(`availability ${baseId}`, place, () => ask(baseId, place));
  } catch (error) {
    if (endsAsking(error as LibError)) throw error;
    return {};
  }
}

function ask(baseId: string, place: ControlPlane): Promise<Availability> {
  return askControlPlane(
    place,
    async (client, { GetFoundationModelAvailabilityCommand }) => {
      const command = new GetFoundationModelAvailabilityCommand({ modelId: baseId });
      const answer = await client.send(command, { abortSignal: withInterrupt() });
      const agreement = answer.agreementAvailability?.status;
      return {
        ...yesOrNo('region', answer.regionAvailability, 'AVAILABLE'),
        ...yesOrNo('authorized', answer.authorizationStatus, 'AUTHORIZED'),
        ...(agreement === 'PENDING'
          ? { agreement: 'pending' as const }
          : yesOrNo('agreement', agreement, 'AVAILABLE')),
        ...yesOrNo('entitled', answer.entitlementAvailability, 'AVAILABLE'),
      };
    },
    baseId,
  );
}

function yesOrNo(name: keyof Availability, value: string | undefined, yes: string) {
  return value === undefined ? {} : { [name]: value === yes };
}

/** Why the account cannot use the model now, in a few words; `undefined` when nothing speaks against it. Pure. */
export function describeObstacle({
  region,
  authorized,
  agreement,
  entitled,
}: Availability): string | undefined {
  if (region === false) return 'the region does not have it';
  if (authorized === false) return 'no policy allows it';
  if (agreement === false) return 'there is no agreement with its provider';
  return entitled === false ? 'the account is not entitled to it' : undefined;
}

/** Milliseconds to connect, and to answer: a question must not hold a notebook up. */
const connectionTimeout = 3_000;
const requestTimeout = 5_000;

/**
 * One question to Bedrock's control plane, on a client of its own with short time limits.
 *
 * @throws LibError
 */
async function askControlPlane<Result>(
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
  const client = new sdk.BedrockClient({
    region,
    maxAttempts: mostAttempts,
    requestHandler,
    ...(config as BedrockClientConfig),
  });
  try {
    return await ask(client, sdk);
  } catch (cause) {
    throw toLibError(cause, { region, ...(modelId !== undefined && { modelId }) });
  } finally {
    client.destroy();
  }
}
