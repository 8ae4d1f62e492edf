import type { BlockStep } from '../words/answer.ts';
import { piecesOf } from '../words/tokens.ts';
import { most, type Segment, type Sentence, segmentsOf, wordsIn } from './segments.ts';

/**
 * Citations: which sentence of a document, or of a search result, the words of an answer come from. Claude gives them
 * where the request asks; here a run of words that stands in a source is taken to come from it.
 */
export interface Citation {
  /** Counted in characters of a document, in its chunks, or in the blocks of a search result. */
  readonly kind: 'character' | 'chunk' | 'result';
  /** Which of the documents, or of the search results. */
  readonly index: number;
  readonly start: number;
  readonly end: number;
  /** The words that are cited. */
  readonly text: string;
  readonly title: string | undefined;
  /** Where a search result is from. */
  readonly source?: string;
}

/** A document, whole or in chunks. With neither it cannot be read. */
export interface CitableDocument {
  readonly isCited: boolean;
  readonly title: string | undefined;
  readonly text?: string | undefined;
  readonly chunks?: readonly string[] | undefined;
}

export interface CitableResult {
  readonly isCited: boolean;
  readonly title: string;
  readonly source: string;
  readonly blocks: readonly string[];
}

/** What a request offers to be cited. */
export interface CitableSources {
  readonly sentences: readonly Sentence<Citation>[];
  /** The same as texts, each of a document or a search result. */
  readonly texts: readonly string[];
}

/** A sentence with the white space behind it; of what has no end for long, a part. It never fails, so it reads once. */
const sentenceOrPart = /[^.!?\n]{1,2000}(?:[.!?]+\s*|\n+)?/g;

/** What can be cited of a request's documents and search results, in their order; `undefined`: nothing. */
export function citableSources(
  documents: readonly CitableDocument[],
  results: readonly CitableResult[],
): CitableSources | undefined {
  const sentences: Sentence<Citation>[] = [];
  const texts: string[] = [];
  let left = most.sources;
  const add = (text: string, citationOf: (start: number, end: number) => Omit<Citation, 'text'>) => {
    texts.push(text);
    for (const match of text.matchAll(sentenceOrPart)) {
      if (sentences.length >= most.sentences || left <= 0) return;
      left -= match[0].length;
      const [sentence] = match;
      const citation = { ...citationOf(match.index, match.index + sentence.length), text: sentence };
      sentences.push({ words: wordsIn(sentence).map(({ word }) => word), citation });
    }
  };
  for (const [index, { isCited, title, text, chunks = [] }] of documents.entries()) {
    if (!isCited) continue;
    for (const [chunk, words] of chunks.entries()) {
      add(words, () => ({ kind: 'chunk', index, start: chunk, end: chunk + 1, title }));
    }
    if (text !== undefined) add(text, (start, end) => ({ kind: 'character', index, start, end, title }));
  }
  for (const [index, { isCited, title, source, blocks }] of results.entries()) {
    if (!isCited) continue;
    for (const [block, words] of blocks.entries()) {
      add(words, () => ({ kind: 'result', index, start: block, end: block + 1, title, source }));
    }
  }
  return sentences.length === 0 ? undefined : { sentences, texts };
}

/** A text in parts, those that come from a source with their citation; without sources it is one part. Pure. */
export function citedParts(text: string, sources: CitableSources | undefined): Segment<Citation>[] {
  return sources === undefined ? [{ text }] : segmentsOf(text, sources.sentences);
}

/** A step of an answer that cites: in front of a text's words, what they come from. */
export type CitingStep =
  | BlockStep
  | { readonly type: 'citation'; readonly index: number; readonly citation: Citation };

/**
 * A function that is called with each step of an answer in order and gives the steps with citations: a text is held until
 * it is whole, and told in parts, each a block of its own. Without sources the steps stay as they are. That the citation
 * comes before the words is as recorded of Converse and Sonnet 5 in 2026 (langchain-aws, test_citations).
 */
export function citingSteps(sources: CitableSources | undefined): (step: BlockStep) => readonly CitingStep[] {
  let held = '';
  let further = 0;
  const told = (first: number): CitingStep[] => {
    const parts = citedParts(held, sources);
    held = '';
    further += parts.length - 1;
    return parts.flatMap(({ text, citation }, position): CitingStep[] => {
      const index = first + position;
      return [
        { type: 'start', index, kind: 'text' },
        ...(citation === undefined ? [] : [{ type: 'citation' as const, index, citation }]),
        ...[...piecesOf(text)].map((piece) => ({
          type: 'delta' as const,
          index,
          kind: 'text' as const,
          piece,
        })),
        { type: 'stop', index, kind: 'text' },
      ];
    });
  };
  return (given) => {
    if (sources === undefined || given.type === 'end') return [given];
    const step = { ...given, index: given.index + further };
    if (!('kind' in step) || step.kind !== 'text') return [step];
    if (step.type === 'stop') return told(step.index);
    if (step.type === 'delta') held += step.piece;
    return [];
  };
}
