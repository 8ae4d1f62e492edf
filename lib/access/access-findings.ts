import type { BedrockRuntimeClient } from '@aws-sdk/client-bedrock-runtime';
import { currentDay, describeModelSuccessor, findListedModel, isOffered, splitModelId } from 'bedrock-models';
import type { LibError } from '../base/errors.ts';
import { askAvailability, askBedrock, askForProfiles } from '../models/ask-bedrock.ts';
import type { ControlPlane } from '../models/control-plane.ts';
import { type ResolvedModel, resolveAt } from '../models/resolve-id.ts';
import type { AccessOptions, Finding, ModelAccess } from './finding.ts';

/** So many days before a model's end somebody should hear of it. */
export const noticeDays = 60;

/** Whether the region has the model, and whether it lives. Pure. */
function offered(resolved: ResolvedModel, region: string): Finding {
  const { problem, retired, change, reason, source, id, requested } = resolved;
  const what = 'offered';
  if (problem?.kind === 'model-unknown')
    return { what, state: 'problem', text: `not in ${region}`, fix: regionFix(id, region) };
  if (problem?.kind === 'access-denied') {
    const fix = 'To see more, allow bedrock:ListFoundationModels and bedrock:GetFoundationModel.';
    return { what, state: 'unknown', text: 'Bedrock may not be asked; by the catalogue it is', fix };
  }
  if (problem !== undefined) return { what, state: 'problem', text: problem.message, fix: problem.hint };
  if (retired)
    return { what, state: 'problem', text: reason, fix: describeModelSuccessor(requested, region) };
  if (change === 'successor') return { what, state: 'warning', text: reason };
  return source === 'bedrock'
    ? { what, state: 'ok', text: `in ${region}` }
    : { what, state: 'unknown', text: `in ${region} by the catalogue; Bedrock was not asked` };
}

/** What the account lacks; GetFoundationModelAvailability does not know of everything, a call does. */
async function mayUse({ id }: ResolvedModel, place: ControlPlane): Promise<Finding[]> {
  const { baseId, profile } = splitModelId(id);
  const { region, authorized, agreement, entitled } = await askAvailability(baseId, place);
  const profiles = profile === undefined ? [] : ((await askForProfiles(baseId, place)) ?? []);
  const called = profiles.find(({ inferenceProfileId }) => inferenceProfileId === id);
  const arns = called?.models?.map(({ modelArn = '' }) => modelArn) ?? [];
  return [
    // A model that is called through a profile need not be in this region itself.
    ...(profile === undefined
      ? [judge('region', region, 'has it', 'does not have it', regionFix(id, place.region))]
      : []),
    judge('authorized', authorized, 'yes', 'no policy allows it', iamStatement(id, place.region, arns)),
    agreement === 'pending'
      ? {
          what: 'agreement',
          state: 'warning' as const,
          text: 'being made',
          fix: 'Wait up to 15 minutes; calls may succeed meanwhile.',
        }
      : judge('agreement', agreement, 'in force or not needed', 'none with its provider', agreementFix()),
    judge('entitlement', entitled, 'yes', 'the account has none', entitlementFix(id)),
  ];
}

function judge(what: string, value: boolean | undefined, yes: string, no: string, fix: string): Finding {
  if (value === undefined)
    return { what, state: 'unknown', text: 'Bedrock does not say (bedrock:GetFoundationModelAvailability)' };
  return value ? { what, state: 'ok', text: yes } : { what, state: 'problem', text: no, fix };
}

/** Through which profile the model is called, and whether this region lists it. Empty for a bare id. */
async function profileOf({ id }: ResolvedModel, place: ControlPlane, asked: boolean): Promise<Finding[]> {
  const { baseId, profile } = splitModelId(id);
  if (profile === undefined || id.startsWith('arn:')) return [];
  const profiles = asked ? await askForProfiles(baseId, place) : undefined;
  const found = profiles?.find(({ inferenceProfileId }) => inferenceProfileId === id);
  if (profiles !== undefined && found === undefined) {
    const others = profiles.map(({ inferenceProfileId }) => inferenceProfileId).join(', ') || 'none';
    const text = `${id} is not listed in ${place.region}; for this model there is: ${others}`;
    return [{ what: 'profile', state: 'problem', text, fix: regionFix(id, place.region) }];
  }
  const regions = found?.models?.flatMap(({ modelArn = '' }) => modelArn.split(':')[3] || 'any region') ?? [];
  const sends = regions.length > 0 ? `, which sends requests to ${regions.join(', ')}` : '';
  return [{ what: 'profile', state: 'ok', text: `called through ${id}${sends}` }];
}

