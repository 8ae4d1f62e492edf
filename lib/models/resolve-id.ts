import {
  currentDay,
  findListedModel,
  isOffered,
  isOnDemand,
  isRetired,
  type ListedModel,
  type Model,
  nameModel,
  nearestGeography,
  profileFor,
  splitModelId,
} from 'bedrock-models';
import { LibError } from '../base/errors.ts';
import {
  askAvailability,
  askBedrock,
  askBehindProfile,
  askForProfiles,
  describeObstacle,
  type ModelAnswer,
} from './ask-bedrock.ts';
import type { ControlPlane } from './control-plane.ts';
import { findOverride } from './overrides.ts';
import { isRole, roles } from './roles.ts';

/** What a caller knows of a model that the catalogue does not list. */
export type Capabilities = Partial<
  Pick<Model, 'family' | 'contextTokens' | 'maxOutputTokens' | 'refuses' | 'price'>
>;

export interface ResolveOptions {
  /** Ask Bedrock whether the model is alive here. Default true; `false` works from the catalogue's dates alone. */
  readonly ask?: boolean;
  /** The day to judge the catalogue's dates by, as YYYY-MM-DD. Default: today, in UTC. */
  readonly today?: string;
  /** What is known of a model that the catalogue does not list; it comes back with the answer. */
  readonly capabilities?: Capabilities;
}

export interface ResolvedModel {
  /** What to send as `modelId`. */
  readonly id: string;
  /** What was asked for. */
  readonly requested: string;
  /** The model's name for people, such as "Nova Micro"; the id when the catalogue does not list it. */
  readonly name: string;
  /**
   * `as-requested`, or why `id` differs: an inference profile is needed, the model was retired, a role was asked for,
   * or an environment variable or a file names another.
   */
  readonly change: 'as-requested' | 'inference-profile' | 'successor' | 'role' | 'override';
  /** One sentence for a person. */
  readonly reason: string;
  /** Whether AWS has announced this model's end: it answers, but not for ever. */
  readonly legacy: boolean;
  /** AWS has retired it, and nothing takes its place: a call gets a 404. */
  readonly retired?: true;
  /** Whether Bedrock itself said so, or only the catalogue's dates. */
  readonly source: 'bedrock' | 'catalogue';
  /** Why Bedrock did not say, or that it has no such model here. A call will probably fail the same way. */
  readonly problem?: LibError;
  /** Of a role: the models that stand before this one and cannot be used, and why. */
  readonly passedOver?: readonly { readonly id: string; readonly reason: string }[];
  /** Of a model that the catalogue does not list: what the caller said of it. */
  readonly capabilities?: Capabilities;
}

/** What `resolveId` is asked with. */
export interface IdOptions extends ResolveOptions {
  readonly place: ControlPlane;
}

/**
 * Finds an id that answers here and now for a model's id: no roles and no overrides.
 *
 * @throws LibError for missing or expired credentials, and for an interrupt
 */
export async function resolveId(modelId: string, options: IdOptions): Promise<ResolvedModel> {
  const { place, capabilities } = options;
  if (options.ask !== false && isApplicationProfile(modelId) && findListedModel(modelId) === undefined) {
    const behind = await askBehindProfile(modelId, place);
    if (behind !== undefined) nameModel(modelId, behind);
  }
  if (isApplicationProfile(modelId)) {
    const behind = findListedModel(modelId);
    if (behind !== undefined) {
      const found = asRequested(
        modelId,
        behind.name,
        'stands behind this inference profile, and gives the price',
      );
      return { ...found, legacy: false, source: options.ask === false ? 'catalogue' : 'bedrock' };
    }
  }
  const model = findListedModel(modelId);
  const asks = options.ask !== false && (model !== undefined || !modelId.startsWith('arn:'));
  const answer = asks ? await askBedrock(splitModelId(modelId).baseId, place) : undefined;
  if (!model)
    return {
      ...asRequested(modelId, modelId, 'is not in the catalogue; it is used as given'),
      ...origin(answer),
      ...(capabilities !== undefined && { capabilities }),
    };

  if (isGone(model, answer, options.today ?? currentDay())) {
    if (model.successor === undefined) {
      return {
        ...asRequested(modelId, model.name, 'was retired by AWS, which names no successor'),
        ...origin(answer),
        retired: true,
      };
    }
    const silent = isSilent(answer);
    const next = await resolveId(model.successor, silent ? { ...options, ask: false } : options);
    const reason = `${model.name} was retired by AWS; ${next.name} takes its place.`;
    return { ...next, ...(silent ? origin(answer) : {}), requested: modelId, change: 'successor', reason };
  }
  return { ...(await callable(model, modelId, place, answer)), ...origin(answer) };
}

/** The ARN of a profile that an account has made, which does not name its model. */
function isApplicationProfile(modelId: string): boolean {
  return /^arn:aws[a-z-]*:bedrock:[^:]*:\d*:application-inference-profile\//.test(modelId);
}

