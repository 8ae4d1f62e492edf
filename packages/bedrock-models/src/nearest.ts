import { listedModels } from './catalogue.ts';
import { currentDay, findListedModel, isRetired, splitModelId } from './find.ts';
import type { ListedModel } from './model.ts';
import { callableId, defaultRegion, profileFor } from './profile.ts';

/**
 * The living model's id that is spelt most like this one, when it is near enough to be meant, as it is called from
 * this region; else `undefined`, also when that is the very id that was given.
 * Another number is another model and never a typo: only letters may differ.
 *
 * @param today as YYYY-MM-DD; default: today, in UTC
 */
export function nearestModelId(
  modelId: string,
  region = defaultRegion,
  today = currentDay(),
): string | undefined {
  if (modelId.startsWith('arn:')) return undefined;
  const { baseId, profile } = splitModelId(modelId.toLowerCase());
  const [nearest] = listedModels
    .filter((model) => !isRetired(model, today) && digitsOf(model.id) === digitsOf(baseId))
    .map((model) => ({ model, distance: editDistance(baseId, model.id) }))
    .filter(({ distance }) => distance <= 3)
    .sort((a, b) => a.distance - b.distance);
  if (!nearest) return undefined;
  const id = inRegion(nearest.model, profile, region);
  return id === modelId ? undefined : id;
}

/** Who asked for a profile gets one, but one that serves the region. */
function inRegion(model: ListedModel, asked: string | undefined, region: string): string {
  if (asked === undefined) return callableId(model, region);
  const prefix = asked === 'global' && model.profiles.includes(asked) ? asked : profileFor(model, region);
  return prefix === undefined ? model.id : `${prefix}.${model.id}`;
}

/** The digits that tell models apart; a version's `:0` is easily forgotten and tells nothing. */
function digitsOf(id: string): string {
  return id.replace(/:0$/, '').replace(/\D/g, '');
}

/** One sentence: what to use in place of a model whose end has come, called from this region. */
export function describeModelSuccessor(modelId: string | undefined, region = defaultRegion): string {
  const model = modelId === undefined ? undefined : findListedModel(modelId);
  const successor = model?.successor === undefined ? undefined : findListedModel(model.successor);
  if (!model || !successor)
    return 'Choose one that is active: aws bedrock list-foundation-models lists them.';
  return `In its place use ${successor.name} (${callableId(successor, region)}).`;
}

/** The fewest letters to insert, delete or replace to get from one text to the other (Levenshtein, 1965). Pure. */
export function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [i, letter] of [...from].entries()) {
    const next = [i + 1];
    for (const [j, other] of [...to].entries()) {
      const replaced = (row[j] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(replaced, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}
