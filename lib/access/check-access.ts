import type { BedrockRuntimeClient } from '@aws-sdk/client-bedrock-runtime';
import { checkInput, checkOptions, refuseOldOptions } from '../base/check-input.ts';
import { describeError, type ErrorKind, moreAbout } from '../base/errors.ts';
import type { AccessOptions, ModelAccess } from './finding.ts';

export type { AccessOptions, ModelAccess } from './finding.ts';

/**
 * Says for each model whether it is offered in this region, whether the account may use it, through which profile, and
 * how long it will live; each obstacle comes with its fix. It asks Bedrock afresh, and calls no model unless `probe`
 * says so. It never throws for what Bedrock refuses: that is a finding.
 *
 * @example
 * const [access] = await checkAccess(createClient(), ['small']);
 *
 * @param client where region, endpoint and credentials come from, and what calls the models
 * @param modelIds ids or roles
 * @throws LibError of kind `aborted` for an interrupt; of kind `request` for what is no client or no list of ids
 */
export async function checkAccess(
  client: BedrockRuntimeClient,
  modelIds: readonly string[],
  options: AccessOptions = {},
): Promise<readonly ModelAccess[]> {
  checkInput('checkAccess', { client, modelIds }, { client: 'client', modelIds: 'texts' });
  checkOptions('checkAccess', options, { ask: 'flag?', probe: 'flag?', today: 'text?' });
  refuseOldOptions('checkAccess', options, { region: ofClient, client: ofClient, runtime: ofClient });
  // Loaded with the first question: whoever imports `lib` for something else need not wait for it.
  const [{ controlPlaneOf, forgetAnswers }, { checkModel }] = await Promise.all([
    import('../models/control-plane.ts'),
    import('./access-findings.ts'),
  ]);
  const place = await controlPlaneOf(client);
  forgetAnswers();
  return Promise.all(modelIds.map((id) => checkModel(id, { ...options, client, place })));
}

const ofClient =
  'Region, endpoint and credentials come from the client: give them to createClient, and that client first.';

/** What stands in the way of using a model, and its fix, as text for a person; empty when nothing does. Pure. */
export function describeObstacles({ name, findings, error }: ModelAccess): readonly string[] {
  // Not being allowed to ask is no obstacle to a call; everything else is.
  const asking = error !== undefined && error.kind !== 'access-denied' ? [describeError(error)] : [];
  const others = findings.filter(({ what, state }) => state === 'problem' && what !== 'offered');
  return [
    ...asking,
    ...others.map(
      ({ what, text, fix }) =>
        `${name}: ${what}: ${text}${fix ? `\n  next step: ${fix}${moreAbout(obstacles[what] ?? 'access-denied')}` : ''}`,
    ),
  ];
}

/** Of what kind a call's error would be; all the others are of the account. */
const obstacles: Readonly<Record<string, ErrorKind>> = {
  region: 'model-unknown',
  profile: 'inference-profile-needed',
};
