import { catalogue } from './catalogue.ts';
import { splitModelId } from './find.ts';

/** The catalogue's id that is spelt most like this one, when it is near enough to be meant; else `undefined`. */
export function nearestModelId(modelId: string): string | undefined {
  const { baseId, profile } = splitModelId(modelId);
  const distances = catalogue.map(({ id }) => ({ id, distance: editDistance(baseId.toLowerCase(), id) }));
  const nearest = distances.reduce((best, candidate) =>
    candidate.distance < best.distance ? candidate : best,
  );
  if (nearest.distance === 0 || nearest.distance > 6) return undefined;
  return profile === undefined ? nearest.id : `${profile}.${nearest.id}`;
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
