import { type Conjugated, conjugate, inflect } from './conjugate.ts';
import { taughtForms } from './forms.ts';
import { hasJapanese, toRomaji } from './kana.ts';
import { adjectives, nouns, verbs } from './vocabulary.ts';
import type { Word } from './word.ts';

/** A word found in an English text, with how many words of the text it takes. */
interface EnglishMatch {
  readonly word: Word;
  /** For a verb, which form it stands in. */
  readonly form?: EnglishForm;
  readonly length: number;
}

/** English words that are also romanised Japanese ones. */
const english =
  /^(?:are|ate|kite|made|same|take|sake|some|me|no|to|do|so|mate|name|soon|one|use|here|there|she|he|we|you|the|form|verb|in|on|it|is|game|tape|tabu|menu|guru|sushi|ramen|udon)$/;

interface Indexes {
  readonly japanese: ReadonlyMap<string, Word>;
  readonly romaji: ReadonlyMap<string, Word>;
  readonly english: ReadonlyMap<string, readonly EnglishMatch[]>;
}

let indexes: Indexes | undefined;

/** Built at the first use, not when the module is loaded. */
function allIndexes(): Indexes {
  indexes ??= {
    japanese: indexOf(({ written, reading }) => (reading.length > 1 ? [written, reading] : [written])),
    romaji: indexOf(({ reading }, { kind }) => (kind === 'pronoun' ? [] : [collapsed(toRomaji(reading))])),
    english: englishIndex(),
  };
  return indexes;
}

/** The longest word with this English; plurals do not matter. Where a word may be a verb or a noun, the wanted one. */
export function findEnglish(
  words: readonly string[],
  at: number,
  wanted: 'verb' | 'noun' = 'verb',
): EnglishMatch | undefined {
  const { english: index } = allIndexes();
  for (let length = Math.min(4, words.length - at); length > 0; length -= 1) {
    const phrase = words
      .slice(at, at + length)
      .join(' ')
      .toLowerCase();
    const all = [...(index.get(phrase) ?? []), ...(index.get(singular(phrase)) ?? [])];
    const found = all.find(({ word }) => (word.kind === 'verb') === (wanted === 'verb')) ?? all[0];
    if (found !== undefined) return { ...found, length };
  }
  return undefined;
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
export function findJapanese(text: string): Word[] {
  const { japanese } = allIndexes();
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
  const { romaji } = allIndexes();
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

function englishIndex(): Map<string, EnglishMatch[]> {
  const index = new Map<string, EnglishMatch[]>();
  const add = (phrase: string, match: EnglishMatch) => {
    index.set(phrase, [...(index.get(phrase) ?? []), match]);
  };
  for (const word of verbs) {
    for (const [phrase, form] of englishForms(word.english, word.past))
      add(phrase, { word, form, length: 1 });
  }
  for (const word of [...nouns, ...adjectives]) add(word.english.toLowerCase(), { word, length: 1 });
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

/** Which form of an English verb a word is. */
type EnglishForm = 'base' | 'third-person' | 'past' | 'ing';

/** All forms of an English verb, the first word of several inflected: `listens to`. Pure. */
function englishForms(base: string, past: string): ReadonlyMap<string, EnglishForm> {
  const [first = '', ...others] = base.split(' ');
  const rest = others.length === 0 ? '' : ` ${others.join(' ')}`;
  return new Map([
    [past, 'past'],
    [thirdPerson(first) + rest, 'third-person'],
    [ing(first) + rest, 'ing'],
    [base, 'base'],
  ]);
}

function thirdPerson(verb: string): string {
  if (/[^aeiou]y$/.test(verb)) return verb.replace(/y$/, 'ies');
  return /(?:s|sh|ch|x|o)$/.test(verb) ? `${verb}es` : `${verb}s`;
}

function ing(verb: string): string {
  if (verb === 'die') return 'dying';
  if (/[^aeiouy]e$/.test(verb)) return verb.replace(/e$/, 'ing');
  if (/^[^aeiou]+[aeiou][bdgmnpt]$/.test(verb) || verb === 'begin' || verb === 'forget') {
    return `${verb}${verb.at(-1)}ing`;
  }
  return `${verb}ing`;
}

/** A plural noun without its ending: `dogs`, `cherries`, `dishes`. Other words stay. Pure. */
function singular(noun: string): string {
  if (noun === 'children') return 'child';
  if (noun === 'people') return 'person';
  if (/ies$/.test(noun)) return noun.replace(/ies$/, 'y');
  if (/(?:sh|ch|x|s)es$/.test(noun)) return noun.replace(/es$/, '');
  return noun.length > 3 && /[^s]s$/.test(noun) ? noun.slice(0, -1) : noun;
}
