import type { BedrockRuntimeClient } from '@aws-sdk/client-bedrock-runtime';
import { currentDay, findListedModel } from 'bedrock-models';
import { checkInput, checkOptions, refuseOldOptions } from '../base/check-input.ts';
import { describeError, type LibError } from '../base/errors.ts';
import { type ControlPlane, controlPlaneOf, forgetAnswers } from '../models/control-plane.ts';
import { type ResolvedModel, resolveAt } from '../models/resolve.ts';
import { daysOf, endOfLife, findEnd, mayUse, noticeDays, offered, profileOf } from './access-findings.ts';
import type { Finding } from './finding.ts';

export interface AccessOptions {
  /** Ask Bedrock. Default true; `false` works from the catalogue alone. */
  readonly ask?: boolean;
  /** Also calls each model, for one token. It costs money; `probeCost` says how much. Default false. */
  readonly probe?: boolean;
  /** The day to count from, as YYYY-MM-DD. Default: today, in UTC. */
  readonly today?: string;
}

/** Whether a model can be used here, and what is in the way. */
export interface ModelAccess {
  readonly requested: string;
  readonly name: string;
  /** What to send as `modelId`; `undefined` when nobody could say. */
  readonly id: string | undefined;
  /** Whether nothing that was found stands in the way. */
  readonly usable: boolean;
  /** Its state in a few words, such as `available` or `retired`. */
  readonly status: string;
  /** The end of the model that `id` calls, as YYYY-MM-DD, and the days until then. */
  readonly endOfLife?: string;
  readonly daysLeft?: number;
  /** What was looked at: `offered`, `authorized`, `agreement`, `entitlement`, `profile`, `end of life`, `probe`. */
  readonly findings: readonly Finding[];
  /** Why Bedrock could not be asked, or what it refused. */
  readonly error?: LibError;
}

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
  const place = await controlPlaneOf(client);
  forgetAnswers();
  return Promise.all(modelIds.map((id) => checkModel(id, { ...options, client, place })));
}

const ofClient =
  'Region, endpoint and credentials come from the client: give them to createClient, and that client first.';

interface Settings extends AccessOptions {
  readonly client: BedrockRuntimeClient;
  readonly place: ControlPlane;
}

async function checkModel(requested: string, settings: Settings): Promise<ModelAccess> {
  const { place, ask = true, today = currentDay() } = settings;
  const { region } = place;
  const name = findListedModel(requested)?.name ?? requested;
  try {
    const resolved = await resolveAt(place, requested, { ask, today });
    const asked = ask && resolved.source === 'bedrock' && resolved.problem === undefined;
    const end = await findEnd(resolved, place, asked, today);
    const findings = [
      offered(resolved, region),
      ...(asked ? await mayUse(resolved, place) : []),
      ...(await profileOf(resolved, place, asked)),
      ...endOfLife(resolved, end, region),
    ];
    if (settings.probe) findings.push(await probe(resolved, settings));
    return {
      requested,
      name,
      id: resolved.id,
      usable: findings.every(({ state }) => state !== 'problem'),
      status: statusOf(resolved, findings, end?.daysLeft),
      ...end,
      findings,
      ...(resolved.problem !== undefined && { error: resolved.problem }),
    };
  } catch (cause) {
    const error = cause as LibError;
    if (error.kind === 'aborted') throw error;
    const finding: Finding = { what: 'offered', state: 'problem', text: error.message, fix: error.hint };
    return { requested, name, id: undefined, usable: false, status: 'not known', findings: [finding], error };
  }
}

async function probe(resolved: ResolvedModel, settings: Settings): Promise<Finding> {
  const { probeModel } = await import('./probe.ts');
  return probeModel(settings.client, resolved.id, settings.place.region);
}

const obstacles: Readonly<Record<string, string>> = {
  region: 'not offered here',
  authorized: 'not authorized',
  agreement: 'no agreement',
  entitlement: 'not entitled',
  profile: 'no such profile here',
  probe: 'refused',
};

function statusOf(
  { change, legacy, source, problem, retired }: ResolvedModel,
  findings: readonly Finding[],
  daysLeft: number | undefined,
): string {
  if (problem?.kind === 'model-unknown') return 'not offered here';
  const obstacle = findings.find(({ what, state }) => state === 'problem' && what !== 'offered');
  if (obstacle !== undefined) return obstacles[obstacle.what] ?? 'not usable';
  if (change === 'successor' || retired) return source === 'bedrock' ? 'retired' : 'retired, by its dates';
  if (source === 'catalogue') return 'available, by its dates; Bedrock was not asked';
  if (daysLeft !== undefined && (legacy || daysLeft <= noticeDays))
    return `available; it ends in ${daysOf(daysLeft)}`;
  return legacy ? 'available; its end is announced' : 'available';
}

/** What stands in the way of using a model, and its fix, as text for a person; empty when nothing does. Pure. */
export function describeObstacles({ name, findings, error }: ModelAccess): readonly string[] {
  // Not being allowed to ask is no obstacle to a call; everything else is.
  const asking = error !== undefined && error.kind !== 'access-denied' ? [describeError(error)] : [];
  const others = findings.filter(({ what, state }) => state === 'problem' && what !== 'offered');
  return [
    ...asking,
    ...others.map(({ what, text, fix }) => `${name}: ${what}: ${text}${fix ? `\n  next step: ${fix}` : ''}`),
  ];
}
