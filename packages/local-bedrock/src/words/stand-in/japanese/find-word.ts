import { stem } from '../words.ts';
import { type Conjugated, conjugate, inflect } from './conjugate.ts';
import forms from './english.json' with { type: 'json' };
import { taughtForms } from './forms.ts';
import { hasJapanese, toRomaji } from './kana.ts';
import { adjectives, nouns, verbs } from './vocabulary.ts';
import type { Word } from './word.ts';

/** A word found in an English text, with how many words of the text it takes. */
interface EnglishMatch {
  readonly word: Word;
  /** For a verb, the form it stands in; `undefined` for `eats` and its like. */
  readonly form: 'base' | 'past' | 'ing' | undefined;
  readonly length: number;
}

/** English words that are also romanised Japanese ones. */
const english =
  /^(?:are|ate|kite|made|same|take|sake|some|me|no|to|do|so|mate|name|soon|one|use|here|there|she|he|we|you|the|form|verb|in|on|it|is|game|tape|tabu|menu|guru|sushi|ramen|udon)$/;

const build = () => ({
  japanese: indexOf(({ written, reading }) => (reading.length > 1 ? [written, reading] : [written])),
  romaji: indexOf(({ reading }, { kind }) => (kind === 'pronoun' ? [] : [collapsed(toRomaji(reading))])),
  english: englishIndex(),
});
let built: ReturnType<typeof build> | undefined;
/** Built at the first use, not when the module is loaded. */
const indexes = () => (built ??= build());

/** The longest word with this English, in whatever form. Where a word may be a verb or a noun, the wanted one. */
export function findEnglish(
  words: readonly string[],
  at: number,
  wanted: 'verb' | 'noun' = 'verb',
): EnglishMatch | undefined {
  const { english: index } = indexes();
  for (let length = Math.min(4, words.length - at); length > 0; length -= 1) {
    const phrase = words
      .slice(at, at + length)
      .join(' ')
      .toLowerCase();
    const alike = index.get(rooted(phrase)) ?? [];
    const inflected = alike.filter(({ kind }) => kind === 'verb' || !/(?:ing|ed)$/.test(phrase));
    const all = [...(index.get(phrase) ?? []), ...inflected];
    const word = all.find(({ kind }) => (kind === 'verb') === (wanted === 'verb')) ?? all[0];
    if (word !== undefined) return { word, form: formOf(word, phrase), length };
  }
  return undefined;
}

function formOf(word: Word, phrase: string): EnglishMatch['form'] {
  if (word.kind !== 'verb' || word.english === phrase) return word.kind === 'verb' ? 'base' : undefined;
  if (word.past === phrase) return 'past';
  return /^[a-z]+ing\b/.test(phrase) ? 'ing' : undefined;
}

const irregular: Readonly<Record<string, string>> = forms.irregular;

/** English words without their endings, so that `goes to bed` meets `go to bed`. */
function rooted(phrase: string): string {
  return phrase
    .split(' ')
    .map((word) => stem(irregular[word] ?? word))
    .join(' ');
}

/** All words of a text that are known by their English, in order. */
export function allEnglish(text: string, wanted: 'verb' | 'noun'): EnglishMatch[] {
  const words = text.match(/[A-Za-z']+/g) ?? [];
  const found: EnglishMatch[] = [];
  for (let at = 0; at < words.length; ) {
    const match = findEnglish(words, at, wanted);
    if (match !== undefined) found.push(match);
    at += match?.length ?? 1;
  }
  return found;
}

/** The words written in Japanese signs in a text, in any form that is taught here, in order. */
function findJapanese(text: string): Word[] {
  const { japanese } = indexes();
  const found: Word[] = [];
  for (const run of text.match(/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}ー]+/gu) ?? []) {
    for (let at = 0; at < run.length; ) {
      const length = [10, 9, 8, 7, 6, 5, 4, 3, 2, 1].find(
        (size) =>
          japanese.has(run.slice(at, at + size)) && (size > 1 || /\p{Script=Han}/u.test(run[at] ?? '')),
      );
      const word = length === undefined ? undefined : japanese.get(run.slice(at, at + length));
      if (word !== undefined && !found.includes(word)) found.push(word);
      at += length ?? 1;
    }
  }
  return found;
}

/** The words of a text that are romanised Japanese, in any form that is taught here, in order. */
export function findRomaji(text: string): Word[] {
  const { romaji } = indexes();
  const tokens = text.match(/[A-Za-zāīūēōâîûêôÀ-ÿ'’-]+/g) ?? [];
  return tokens.flatMap((token, index) => {
    const pair = romaji.get(collapsed(`${token}${tokens[index + 1] ?? ''}`));
    if (pair !== undefined && /^(?:suru|shi)/i.test(tokens[index + 1] ?? '')) return [pair];
    const word = english.test(token.toLowerCase()) ? undefined : romaji.get(collapsed(token));
    return word === undefined ? [] : [word];
  });
}

/** The Japanese words of a text, in signs or in romaji. */
export function wordsIn(text: string): Word[] {
  return hasJapanese(text) ? findJapanese(text) : findRomaji(text);
}

/** Words by how they are spelt: each word itself before the forms of another. */
function indexOf(keysOf: (form: Conjugated, word: Word) => readonly string[]): Map<string, Word> {
  const index = new Map<string, Word>();
  const add = (form: Conjugated, word: Word) => {
    for (const key of keysOf(form, word)) if (!index.has(key)) index.set(key, word);
  };
  for (const word of [...verbs, ...adjectives, ...nouns]) add(word, word);
  for (const word of verbs) for (const { form } of taughtForms) add(conjugate(word, form), word);
  for (const word of adjectives)
    for (const form of ['polite', 'negative', 'past', 'て-form'] as const) add(inflect(word, form), word);
  return index;
}

/** Words by their English, verbs by their past, and verbs and nouns without their endings. */
function englishIndex(): Map<string, Word[]> {
  const index = new Map<string, Word[]>();
  for (const word of [...verbs, ...nouns, ...adjectives]) {
    const english = word.english.toLowerCase();
    const past = word.kind === 'verb' ? [word.past] : [];
    const root = /^(?:verb|noun)$/.test(word.kind) ? [rooted(english)] : [];
    for (const key of new Set([english, ...past, ...root])) index.set(key, [...(index.get(key) ?? []), word]);
  }
  return index;
}

/** Romaji without what people write in different ways: long vowels, apostrophes, spaces. */
function collapsed(romaji: string): string {
  return romaji
    .toLowerCase()
    .normalize('NFD')
    .replace(/([ei])[\u0304\u0302]/g, '$1i')
    .replace(/[\u0304\u0302'’ -]/g, '')
    .replace(/ou|oo/g, 'o')
    .replace(/uu/g, 'u')
    .replace(/aa/g, 'a');
}