/** Nobody answered: who is asked once more is not heard either, and takes as long. */
function isSilent(answer: ModelAnswer | undefined): boolean {
  return answer?.state === 'unknown' && (answer.error.kind === 'timeout' || answer.error.kind === 'network');
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

/** The id by which a living model is called from this region. */
async function callable(
  model: ListedModel,
  requested: string,
  place: ControlPlane,
  answer: ModelAnswer | undefined,
) {
  const { profile } = splitModelId(requested);
  if (profile !== undefined)
    return asRequested(requested, model.name, 'is called through the profile that was asked for');
  const isAlive = answer?.state === 'alive';
  const bare = (isAlive ? answer.onDemand : undefined) ?? isOnDemand(model, place.region);
  if (bare) return asRequested(requested, model.name, 'answers under the id that was asked for');
  const prefix = (isAlive ? await askForPrefix(model, place) : undefined) ?? profileFor(model, place.region);
  if (prefix === undefined)
    return asRequested(requested, model.name, `has no inference profile that serves ${place.region}`);
  const id = `${prefix}.${model.id}`;
  const reason = `${model.name} is called through the inference profile ${id}.`;
  return { id, requested, name: model.name, change: 'inference-profile' as const, reason };
}

/** The nearest of the profiles that Bedrock lists here; in a geography that is not known, the first. */
async function askForPrefix(model: ListedModel, place: ControlPlane): Promise<string | undefined> {
  const listed = await askForProfiles(model.id, place);
  const prefixes = (listed ?? []).flatMap(({ inferenceProfileId = '' }) =>
    inferenceProfileId.endsWith(`.${model.id}`) ? [inferenceProfileId.slice(0, -model.id.length - 1)] : [],
  );
  return nearestGeography(prefixes, place.region) ?? prefixes[0];
}

function asRequested(id: string, name: string, what: string) {
  return { id, requested: id, name, change: 'as-requested' as const, reason: `${name} ${what}.` };
}

/** What `resolveModel` does, where region, endpoint and credentials are known. */
export async function resolveAt(
  place: ControlPlane,
  idOrRole: string,
  options: ResolveOptions,
): Promise<ResolvedModel> {
  const override = findOverride(idOrRole);
  if (override === undefined) {
    return isRole(idOrRole)
      ? resolveFirst(idOrRole, roles[idOrRole], { ...options, place })
      : resolveId(idOrRole, { ...options, place });
  }
  const { ids, source } = override;
  const found = await resolveFirst(idOrRole, ids, { ...options, place });
  return { ...found, change: 'override', reason: `${source} says what to use for ${idOrRole}: ${found.id}.` };
}

/** The first of the models that can be used, and why not those before it. */
async function resolveFirst(
  requested: string,
  ids: readonly string[],
  options: IdOptions,
): Promise<ResolvedModel> {
  const passedOver: { id: string; reason: string }[] = [];
  let successor: ResolvedModel | undefined;
  for (const id of ids) {
    const found = await resolveId(id, options);
    const reason = await obstacleTo(found, options);
    if (reason === undefined) return asRole(requested, found, passedOver);
    // Somebody's list may have grown old: what AWS names in place of its models is better than nothing.
    if (found.change === 'successor') successor ??= found;
    passedOver.push({ id, reason });
  }
  if (successor !== undefined) return asRole(requested, successor, passedOver);
  const reasons = passedOver.map(({ id, reason }) => `${id}: ${reason}`).join('; ');
  throw new LibError(`No model for ${requested} can be used in ${options.place.region} (${reasons})`, {
    kind: 'access-denied',
    hint: `Run npm run doctor, which says how to get access; or name a model of your own, in models.json or${isRole(requested) ? ` LIB_MODEL_${requested.toUpperCase()}` : ' by its id'}.`,
  });
}

function asRole(
  requested: string,
  found: ResolvedModel,
  passedOver: ResolvedModel['passedOver'] & object,
): ResolvedModel {
  const asked = found.source === 'bedrock' ? '' : ', by the catalogue; Bedrock was not asked';
  const reason = `${found.name} is the first model for ${requested} that can be used here${asked}.`;
  return { ...found, requested, change: 'role', reason, passedOver };
}

/** Why a model cannot be used; `undefined` when nothing speaks against it. */
async function obstacleTo(found: ResolvedModel, options: IdOptions): Promise<string | undefined> {
  if (found.change === 'successor' || found.retired) return 'AWS has retired it';
  const { region } = options.place;
  if (found.problem?.kind === 'model-unknown') return `${region} does not offer it`;
  const model = findListedModel(found.id);
  if (model === undefined) return undefined;
  if (found.source === 'catalogue') {
    return isOffered(model, region) ? undefined : `${region} does not offer it`;
  }
  const { baseId } = splitModelId(found.id);
  return describeObstacle(await askAvailability(baseId, options.place));
}
