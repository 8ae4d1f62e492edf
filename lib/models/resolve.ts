import type { BedrockRuntimeClient } from '@aws-sdk/client-bedrock-runtime';
import { checkInput, checkOptions, refuseOldOptions } from '../base/check-input.ts';
import { LibError } from '../base/errors.ts';
import type { ResolvedModel, ResolveOptions } from './resolve-id.ts';
import type { ModelRole } from './roles.ts';

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
  // Loaded with the first question: whoever imports `lib` for something else need not wait for it.
  const [{ controlPlaneOf }, { resolveAt }] = await Promise.all([
    import('./control-plane.ts'),
    import('./resolve-id.ts'),
  ]);
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
