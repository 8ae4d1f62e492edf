import { catalogue } from './catalogue.ts';
import { isRetired, splitModelId } from './find.ts';

/**
 * The living model's id that is spelt most like this one, when it is near enough to be meant; else `undefined`.
 * Another number is another model and never a typo: only letters may differ.
 *
 * @param today as YYYY-MM-DD; default: today, in UTC
 */
export function nearestModelId(
  modelId: string,
  today = new Date().toISOString().slice(0, 10),
): string | undefined {
  const { baseId, profile } = splitModelId(modelId.toLowerCase());
  const digits = digitsOf(baseId);
  const candidates = catalogue
    .filter((model) => !isRetired(model, today) && digitsOf(model.id) === digits)
    .map(({ id }) => ({ id, distance: editDistance(baseId, id) }))
    .filter(({ distance }) => distance <= 3)
    .sort((a, b) => a.distance - b.distance);
  const [nearest] = candidates;
  if (!nearest || nearest.id === modelId) return undefined;
  return profile === undefined ? nearest.id : `${profile}.${nearest.id}`;
}

function digitsOf(id: string): string {
  return id.replace(/\D/g, '');
}

/** The fewest letters to insert, delete or replace to get from one text to the other (Levenshtein, 1965). */
function editDistance(from: string, to: string): number {
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
