const common = new Set(
  `a about after again all also am an and any are as at be been being but by can could did do does doing for from get
  got had has have having he her here hers him his how i if in into is it its just me more my no not of on or our out
  over own she so some than that the their them then there these they this those to too up us very was we were what
  when where which while who why will with would you your please one only
  it's i'm i've don't can't won't isn't`.split(/\s+/),
);

/** The words of a text in lower case, without punctuation. Apostrophes inside a word stay. */
export function wordsOf(text: string): string[] {
  return (
    text
      .toLowerCase()
      .replaceAll('’', "'")
      .match(/[\p{L}\p{N}]+(?:'[\p{L}]+)?/gu) ?? []
  );
}

/** The words that carry meaning, cut back to a rough stem so that `charged` meets `charges`. */
export function contentWords(text: string): string[] {
  return wordsOf(text)
    .filter((word) => !common.has(word))
    .map(stem);
}

/** A rough English stem: plural and tense endings off. */
export function stem(word: string): string {
  const bare = word.replace(/'s$/, '');
  const short = bare.replace(/(?:ing|edly|ed|es|s|ly)$/, '');
  const kept = short.length >= 3 ? short : bare;
  return kept
    .replace(/([^aeiou])\1$/, '$1')
    .replace(/e$/, '')
    .replace(/y$/, 'i');
}

/** How much of the smaller set of words is in both, from 0 to 1. */
export function overlap(one: Iterable<string>, other: Iterable<string>): number {
  const first = new Set(one);
  const second = new Set(other);
  const smaller = Math.min(first.size, second.size);
  if (smaller === 0) return 0;
  return [...first].filter((word) => second.has(word)).length / smaller;
}

/** The sentences of a text. Pure. */
export function sentencesOf(text: string): string[] {
  return text
    .split(/(?<=[.!?。！？])["”]?\s+|\n+|(?<=[。！？])/)
    .map((sentence) => sentence.trim())
    .filter((sentence) => sentence !== '');
}

/** A text on one line, cut where it is longer than so many characters. Pure. */
export function shortened(text: string, most: number): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length <= most ? line : `${line.slice(0, most)} …`;
}

/** Names in a sentence: `one, two and three`. Pure. */
export function listed(names: readonly string[]): string {
  return names.length < 2 ? (names[0] ?? '') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}