/** The end of the model that is called, and the days until then; `undefined` where none is announced. */
async function findEnd(resolved: ResolvedModel, place: ControlPlane, asked: boolean, today: string) {
  const { baseId } = splitModelId(resolved.id);
  const answer = asked ? await askBedrock(baseId, place) : undefined;
  const said = answer?.state === 'alive' ? answer.endOfLife : undefined;
  // In Bedrock's own answer a model without an end has none; the catalogue speaks where Bedrock was not asked.
  const end = answer?.state === 'alive' ? said : findListedModel(resolved.id)?.endOfLife;
  if (end === undefined) return undefined;
  const daysLeft = Math.round((Date.parse(end) - Date.parse(today)) / 86_400_000);
  return { endOfLife: end, daysLeft };
}

/** How long the model will live, with its successor when that is not long. Pure. */
function endOfLife(
  { id, retired }: ResolvedModel,
  end: { readonly endOfLife: string; readonly daysLeft: number } | undefined,
  region: string,
): Finding[] {
  const what = 'end of life';
  if (retired) return [];
  if (end === undefined) return [{ what, state: 'ok', text: 'none announced' }];
  const text = `in ${daysOf(end.daysLeft)}, on ${end.endOfLife}`;
  if (end.daysLeft > noticeDays) return [{ what, state: 'ok', text }];
  return [{ what, state: 'warning', text, fix: describeModelSuccessor(id, region) }];
}

/** Such as `1 day`. */
function daysOf(count: number): string {
  return `${count} ${count === 1 ? 'day' : 'days'}`;
}

/** Regions to suggest, the workshop's own first. */
const suggestions = [
  'us-east-1',
  'us-west-2',
  'us-east-2',
  'eu-central-1',
  'ap-northeast-1',
  'ap-southeast-2',
];

/**
 * The statement that lets a caller use a model in a region: on the profile and on the model in each region that the
 * profile sends requests to. It names no account. Pure.
 *
 * @param modelArns of the regions that the profile sends requests to, as ListInferenceProfiles names them
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/inference-profiles-prereq.html
 */
export function iamStatement(id: string, region: string, modelArns: readonly string[] = []): string {
  const { baseId, profile } = splitModelId(id);
  const models = modelArns.length > 0 ? modelArns : [`arn:aws:bedrock:*::foundation-model/${baseId}`];
  const resources =
    profile === undefined
      ? [`arn:aws:bedrock:${region}::foundation-model/${baseId}`]
      : [`arn:aws:bedrock:${region}:*:inference-profile/${profile}.${baseId}`, ...models];
  const statement = {
    Effect: 'Allow',
    Action: ['bedrock:InvokeModel', 'bedrock:InvokeModelWithResponseStream'],
    Resource: resources,
  };
  return `Add this statement to the policy of your user or role:\n${JSON.stringify(statement, null, 2)}`;
}

/** What to do where there is no agreement with the model's provider. Pure. */
function agreementFix(): string {
  const statement = {
    Effect: 'Allow',
    Action: ['aws-marketplace:Subscribe', 'aws-marketplace:Unsubscribe', 'aws-marketplace:ViewSubscriptions'],
    Resource: '*',
  };
  return `The first call subscribes the account to the model, if the caller may do that; the account needs a valid payment method. Add this statement, call the model once, and wait up to 15 minutes:\n${JSON.stringify(statement, null, 2)}`;
}

/** What to do where the account is not entitled to a model. Pure. */
function entitlementFix(id: string): string {
  if (findListedModel(id)?.needsUseCaseForm)
    return "Submit Anthropic's use-case form once per account (Bedrock console, Model catalog, any Claude model), and wait 15 minutes.";
  return 'Open the model in the Bedrock console (Model catalog), which says what the account lacks; or ask AWS Support.';
}

/** Where else a model can be called, by the catalogue. Pure. */
function regionFix(id: string, region: string): string {
  const model = findListedModel(id);
  const elsewhere = suggestions.filter((other) => other !== region && model && isOffered(model, other));
  if (elsewhere.length === 0)
    return `Check the id's spelling, and what ${region} offers: aws bedrock list-foundation-models --region ${region}.`;
  return `Call it from another region (AWS_REGION), such as ${elsewhere.slice(0, 3).join(', ')}; or ask resolveModel for a role, such as "small".`;
}

/** What every model is looked at with. */
export interface Settings extends AccessOptions {
  readonly client: BedrockRuntimeClient;
  readonly place: ControlPlane;
}

/** Everything that is found of one model. It never throws for what Bedrock refuses: that is a finding. */
export async function checkModel(requested: string, settings: Settings): Promise<ModelAccess> {
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
