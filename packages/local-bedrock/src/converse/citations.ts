import type { Model } from 'bedrock-models';
import { readDocument } from '../invoke/media.ts';
import type { ConverseRequest, Document, SearchResult } from './request.ts';

/**
 * Citations: which sentence of a document, or of a search result, the words of an answer come from. Claude gives them
 * where the request asks; here a run of words that stands in a source is taken to come from it. As recorded of Sonnet 5
 * in 2026 (langchain-aws, test_citations).
 */
interface Citation {
  readonly location: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly source?: string;
  readonly sourceContent: readonly { readonly text: string }[];
  readonly title: string;
}

/** A part of an answer's text, with the sentence that it comes from, if it does. */
interface Segment<C> {
  readonly text: string;
  readonly citation?: C;
}

/** A sentence that can be cited. */
interface Sentence<C> {
  readonly words: readonly string[];
  readonly citation: C;
}

/** What a request offers to be cited. */
export interface CitableSources<C = Citation> {
  readonly sentences: readonly Sentence<C>[];
  /** The same as texts, each of a document or a search result. */
  readonly texts: readonly string[];
}

/** Of longer answers and sources, the beginning is looked through. In characters, where it does not count sentences. */
const most = { sentences: 300, sources: 60_000, answer: 6_000 };

/** So many words in a row are no chance. */
const fewestWords = 4;

/** Of the places in an answer where the same words in a row begin, so many are looked at. */
const mostPlaces = 4;

/** A sentence with the white space behind it; of what has no end for long, a part. It never fails, so it reads once. */
const sentenceOrPart = /[^.!?\n]{1,2000}(?:[.!?]+\s*|\n+)?/g;

/** The documents and search results with citations; `undefined`: there are none, or the model gives no citations. */
export function citableSources({ messages = [] }: ConverseRequest, model: Model): CitableSources | undefined {
  if (model.family !== 'claude-messages') return undefined;
  const sentences: Sentence<Citation>[] = [];
  const texts: string[] = [];
  let left = most.sources;
  const add = (text: string, citationOf: (start: number, end: number) => Omit<Citation, 'sourceContent'>) => {
    texts.push(text);
    for (const match of text.matchAll(sentenceOrPart)) {
      if (sentences.length >= most.sentences || left <= 0) return;
      left -= match[0].length;
      const [sentence] = match;
      const end = match.index + sentence.length;
      const citation = { ...citationOf(match.index, end), sourceContent: [{ text: sentence }] };
      sentences.push({ words: wordsIn(sentence).map(({ word }) => word), citation });
    }
  };
  const parts = messages.flatMap(({ content }) =>
    content.flatMap((block) => [block, ...(block.toolResult?.content ?? [])]),
  );
  const documents = parts.flatMap(({ document }) => document ?? []);
  const results = parts.flatMap(({ searchResult }) => searchResult ?? []);
  documents.forEach((document, index) => {
    addDocument(document, index, add);
  });
  results.forEach((result, index) => {
    addSearchResult(result, index, add);
  });
  return sentences.length === 0 ? undefined : { sentences, texts };
}

type Add = (
  text: string,
  citationOf: (start: number, end: number) => Omit<Citation, 'sourceContent'>,
) => void;

function addDocument({ name, format, source, citations }: Document, documentIndex: number, add: Add): void {
  if (citations?.enabled !== true) return;
  source.content?.forEach(({ text = '' }, chunk) => {
    const documentChunk = { documentIndex, start: chunk, end: chunk + 1 };
    add(text, () => ({ location: { documentChunk }, title: name }));
  });
  const text =
    source.text ?? (source.bytes === undefined ? undefined : readDocument(source.bytes, format).text);
  if (text === undefined) return;
  add(text, (start, end) => ({ location: { documentChar: { documentIndex, start, end } }, title: name }));
}

function addSearchResult(
  { source, title, content, citations }: SearchResult,
  searchResultIndex: number,
  add: Add,
): void {
  if (citations?.enabled !== true) return;
  content.forEach(({ text }, block) => {
    const searchResultLocation = { searchResultIndex, start: block, end: block + 1 };
    add(text, () => ({ location: { searchResultLocation }, source, title }));
  });
}

/** The text in parts, those that come from a source with their citation. Put together they are the text. Pure. */
export function segmentsOf<C>(
  text: string,
  { sentences }: Pick<CitableSources<C>, 'sentences'>,
): Segment<C>[] {
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
