import words from './words.json' with { type: 'json' };

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

/** Word forms that no ending tells: the ones that notes and questions use most. */
const irregular: Readonly<Record<string, string>> = words.irregular;

/** Endings that make another word of the same stem, the longest first. */
const endings = [
  'ization',
  'ational',
  'fulness',
  'iveness',
  'ations',
  'ation',
  'ments',
  'ement',
  'ingly',
  'ment',
  'ness',
  'ings',
  'able',
  'ible',
  'ions',
  'ally',
  'ing',
  'ion',
  'ies',
  'ied',
  'est',
  'ers',
  'ed',
  'er',
  'ly',
  'es',
  's',
  'y',
  'e',
];

/**
 * What an English word's forms have in common, such as `sav` of save, saves, saved and saving: a light stemmer, which
 * drops one ending and leaves at least three letters. Words of other scripts come back as they are. Pure.
 */
export function stemOf(word: string): string {
  const base = Object.hasOwn(irregular, word) ? (irregular[word] ?? word) : word;
  const ending = endings.find((candidate) => base.endsWith(candidate) && base.length - candidate.length >= 3);
  if (ending === undefined || (ending === 's' && base.endsWith('ss'))) return base;
  const stem = base.slice(0, -ending.length);
  // running, stopped: the doubled letter belongs to the ending.
  return /([b-df-hj-np-tv-z])\1$/.test(stem) && /^(ing|ed|er|est)/.test(ending) ? stem.slice(0, -1) : stem;
}

/**
 * Words that mean nearly the same, a line for each meaning. An embedding model has learnt thousands of these; the
 * stand-in knows only the ones written here, of everyday life, work and computing.
 */
const concepts = new Map(
  words.concepts.flatMap((line) => {
    const synonyms = line.split(' ');
    return synonyms.map((word) => [stemOf(word), synonyms[0] ?? ''] as const);
  }),
);

/** The meaning that a word's stem shares with its synonyms; `undefined` for a word without any here. Pure. */
function conceptOf(stem: string): string | undefined {
  return concepts.get(stem);
}
