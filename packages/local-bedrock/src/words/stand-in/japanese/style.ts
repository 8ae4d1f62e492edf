import type { Question } from '../question.ts';
import type { Conjugated } from './conjugate.ts';
import { toRomaji } from './kana.ts';
import { verbs } from './vocabulary.ts';

/** What the caller wants Japanese to look like, and how much of it the student is to be given. */
export interface Style {
  /** Clues that lead to the sentence, instead of the sentence. */
  readonly givesClues: boolean;
  readonly hasRomaji: boolean;
  readonly isForBeginners: boolean;
  /** The reading of a word stands behind it, as the chat page sets it above. */
  readonly hasFurigana: boolean;
}

const noRomaji =
  /\b(?:no|not|n't|never|without|avoid|omit|instead of|skip|rather than)\b[^.\n]{0,60}\b(?:romaji|r[oō]maji|romani[sz]ation|latin letters)\b|\bromaji\b[^.\n]{0,30}\b(?:forbidden|not allowed|prohibited)/i;
const clues =
  /\b(?:clues?|hints?)\b|\b(?:do not|don't|never|without|not)\b[^.\n]{0,40}\b(?:translat\w*|the (?:full )?(?:answer|sentence|transcription))\b|\binstead of (?:the |a )?translat/i;
const beginners = /\bbeginners?\b|\bN5\b|\bfirst (?:lesson|year|week)|\babsolute\b|\bkids?\b|\bchild/i;

/** Reads the wishes in the system prompt, or in the persona that the first message gives. Pure. */
export function readStyle(instructions: string, { prompt }: Question): Style {
  const all = `${instructions}\n${prompt}`;
  return {
    givesClues: clues.test(instructions),
    hasRomaji: !noRomaji.test(all),
    hasFurigana: /furigana/i.test(all) && !/\b(?:no|without)\s+furigana/i.test(all),
    isForBeginners: beginners.test(instructions),
  };
}

/** A word or a form in a sentence, with its reading behind it where that says more. Pure. */
export function withReading({ written, reading }: Conjugated, { hasRomaji }: Style): string {
  const parts = [...(written === reading ? [] : [reading]), ...(hasRomaji ? [romajiOf(reading)] : [])];
  return parts.length === 0 ? written : `${written} (${parts.join(', ')})`;
}

/** The columns of a table in which a word or a form stands, between what is before and behind it. Pure. */
export function columns({ hasRomaji }: Style): { heads: string[]; cells: (word: Conjugated) => string[] } {
  return {
    heads: ['Reading', ...(hasRomaji ? ['Romaji'] : [])],
    cells: ({ written, reading }) => [written, reading, ...(hasRomaji ? [romajiOf(reading)] : [])],
  };
}

const compounds = verbs.flatMap(({ group, reading }) =>
  group === 'suru' && reading.length > 2 ? [reading.slice(0, -2)] : [],
);

/** Romaji with a space in front of する, as it is usually written. Pure. */
export function romajiOf(reading: string): string {
  if (/^(?:こんにち|こんばん)は$/.test(reading)) return `${toRomaji(reading.slice(0, -1))}wa`;
  const noun = compounds.find((start) => reading.startsWith(start) && reading.length > start.length);
  return noun === undefined ? toRomaji(reading) : `${toRomaji(noun)} ${toRomaji(reading.slice(noun.length))}`;
}
