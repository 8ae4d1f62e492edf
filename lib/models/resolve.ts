import type { BedrockRuntimeClient } from '@aws-sdk/client-bedrock-runtime';
import { findListedModel, isOffered, splitModelId } from 'bedrock-models';
import { checkInput, checkOptions, refuseOldOptions } from '../base/check-input.ts';
import { LibError } from '../base/errors.ts';
import { askAvailability, describeObstacle } from './ask-bedrock.ts';
import { type ControlPlane, controlPlaneOf } from './control-plane.ts';
import { findOverride } from './overrides.ts';
import { type IdOptions, type ResolvedModel, type ResolveOptions, resolveId } from './resolve-id.ts';
import { isRole, type ModelRole, roles } from './roles.ts';

export type { Capabilities, ResolvedModel, ResolveOptions } from './resolve-id.ts';

/**
 * Finds an id that answers here and now: the id itself, the inference profile it needs in this region, or the
 * successor of a model that AWS has retired; for a role (`small`, `balanced`, `best`, `embedding`) the first of its
 * models that this account can use. `LIB_MODEL_SMALL` and the like, or a file `models.json`, put other models in their
 * place (`findOverride`).
 *
 * Region, endpoint and credentials are the client's. Bedrock is asked once in a process for each of them; where it may
 * not be asked, or cannot be reached, the catalogue's dates decide and `source` says so. ARNs, and ids that nobody knows, come back untouched.
 *
 * @example
 * const client = createClient();
 * const { id } = await resolveModel(client, 'small');
 * const { text } = await invokeText(client, id, 'What is 17 + 25?');
 *
 * @throws LibError for missing or expired credentials, and for an interrupt; of kind `request` for what is no client or
 *   no id; of kind `file` for an override that cannot
 *   be read; of kind `access-denied` when no model of a role can be used
 */
export function resolveModel(
  client: BedrockRuntimeClient,
  idOrRole: ModelRole | (string & {}),
  options?: ResolveOptions,
): Promise<ResolvedModel>;
/** @deprecated The client comes first: `resolveModel(client, id)`. This form throws. */
export function resolveModel(idOrRole: string, options?: object): Promise<ResolvedModel>;
export async function resolveModel(
  client: BedrockRuntimeClient | string,
  idOrRole: unknown,
  options: ResolveOptions = {},
): Promise<ResolvedModel> {
  if (typeof client === 'string') throw oldCall(client);
  checkInput('resolveModel', { client, idOrRole }, { client: 'client', idOrRole: 'text' });
  checkOptions('resolveModel', options, { ask: 'flag?', today: 'text?', capabilities: 'object?' });
  refuseOldOptions('resolveModel', options, { region: ofClient, client: ofClient });
  return resolveAt(await controlPlaneOf(client), idOrRole as string, options);
}

const ofClient =
  'Region, endpoint and credentials come from the client: give them to createClient, and that client first.';

/** The old form, whose client nobody knew. */
function oldCall(id: string): LibError {
  return new LibError('resolveModel takes the client first, and was given a text', {
    kind: 'request',
    hint: `Write resolveModel(client, '${id}', options): region, endpoint and credentials come from the client.`,
  });
}

/** The same, where region, endpoint and credentials are known. */
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
