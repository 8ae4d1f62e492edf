import { describeModelSuccessor, findListedModel, splitModelId } from 'bedrock-models';
import { askAvailability, askBedrock, askForProfiles } from '../models/ask-bedrock.ts';
import type { ControlPlane } from '../models/control-plane.ts';
import type { ResolvedModel } from '../models/resolve.ts';
import { agreementFix, entitlementFix, iamStatement, regionFix } from './access-fixes.ts';
import type { Finding } from './finding.ts';

/** So many days before a model's end somebody should hear of it. */
export const noticeDays = 60;

/** Whether the region has the model, and whether it lives. Pure. */
export function offered(resolved: ResolvedModel, region: string): Finding {
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
export async function mayUse({ id }: ResolvedModel, place: ControlPlane): Promise<Finding[]> {
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
export async function profileOf(
  { id }: ResolvedModel,
  place: ControlPlane,
  asked: boolean,
): Promise<Finding[]> {
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
export async function findEnd(resolved: ResolvedModel, place: ControlPlane, asked: boolean, today: string) {
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
export function endOfLife(
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
export function daysOf(count: number): string {
  return `${count} ${count === 1 ? 'day' : 'days'}`;
}
