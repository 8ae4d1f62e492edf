import { conceptOf } from './concepts.ts';
import { stemOf } from './stem.ts';

/** Words that say how a sentence is built, not what it is about. */
const functionWords = new Set(
  (
    'a about after all also am an and any are as at be because been before being but by can could did do does doing ' +
    'for from had has have he her here him his how i if in into is it its just may me might more most my no nor not of ' +
    'on or other our out over own s she should so some such t than that the their them then there these they this ' +
    'those through to too under until up us very was we were what when where which while who whom why will with would ' +
    'you your'
  ).split(' '),
);

/** Scripts written without spaces: each two characters that stand together are taken for a word. */
const unspaced = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]+/gu;
const spaced = /[\p{L}\p{M}\p{N}]+/gu;

/** How much each kind of feature counts. */
const weights = { concept: 1, stem: 1, word: 0.4, pair: 0.35, letters: 0.25, functionWord: 0.05 };

/**
 * What a text is made of, as features with weights: the concepts and stems of its words, the words themselves, pairs of
 * neighbours, and groups of three letters, which keep misspelt and related words near. A feature that comes n times
 * counts 1 + ln n times. Function words hardly count. Pure.
 */
export function featuresOf(text: string): ReadonlyMap<string, number> {
  const counts = new Map<string, { count: number; weight: number }>();
  const add = (feature: string, weight: number) => {
    const known = counts.get(feature);
    if (known === undefined) counts.set(feature, { count: 1, weight });
    else known.count += 1;
  };
  const plain = text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/['’]s\b/g, '');
  for (const [run] of plain.matchAll(unspaced)) addUnspaced(run, add);
  addWords(
    [...plain.replace(unspaced, ' ').matchAll(spaced)].map(([word]) => word),
    add,
  );
  return new Map(
    [...counts].map(([feature, { count, weight }]) => [feature, weight * (1 + Math.log(count))]),
  );
}

function addWords(words: readonly string[], add: (feature: string, weight: number) => void): void {
  let previous: string | undefined;
  for (const word of words) {
    if (functionWords.has(word)) {
      add(`word ${word}`, weights.functionWord);
      continue;
    }
    const stem = stemOf(word);
    add(`stem ${stem}`, weights.stem);
    add(`word ${word}`, weights.word);
    const concept = conceptOf(stem);
    if (concept !== undefined) add(`concept ${concept}`, weights.concept);
    if (previous !== undefined) add(`pair ${previous} ${stem}`, weights.pair);
    previous = stem;
    const framed = `<${word}>`;
    for (let at = 0; at + 3 <= framed.length; at += 1) {
      add(`letters ${framed.slice(at, at + 3)}`, weights.letters);
    }
  }
}

function addUnspaced(run: string, add: (feature: string, weight: number) => void): void {
  const characters = [...run];
  characters.forEach((character, index) => {
    add(`word ${character}`, weights.word);
    const next = characters[index + 1];
    if (next !== undefined) add(`stem ${character}${next}`, weights.stem);
  });
}
