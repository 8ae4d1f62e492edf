import type { Question } from '../question.ts';
import { toHiragana, toRomaji } from './kana.ts';
import { verbs } from './vocabulary.ts';
import type { Word } from './word.ts';

/** What the caller wants Japanese to look like, and how much of it the student is to be given. */
export interface Style {
  /** Clues that lead to the sentence, instead of the sentence. */
  readonly givesClues: boolean;
  readonly hasRomaji: boolean;
  readonly usesTables: boolean;
  /** `食[た]べる`, or HTML's ruby; `undefined`: the reading stands beside the word. */
  readonly furigana: 'brackets' | 'ruby' | undefined;
  /** Kana in place of kanji. */
  readonly kanaOnly: boolean;
  readonly isCasual: boolean;
  readonly level: 'beginner' | 'intermediate';
}

const noRomaji =
  /\b(?:no|not|n't|never|without|avoid|omit|instead of|skip|rather than)\b[^.\n]{0,60}\b(?:romaji|r[oō]maji|romani[sz]ation|latin letters)\b|\bromaji\b[^.\n]{0,30}\b(?:forbidden|not allowed|prohibited)/i;
const clues =
  /\b(?:clues?|hints?)\b|\b(?:do not|don't|never|without|not)\b[^.\n]{0,40}\b(?:translat\w*|the (?:full )?(?:answer|sentence|transcription))\b|\binstead of (?:the |a )?translat/i;

/** Reads the wishes in the system prompt, or in the persona that the first message gives. Pure. */
export function readStyle(instructions: string, { prompt }: Question): Style {
  const all = `${instructions}\n${prompt}`;
  return {
    givesClues: clues.test(instructions),
    hasRomaji: !noRomaji.test(all) && !/\bonly (?:in )?(?:kana|hiragana|kanji|japanese script)/i.test(all),
    usesTables: !/\b(?:no|without|not|n't|avoid)\b[^.\n]{0,30}\btables?\b/i.test(all),
    furigana: /<ruby|\bruby\b/i.test(all)
      ? 'ruby'
      : /furigana/i.test(all) && !/\b(?:no|without)\s+furigana/i.test(all)
        ? 'brackets'
        : undefined,
    kanaOnly: /\b(?:no|without|avoid)\s+kanji\b|\bonly (?:in |use )?(?:hiragana|kana)\b/i.test(all),
    isCasual:
      /\b(?:casual|informal|plain (?:form|style|speech)|among friends|to friends)\b/i.test(all) &&
      !/\bpolite (?:form|style)/i.test(instructions),
    level: /\bbeginners?\b|\bN5\b|\bfirst (?:lesson|year|week)|\babsolute\b|\bkids?\b|\bchild/i.test(
      instructions,
    )
      ? 'beginner'
      : 'intermediate',
  };
}

/** A word or a form as the style writes it. Pure. */
export function spell({ written, reading }: { written: string; reading: string }, style: Style): string {
  if (style.kanaOnly) return reading;
  if (style.furigana === undefined || written === reading) return written;
  return withFurigana(written, reading, style.furigana);
}

/** A word in a sentence: with its reading, in whatever form the style gives it. Pure. */
export function spellWithReading(form: { written: string; reading: string }, style: Style): string {
  const written = spell(form, style);
  const needsReading = style.furigana === undefined && !style.kanaOnly && form.written !== form.reading;
  const parts = [
    ...(needsReading ? [form.reading] : []),
    ...(style.hasRomaji ? [romajiOf(form.reading)] : []),
  ];
  return parts.length === 0 ? written : `${written} (${parts.join(', ')})`;
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

/** A row of the vocabulary table, and the heads of its columns. Pure. */
export function vocabularyColumns(style: Style): {
  heads: string[];
  cells: (word: Word, english: string) => string[];
} {
  const hasReading = style.furigana === undefined && !style.kanaOnly;
  return {
    heads: [
      'Dictionary form',
      ...(hasReading ? ['Reading'] : []),
      ...(style.hasRomaji ? ['Romaji'] : []),
      'English',
    ],
    cells: (word, english) => [
      spell(word, style),
      ...(hasReading ? [word.reading] : []),
      ...(style.hasRomaji ? [romajiOf(word.reading)] : []),
      english,
    ],
  };
}

function withFurigana(written: string, reading: string, kind: 'brackets' | 'ruby'): string {
  const parts = written.match(/[\p{Script=Han}々]+|[^\p{Script=Han}々]+/gu) ?? [];
  const pattern = parts
    .map((part) => (/\p{Script=Han}/u.test(part) ? '(.+?)' : `(${toHiragana(part)})`))
    .join('');
  const readings = new RegExp(`^${pattern}$`, 'u').exec(toHiragana(reading))?.slice(1) ?? [];
  return parts
    .map((part, index) => {
      if (!/\p{Script=Han}/u.test(part)) return part;
      const above = readings[index] ?? reading;
      return kind === 'ruby' ? `<ruby>${part}<rt>${above}</rt></ruby>` : `${part}[${above}]`;
    })
    .join('');
}
