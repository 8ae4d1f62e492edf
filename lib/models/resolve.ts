import type { BedrockClient, BedrockClientConfig } from '@aws-sdk/client-bedrock';
import { toLibError } from '../aws-errors.ts';
import { chooseRegion } from '../region.ts';
import type { Model } from './catalogue.ts';
import { findModel, isRetired, splitModelId } from './find.ts';

export interface ResolveOptions {
  /** The region the call will be made from. Default: as `createClient` chooses it. */
  readonly region?: string;
  /** Options of the control plane's client, such as `endpoint` and `credentials`. */
  readonly client?: BedrockClientConfig;
  /** Ask Bedrock whether the model is alive here. Default true; `false` works from the catalogue's dates alone. */
  readonly ask?: boolean;
  /** The day to judge the catalogue's dates by, as YYYY-MM-DD. Default: today, in UTC. */
  readonly today?: string;
}

export interface ResolvedModel {
  /** What to send as `modelId`. */
  readonly id: string;
  /** What was asked for. */
  readonly requested: string;
  /** The model's name for people, such as "Nova Micro"; the id when the catalogue does not list it. */
  readonly name: string;
  /** `as-requested`, or why `id` differs: an inference profile is needed, or the model was retired. */
  readonly change: 'as-requested' | 'inference-profile' | 'successor';
  /** One sentence for a person. */
  readonly reason: string;
  /** Whether Bedrock itself said so, or only the catalogue's dates. */
  readonly source: 'bedrock' | 'catalogue';
}

/**
 * Finds an id that answers here and now: the id itself, the inference profile it needs in this region, or the
 * successor of a model that AWS has retired. Bedrock is asked first (GetFoundationModel); where it may not be
 * asked, or cannot be reached, the catalogue's dates decide. Unknown ids and ARNs come back untouched.
 *
 * @throws LibError only for missing or refused credentials, which the call itself could not survive either
 */
export async function resolveModel(modelId: string, options: ResolveOptions = {}): Promise<ResolvedModel> {
  const region = options.region ?? (await chooseRegion()).region;
  const today = options.today ?? new Date().toISOString().slice(0, 10);
  const model = findModel(modelId);
  if (!model) return { ...untouched(modelId), source: 'catalogue' };

  const answer = options.ask === false ? 'unknown' : await askBedrock(model, region, options.client);
  const source = answer === 'unknown' ? 'catalogue' : 'bedrock';
  const retired = answer === 'unknown' ? isRetired(model, today) : answer === 'retired';
  if (!retired) return { ...callable(model, modelId, region), source };

  const successor = model.successor === undefined ? undefined : findModel(model.successor);
  if (!successor) return { ...untouched(modelId), source };
  const next = callable(successor, successor.id, region);
  return {
    id: next.id,
    requested: modelId,
    name: successor.name,
    change: 'successor',
    reason: `${model.name} was retired by AWS; ${successor.name} takes its place.`,
    source,
  };
}

function untouched(modelId: string) {
  const name = findModel(modelId)?.name ?? modelId;
  return {
    id: modelId,
    requested: modelId,
    name,
    change: 'as-requested' as const,
    reason: `${name} is used as given.`,
  };
}

/** The id by which a live model is called from this region. Pure. */
function callable(model: Model, requested: string, region: string) {
  if (model.onDemand || splitModelId(requested).profile !== undefined) {
    const reason = `${model.name} answers under the id that was asked for.`;
    return { id: requested, requested, name: model.name, change: 'as-requested' as const, reason };
  }
  const id = `${profileFor(model, region)}.${model.id}`;
  const reason = `${model.name} is called through the inference profile ${id}.`;
  return { id, requested, name: model.name, change: 'inference-profile' as const, reason };
}

/** The geographic profile that serves a region, else `global`, else the model's first. Pure. */
export function profileFor(model: Model, region: string): string {
  const [geography = ''] = region.split('-');
  const wanted: Record<string, readonly string[]> = {
    us: [region.startsWith('us-gov') ? 'us-gov' : 'us'],
    eu: ['eu'],
    ca: ['ca', 'us'],
    ap: [
      region === 'ap-northeast-1' || region === 'ap-northeast-3'
        ? 'jp'
        : region.startsWith('ap-southeast-2') || region === 'ap-southeast-4'
          ? 'au'
          : 'apac',
      'apac',
    ],
  };
  const candidates = [...(wanted[geography] ?? []), 'global', ...model.profiles];
  return candidates.find((prefix) => model.profiles.includes(prefix)) ?? 'us';
}

const answers = new Map<string, Promise<'alive' | 'retired' | 'unknown'>>();

/** What Bedrock says of a model, asked once for each model, region and endpoint in this process. */
function askBedrock(
  model: Model,
  region: string,
  config: BedrockClientConfig = {},
): Promise<'alive' | 'retired' | 'unknown'> {
  const endpoint =
    typeof config.endpoint === 'string' ? config.endpoint : process.env.AWS_ENDPOINT_URL_BEDROCK;
  const key = `${endpoint ?? 'aws'} ${region} ${model.id}`;
  const known = answers.get(key);
  if (known) return known;
  const answer = ask(model, region, config);
  answers.set(key, answer);
  answer.then(
    (result) => result === 'unknown' && answers.delete(key),
    () => answers.delete(key),
  );
  return answer;
}

async function ask(
  model: Model,
  region: string,
  config: BedrockClientConfig,
): Promise<'alive' | 'retired' | 'unknown'> {
  const { BedrockClient, GetFoundationModelCommand } = await import('@aws-sdk/client-bedrock');
  const client: BedrockClient = new BedrockClient({ region, maxAttempts: 2, ...config });
  try {
    await client.send(new GetFoundationModelCommand({ modelIdentifier: model.id }), {
      requestTimeout: 5_000,
    });
    return 'alive';
  } catch (cause) {
    const error = toLibError(cause, { modelId: model.id, region });
    if (error.kind === 'model-retired') return 'retired';
    if (error.kind === 'credentials' || error.kind === 'credentials-expired') throw error;
    return 'unknown';
  } finally {
    client.destroy();
  }
}
