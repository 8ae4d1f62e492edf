import type { BedrockClientConfig } from '@aws-sdk/client-bedrock';
import type { LibError } from '../errors.ts';
import { chooseRegion } from '../region.ts';
import { askBedrock, type ModelAnswer } from './ask-bedrock.ts';
import type { ListedModel } from './catalogue.ts';
import { currentDay, findListedModel, isRetired, splitModelId } from './find.ts';
import { isOnDemand, profileFor } from './profile.ts';

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
  /** Whether AWS has announced this model's end: it answers, but not for ever. */
  readonly legacy: boolean;
  /** Whether Bedrock itself said so, or only the catalogue's dates. */
  readonly source: 'bedrock' | 'catalogue';
  /** Why Bedrock did not say, or that it has no such model here. A call will probably fail the same way. */
  readonly problem?: LibError;
}

/**
 * Finds an id that answers here and now: the id itself, the inference profile it needs in this region, or the
 * successor of a model that AWS has retired. Bedrock is asked first (GetFoundationModel); where it may not be
 * asked, or cannot be reached, the catalogue's dates decide. ARNs come back untouched.
 *
 * @throws LibError for missing or expired credentials, and for an interrupt
 */
export async function resolveModel(modelId: string, options: ResolveOptions = {}): Promise<ResolvedModel> {
  const region = options.region ?? (await chooseRegion()).region;
  const model = findListedModel(modelId);
  const asks = options.ask !== false && (model !== undefined || !modelId.startsWith('arn:'));
  const answer = asks ? await askBedrock(splitModelId(modelId).baseId, region, options.client) : undefined;
  if (!model)
    return {
      ...asRequested(modelId, modelId, 'is not in the catalogue; it is used as given'),
      ...origin(answer),
    };

  if (isGone(model, answer, options.today ?? currentDay())) {
    if (model.successor === undefined) {
      return {
        ...asRequested(modelId, model.name, 'was retired by AWS, which names no successor'),
        ...origin(answer),
      };
    }
    const next = await resolveModel(model.successor, options);
    const reason = `${model.name} was retired by AWS; ${next.name} takes its place.`;
    return { ...next, requested: modelId, change: 'successor', reason };
  }
  return { ...callable(model, modelId, region, answer), ...origin(answer) };
}

function isGone(model: ListedModel, answer: ModelAnswer | undefined, today: string): boolean {
  if (answer?.state === 'retired') return true;
  return answer?.state === 'alive' ? false : isRetired(model, today);
}

/** What the answer says of itself. Pure. */
function origin(answer: ModelAnswer | undefined): Pick<ResolvedModel, 'legacy' | 'source' | 'problem'> {
  if (answer === undefined) return { legacy: false, source: 'catalogue' };
  if (answer.state === 'unknown') return { legacy: false, source: 'catalogue', problem: answer.error };
  if (answer.state === 'not-offered') return { legacy: false, source: 'bedrock', problem: answer.error };
  return { legacy: answer.state === 'alive' && answer.legacy, source: 'bedrock' };
}

/** The id by which a living model is called from this region. Pure. */
function callable(model: ListedModel, requested: string, region: string, answer: ModelAnswer | undefined) {
  const { profile } = splitModelId(requested);
  if (profile !== undefined)
    return asRequested(requested, model.name, 'is called through the profile that was asked for');
  const bare = (answer?.state === 'alive' ? answer.onDemand : undefined) ?? isOnDemand(model, region);
  const prefix = profileFor(model, region);
  if (bare) return asRequested(requested, model.name, 'answers under the id that was asked for');
  if (prefix === undefined)
    return asRequested(requested, model.name, `has no inference profile that serves ${region}`);
  const id = `${prefix}.${model.id}`;
  const reason = `${model.name} is called through the inference profile ${id}.`;
  return { id, requested, name: model.name, change: 'inference-profile' as const, reason };
}

function asRequested(id: string, name: string, what: string) {
  return { id, requested: id, name, change: 'as-requested' as const, reason: `${name} ${what}.` };
}
