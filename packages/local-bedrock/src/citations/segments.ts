/** A part of an answer's text, with the sentence that it comes from, if it does. */
export interface Segment<C> {
  readonly text: string;
  readonly citation?: C;
}

/** A sentence that can be cited. */
export interface Sentence<C> {
  readonly words: readonly string[];
  readonly citation: C;
}

/** Of longer answers and sources, the beginning is looked through. In characters, where it does not count sentences. */
export const most = { sentences: 300, sources: 60_000, answer: 6_000 };

/** So many words in a row are no chance. */
const fewestWords = 4;

/** Of the places in an answer where the same words in a row begin, so many are looked at. */
const mostPlaces = 4;

/** The text in parts, those that come from a source with their citation. Put together they are the text. Pure. */
export function segmentsOf<C>(text: string, sentences: readonly Sentence<C>[]): Segment<C>[] {
  const words = wordsIn(text.slice(0, most.answer));
  const runIn = runFinder(words.map(({ word }) => word));
  const found = sentences
    .flatMap(({ words: own, citation }) => {
      const run = runIn(own);
      return run === undefined ? [] : [{ ...run, citation }];
    })
    .sort((one, other) => other.length - one.length);
  const taken: typeof found = [];
  for (const run of found) {
    const isFree = taken.every(({ at, length }) => run.at + run.length <= at || run.at >= at + length);
    if (isFree) taken.push(run);
  }
  const segments: Segment<C>[] = [];
  let position = 0;
  for (const { at, length, citation } of taken.sort((one, other) => one.at - other.at)) {
    const start = words[at]?.start ?? position;
    const last = words[at + length - 1]?.end ?? start;
    const end = last + (/^[.!?]+/.exec(text.slice(last))?.[0].length ?? 0);
    if (start > position) segments.push({ text: text.slice(position, start) });
    segments.push({ text: text.slice(start, end), citation });
    position = end;
  }
  if (position < text.length || segments.length === 0) segments.push({ text: text.slice(position) });
  return segments;
}

/** The words of a text in lower case, with their places. */
export function wordsIn(text: string): { word: string; start: number; end: number }[] {
  return [...text.matchAll(/[\p{L}\p{N}'’-]+/gu)].map(({ 0: word, index }) => ({
    word: word.toLowerCase(),
    start: index,
    end: index + word.length,
  }));
}

interface Run {
  /** Where it begins, in words. */
  readonly at: number;
  /** How many words it has. */
  readonly length: number;
}

/**
 * A function that gives the longest run of words that an answer has from a sentence; `undefined`: none that is long
 * enough, which the whole of a short sentence is. Its work grows with the two lengths and not with their product, so
 * where the same few words come again and again it may miss a longer run.
 */
function runFinder(words: readonly string[]): (sentence: readonly string[]) => Run | undefined {
  const start = (from: readonly string[], at: number, size: number) => from.slice(at, at + size).join(' ');
  const placesBySize = new Map<number, ReadonlyMap<string, readonly number[]>>();
  const placesOf = (size: number) => {
    const known = placesBySize.get(size);
    if (known !== undefined) return known;
    const places = new Map<string, number[]>();
    for (let at = 0; at + size <= words.length; at += 1) {
      const key = start(words, at, size);
      const same = places.get(key) ?? [];
      if (same.length < mostPlaces) same.push(at);
      places.set(key, same);
    }
    placesBySize.set(size, places);
    return places;
  };
  return (sentence) => {
    const size = Math.max(2, Math.min(fewestWords, sentence.length));
    const places = placesOf(size);
    let best: Run | undefined;
    for (let index = 0; index + size <= sentence.length; ) {
      let longest = size;
      for (const at of places.get(start(sentence, index, size)) ?? []) {
        let length = size;
        while (index + length < sentence.length && sentence[index + length] === words[at + length])
          length += 1;
        longest = Math.max(longest, length);
        if (best === undefined || length > best.length || (length === best.length && at < best.at)) {
          best = { at, length };
        }
      }
      index += longest - size + 1;
    }
    return best;
  };
}
