import type { GroundingConfig } from './policies.ts';
import { stemsOf } from './stems.ts';

/** The texts that an answer is held against. */
export interface Grounds {
  readonly source: string;
  readonly query: string;
  readonly answer: string;
}

/**
 * How well an answer rests on its source, and how well it meets the question, from 0 to 1: the share of words that are
 * the same. Crude: another wording of the same thing scores low here, and a lie in the source's own words high.
 */
export function groundingFindings(filters: readonly GroundingConfig[], grounds: Grounds) {
  const answer = stemsOf(grounds.answer);
  const known = stemsOf(`${grounds.source} ${grounds.query}`);
  const scores = {
    GROUNDING: share(answer, known),
    RELEVANCE: share(stemsOf(grounds.query), stemsOf(`${grounds.answer}`)),
  };
  return filters
    .filter(({ enabled }) => enabled !== false)
    .map(({ type, threshold, action = 'BLOCK' }) => {
      const detected = scores[type] < threshold;
      return {
        action: detected && action === 'BLOCK' ? 'BLOCKED' : 'NONE',
        detected,
        score: scores[type],
        threshold,
        type,
      } as const;
    });
}

/** The share of the words that are among the known ones, to two decimals; 1 for no words. */
function share(words: ReadonlySet<string>, known: ReadonlySet<string>): number {
  if (words.size === 0) return 1;
  const same = [...words].filter((word) => known.has(word)).length;
  return Math.round((same / words.size) * 100) / 100;
}
