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

/** Of longer answers and sources, the beginning is looked through. */
const most = { sentences: 300, answer: 6_000 };

/** So many words in a row are no chance. */
const fewestWords = 4;

/** The documents and search results with citations; `undefined`: there are none, or the model gives no citations. */
export function citableSources({ messages = [] }: ConverseRequest, model: Model): CitableSources | undefined {
  if (model.family !== 'claude-messages') return undefined;
  const sentences: Sentence<Citation>[] = [];
  const texts: string[] = [];
  const add = (text: string, citationOf: (start: number, end: number) => Omit<Citation, 'sourceContent'>) => {
    texts.push(text);
    for (const match of text.matchAll(/[^.!?\n]{1,2000}(?:[.!?]+\s*|\n+|$)/g)) {
      if (sentences.length >= most.sentences) return;
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
  const found = sentences
    .flatMap(({ words: own, citation }) => {
      const run = longestRun(
        words.map(({ word }) => word),
        own,
      );
      return run.length < Math.min(fewestWords, own.length) || run.length < 2 ? [] : [{ ...run, citation }];
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

/** The longest run of words that both have: where it begins in the first, and how long it is. */
function longestRun(one: readonly string[], other: readonly string[]): { at: number; length: number } {
  let best = { at: 0, length: 0 };
  let before = new Uint16Array(other.length + 1);
  one.forEach((word, index) => {
    const lengths = new Uint16Array(other.length + 1);
    other.forEach((candidate, position) => {
      if (word !== candidate) return;
      const length = (before[position] ?? 0) + 1;
      lengths[position + 1] = length;
      if (length > best.length) best = { at: index - length + 1, length };
    });
    before = lengths;
  });
  return best;
}
