import lists from './sentiment.json' with { type: 'json' };
import { wordsOf } from './words.ts';

const lexicon = new Map<string, number>();
for (const { weight, words } of lists) for (const word of words.split(' ')) lexicon.set(word, weight);

const negators = /^(?:not|no|never|nothing|hardly|barely|without|cannot|nobody|neither|nor|.+n't)$/;
const strengtheners =
  /^(?:very|really|so|extremely|absolutely|totally|truly|incredibly|completely|super|too)$/;

/** How far a negation reaches, in words. */
const reach = 3;

interface Sentiment {
  /** Evidence for a good opinion, 0 or more. */
  readonly positive: number;
  /** Evidence for a bad opinion, 0 or more. */
  readonly negative: number;
}

/**
 * Weighs the words of a text by a small English lexicon. What follows `but` counts double, as writers mean it.
 * Without `negation`, "not good" is read as good, which is what a small model makes of it.
 */
export function readSentiment(text: string, negation: boolean): Sentiment {
  const words = [...wordsOf(text), ...(text.match(/\p{Extended_Pictographic}\u{FE0F}?/gu) ?? [])];
  const turn = words.lastIndexOf('but');
  let positive = 0;
  let negative = 0;
  words.forEach((word, index) => {
    const weight = lexicon.get(word);
    if (weight === undefined) return;
    const before = words.slice(Math.max(0, index - reach), index);
    const strength = strengtheners.test(before.at(-1) ?? '') ? 1.5 : 1;
    const emphasis = turn >= 0 && index > turn ? 2 : 1;
    const sign = negation && before.some((other) => negators.test(other)) ? -0.75 : 1;
    const value = weight * strength * emphasis * sign;
    if (value > 0) positive += value;
    else negative -= value;
  });
  return { positive, negative };
}

/** The balance of the evidence, from -1 (all bad) to 1 (all good); 0 without evidence. */
export function balance({ positive, negative }: Sentiment): number {
  return (positive - negative) / (positive + negative + 1);
}
