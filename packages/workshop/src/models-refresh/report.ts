import { findEmbeddingFamily, findFamily } from 'bedrock-models';
import type { Change, Difference } from './compare.ts';

/** The difference as lines for a person; the prices are told apart from what is changed. Pure. */
export function formatDifference(
  { changes, unlisted, notOffered, oldPrices }: Difference,
  region: string,
): string {
  return [
    ...section(`Bedrock in ${region} says otherwise`, changes.map(formatChange)),
    ...section(
      'Not in the catalogue: add an entry by hand, with its price, limits and what it refuses',
      unlisted.map(({ id, name, provider, endOfLife, profiles }) => {
        const family = findFamily(id) ?? findEmbeddingFamily(id) ?? 'a family that lib does not know';
        const called = profiles.length > 0 ? `, profiles ${profiles.join(' ')}` : '';
        return `${id} (${name}, ${provider}, ${family}${called}${endOfLife ? `, until ${endOfLife}` : ''})`;
      }),
    ),
    ...section(`In the catalogue as offered in ${region}, and not listed there`, notOffered),
    ...section(
      'Prices that were read long ago: compare them with https://aws.amazon.com/bedrock/pricing/ by hand',
      oldPrices.map(({ id, asOf }) => `${id} (${asOf})`),
    ),
  ].join('\n');
}

function section(heading: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [`${heading}:`, ...lines.map((line) => `  ${line}`), ''];
}

function formatChange({ id, member, before, after }: Change): string {
  const text = (value: Change['before'] | true) =>
    value === undefined ? 'unknown' : Array.isArray(value) ? value.join(' ') || 'none' : String(value);
  return `${id}: ${member} ${text(before)} → ${text(after)}`;
}
