import { checkOptions } from '../base/check-input.ts';
import { LibError } from '../base/errors.ts';

export interface SplitOptions {
  /** No piece is longer, in characters as JavaScript counts them. Default 1,200: some 300 tokens of English. */
  readonly maxCharacters?: number;
  /**
   * How much of the end of a piece is at most said again at the beginning of the next, in whole sentences, so that what
   * refers back is understood. Default 150. In Markdown never across a heading.
   */
  readonly overlapCharacters?: number;
  /** Default `markdown`: headings begin a new piece, and code between fences is kept together where it fits. */
  readonly format?: 'markdown' | 'plain';
}

/** A piece of a text: exactly what stands there between `start` and `end`. */
export interface TextPiece {
  readonly text: string;
  /** The headings it stands under, the highest first: a title for it, and worth embedding together with it. */
  readonly headings: readonly string[];
  readonly start: number;
  readonly end: number;
}

/** A part that is not divided any more, with the space behind it. */
interface Span {
  readonly start: number;
  readonly end: number;
}

interface Section extends Span {
  readonly headings: readonly string[];
}

/**
 * Divides a text into pieces to embed: at headings, then between paragraphs, then between sentences, and only within one
 * where a sentence alone is too long. All of the text is in the pieces, but the space between them. Pure.
 *
 * @throws LibError of kind `request` for sizes that cannot be
 * @example
 * const pieces = splitText(await loadTextFile('warranty.md'), { maxCharacters: 800 });
 * const { vectors } = await embed(client, modelId, pieces.map(({ text }) => text));
 */
export function splitText(text: string, options: SplitOptions = {}): TextPiece[] {
  checkOptions('splitText', options);
  const { maxCharacters = 1_200, overlapCharacters = 150, format = 'markdown' } = options;
  if (typeof text !== 'string') throw wrong('splitText: text must be a text', 'Give it a string.');
  if (!Number.isSafeInteger(maxCharacters) || maxCharacters < 20) {
    throw wrong(`maxCharacters is ${maxCharacters}`, 'Give a whole number of 20 or more.');
  }
  const isOverlap = typeof overlapCharacters === 'number' && overlapCharacters >= 0;
  if (!(isOverlap && overlapCharacters <= maxCharacters / 2)) {
    throw wrong(
      `overlapCharacters is ${overlapCharacters}`,
      `Give 0 to ${Math.floor(maxCharacters / 2)}: at most half of maxCharacters.`,
    );
  }
  const sections = format === 'plain' ? [{ start: 0, end: text.length, headings: [] }] : sectionsOf(text);
  return sections.flatMap((section) => {
    const spans = spansOf(text, section, maxCharacters, format === 'markdown');
    return grouped(text, spans, maxCharacters, overlapCharacters).map(({ start, end }) => ({
      text: text.slice(start, end),
      headings: section.headings,
      start,
      end,
    }));
  });
}

/** Puts neighbours together as far as there is room, beginning each time with the end of what was before. */
function grouped(text: string, spans: readonly Span[], most: number, overlap: number): Span[] {
  const pieces: Span[] = [];
  // Where the last text of each span is, or that before it: a space as long as a book is looked through once.
  const ends: number[] = [];
  for (const { start, end } of spans) ends.push(Math.max(trimmedEnd(text, start, end), ends.at(-1) ?? 0));
  const endOf = (index: number, start: number) => Math.max(ends[index] as number, start);
  let first = 0;
  for (let next = 0; next < spans.length; ) {
    const start = (spans[first] as Span).start;
    let end = (spans[next] as Span).end;
    while (next + 1 < spans.length && endOf(next + 1, start) - start <= most) {
      next++;
      end = (spans[next] as Span).end;
    }
    const piece = trimmed(text, start, end);
    if (piece.end > piece.start) pieces.push(piece);
    next++;
    // Back by as many whole spans as the overlap has room for, and as leave room for the next one.
    first = next;
    const following = spans[next];
    while (
      following !== undefined &&
      first > 0 &&
      (spans[first - 1] as Span).start > start &&
      end - (spans[first - 1] as Span).start <= overlap &&
      endOf(next, following.start) - (spans[first - 1] as Span).start <= most
    )
      first--;
  }
  return pieces;
}

/** Divides a section into parts of which none is too long: paragraphs, else sentences, else words, else characters. */
function spansOf(text: string, section: Span, most: number, isMarkdown: boolean): Span[] {
  const paragraphs = isMarkdown ? blocksOf(text, section) : cut(text, section, /\n[^\S\n]*\n\s*/g);
  return paragraphs.flatMap((paragraph) =>
    fits(text, paragraph, most)
      ? // Sentences all the same: the overlap is measured in them. Not in code.
        isFence(text, paragraph)
        ? [paragraph]
        : segmented(text, paragraph, 'sentence')
      : divided(text, paragraph, most),
  );
}

function divided(text: string, span: Span, most: number): Span[] {
  const parts = isFence(text, span) ? cut(text, span, /\n/g) : segmented(text, span, 'sentence');
  return parts.flatMap((part) =>
    fits(text, part, most)
      ? [part]
      : segmented(text, part, 'word').flatMap((word) =>
          fits(text, word, most) ? [word] : inLengths(text, word, most),
        ),
  );
}

/** A word that is too long, such as an encoded picture: never within a character. */
function inLengths(text: string, span: Span, most: number): Span[] {
  const parts: Span[] = [];
  let { start } = span;
  for (const letter of segmented(text, span, 'grapheme')) {
    const end = Math.min(letter.end, span.end);
    if (end - start <= most) continue;
    if (letter.start > start) parts.push({ start, end: letter.start });
    start = letter.start;
    for (; end - start > most; start += most) parts.push({ start, end: start + most });
  }
  return [...parts, { start, end: span.end }];
}

function segmented(
  text: string,
  { start, end }: Span,
  granularity: 'sentence' | 'word' | 'grapheme',
): Span[] {
  const segments = new Intl.Segmenter(undefined, { granularity }).segment(text.slice(start, end));
  return Array.from(segments, ({ index, segment }) => ({
    start: start + index,
    end: start + index + segment.length,
  }));
}

/** Divides behind each match. */
function cut(text: string, { start, end }: Span, separator: RegExp): Span[] {
  const parts: Span[] = [];
  let from = start;
  for (const match of text.slice(start, end).matchAll(separator)) {
    const to = start + match.index + match[0].length;
    parts.push({ start: from, end: to });
    from = to;
  }
  return from < end ? [...parts, { start: from, end }] : parts;
}

const fence = /^ {0,3}(`{3,}|~{3,})/;

function isFence(text: string, { start, end }: Span): boolean {
  return fence.test(text.slice(start, Math.min(end, start + 10)));
}

/** The lines of a text with the fence that is open in each, or that it opens or closes. */
function* linesOf(text: string, { start, end }: Span): Generator<Span & { line: string; inFence: boolean }> {
  let open: string | undefined;
  for (const span of cut(text, { start, end }, /\n/g)) {
    const line = text.slice(span.start, span.end).trimEnd();
    const mark = fence.exec(line)?.[1];
    const before = open;
    if (open === undefined) open = mark;
    else if (mark?.startsWith(open) && line.trim() === mark) open = undefined;
    yield { ...span, line, inFence: before !== undefined || open !== undefined };
  }
}

/** Paragraphs, and code between fences as one block each. */
function blocksOf(text: string, section: Span): Span[] {
  const blocks: Span[] = [];
  let start = section.start;
  let wasBlank = false;
  let wasInFence = false;
  for (const { start: at, line, inFence } of linesOf(text, section)) {
    const begins = inFence ? !wasInFence : wasInFence || (wasBlank && line !== '');
    if (begins && at > start) {
      blocks.push({ start, end: at });
      start = at;
    }
    wasBlank = line === '';
    wasInFence = inFence;
  }
  return start < section.end ? [...blocks, { start, end: section.end }] : blocks;
}

/** A heading that has nothing under it but further headings goes with the next one. */
function sectionsOf(text: string): Section[] {
  const sections: Section[] = [];
  const path: { readonly level: number; readonly title: string }[] = [];
  let start = 0;
  let hasBody = false;
  const titles = () => path.map(({ title }) => title);
  for (const { start: at, line, inFence } of linesOf(text, { start: 0, end: text.length })) {
    const heading = inFence ? null : /^ {0,3}(#{1,6})[ \t]+(.*)$/.exec(line);
    if (heading === null) {
      hasBody ||= line !== '';
      continue;
    }
    if (hasBody) sections.push({ start, end: at, headings: titles() });
    if (hasBody) start = at;
    hasBody = false;
    const level = heading[1]?.length ?? 1;
    while ((path.at(-1)?.level ?? 0) >= level) path.pop();
    path.push({ level, title: withoutClosing(heading[2] ?? '') });
  }
  return [...sections, { start, end: text.length, headings: titles() }];
}

/** A heading may end with a space and `#`. */
function withoutClosing(title: string): string {
  let end = title.length;
  while (title[end - 1] === '#') end--;
  return end < title.length && /[ \t]/.test(title[end - 1] ?? '') ? title.slice(0, end).trimEnd() : title;
}

function fits(text: string, { start, end }: Span, most: number): boolean {
  return trimmedEnd(text, start, end) - start <= most;
}

function trimmedEnd(text: string, start: number, end: number): number {
  return start + text.slice(start, end).trimEnd().length;
}

/** Without space at either end; but the indentation of a first line stays. */
function trimmed(text: string, start: number, end: number): Span {
  const indentation = /^(?:[^\S\n]*\n)*/.exec(text.slice(start, end))?.[0].length ?? 0;
  const from = Math.min(start + indentation, end);
  return { start: from, end: trimmedEnd(text, from, end) };
}

function wrong(message: string, hint: string): LibError {
  return new LibError(message, { kind: 'request', hint });
}
