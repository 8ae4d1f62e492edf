import { createRequire } from 'node:module';
import type { Marked, Tokens } from 'marked';
import { escapeHtml } from '../base/escape-html.ts';
import { notInstalled } from '../base/not-installed.ts';

/** Addresses that a link may have: no script, no file, nothing relative to the page. */
const safeAddress = /^(?:https?:\/\/|mailto:)[^\s"'<>]+$/i;

let marked: Marked | undefined;

function newMarked(): Marked {
  const { Marked } = loadMarked();
  return new Marked({
    async: false,
    gfm: true,
    // Models end lines as people do in a chat.
    breaks: true,
    renderer: {
      // A model's HTML is text: it is shown, never run.
      html: ({ text }: Tokens.HTML | Tokens.Tag) => escapeHtml(text),
      // A picture would tell its server what was said.
      image: ({ text, href }) => `${escapeHtml(text)} (${escapeHtml(href)})`,
      link({ href, tokens }) {
        const inside = this.parser.parseInline(tokens);
        if (!safeAddress.test(href)) return inside;
        return `<a href="${escapeHtml(href)}" target="_blank" rel="noopener noreferrer">${inside}</a>`;
      },
      code: ({ text }) => `<pre tabindex="0"><code>${escapeHtml(text)}</code></pre>`,
      checkbox: ({ checked }) => (checked ? '☑ ' : '☐ '),
    },
  });
}

/** An optional package, loaded when first used. Bundlers follow a plain `require`, which only their output has. */
function loadMarked(): typeof import('marked') {
  try {
    return typeof require === 'function' ? require('marked') : createRequire(import.meta.url)('marked');
  } catch (cause) {
    return notInstalled('marked', 'Markdown')(cause);
  }
}

/**
 * A model's Markdown as HTML that holds no script, no attribute of the model's, and loads nothing. Pure.
 *
 * @throws LibError of kind `file` without the package marked, which is optional
 */
export function renderMarkdown(text: string): string {
  return withFurigana(withScrolledTables(parse(text)));
}

/** What is nested so deeply that the parser gives up is shown as it was written. Pure. */
function parse(text: string): string {
  marked ??= newMarked();
  try {
    return marked.parse(text) as string;
  } catch {
    return `<p>${escapeHtml(text).replaceAll('\n', '<br>')}</p>\n`;
  }
}

/** A wide table is scrolled by itself, with the keyboard too. The tags are the renderer's: a model's are escaped. Pure. */
function withScrolledTables(html: string): string {
  return html
    .replaceAll('<table>', '<div class="wide" role="group" aria-label="Table" tabindex="0"><table>')
    .replaceAll('</table>', '</table></div>');
}

/**
 * A word that begins with Han characters, and its reading in brackets: `食べ物（たべもの）`, `日本[にほん]`. Behind the
 * reading more may follow: `飲む (のむ, nomu)`. All have an end: a long text without brackets must not be searched again from each of its characters.
 */
const annotated =
  /(?<word>[\p{Script=Han}々〆ヶ][\p{Script=Han}々〆ヶ\p{Script=Hiragana}\p{Script=Katakana}ー]{0,11})\s?(?:[(（](?<round>[\p{Script=Hiragana}\p{Script=Katakana}ー]{1,24})(?:\s?[,、，/／・;；]\s?(?<more>[^()（）]{1,60}))?[)）]|[[［](?<square>[\p{Script=Hiragana}\p{Script=Katakana}ー]{1,24})[\]］])/gu;
const hanRuns = /([\p{Script=Han}々〆ヶ]+)/u;

/**
 * HTML with readings above the Han characters they belong to, in texts only: not inside tags, and not in code.
 * `食べる (たべる)` gives the reading た to 食, and leaves べる as it is. Pure.
 */
export function withFurigana(html: string): string {
  const parts = html.split(/(<pre[\s\S]*?<\/pre>|<code>[\s\S]*?<\/code>|<[^>]*>)/);
  return parts.map((part) => (part.startsWith('<') ? part : annotate(part))).join('');
}

interface Annotated {
  readonly word: string;
  readonly round?: string;
  readonly square?: string;
  /** What stands behind the reading. */
  readonly more?: string;
}

function annotate(text: string): string {
  return text.replace(annotated, (whole, ...rest) => {
    const { word, round, square, more } = rest.at(-1) as Annotated;
    const behind = more === undefined ? '' : ` (${more})`;
    const reading = round ?? square ?? '';
    // A particle may stand in front: the longest end of the word that the reading fits is the one it belongs to.
    for (const start of hanStarts(word)) {
      const ruby = rubyOf(word.slice(start), reading);
      if (ruby !== undefined) return word.slice(0, start) + ruby + behind;
    }
    return whole;
  });
}

/** Where runs of Han characters begin, the first one first. Pure. */
function hanStarts(word: string): number[] {
  const pieces = word.split(hanRuns);
  let place = 0;
  return pieces.flatMap((piece, index) => {
    const start = place;
    place += piece.length;
    return index % 2 === 1 ? [start] : [];
  });
}

/** The word as ruby; `undefined` when the reading is not one of it, as its kana tell. Pure. */
function rubyOf(word: string, reading: string): string | undefined {
  const pieces = word.split(hanRuns).filter((piece) => piece !== '');
  // A Han character is read as one kana at least.
  const pattern = pieces.map((piece) => (hanRuns.test(piece) ? `(.{${[...piece].length},}?)` : `(${piece})`));
  const found = new RegExp(`^${pattern.join('')}$`, 'u').exec(reading);
  if (found === null) return undefined;
  const marked = pieces.map((piece, index) =>
    hanRuns.test(piece) ? `${piece}<rp>(</rp><rt>${found[index + 1]}</rt><rp>)</rp>` : piece,
  );
  return marked.map((piece) => (piece.includes('<rt>') ? `<ruby lang="ja">${piece}</ruby>` : piece)).join('');
}

/** Cuts text that comes in pieces where a block of Markdown has ended, so that it can be shown as what it is. */
export interface FinishedBlocks {
  /** Takes the next piece, and gives the blocks that have ended with it; empty when none has. */
  add(piece: string): string;
  /** Gives what is left, finished or not, and begins anew. */
  rest(): string;
}

/** A block ends at a blank line that is not inside of a fence. */
export function createFinishedBlocks(): FinishedBlocks {
  let waiting = '';
  return {
    add(piece) {
      waiting += piece;
      if (!piece.includes('\n')) return '';
      const end = endOfBlocks(waiting);
      const finished = waiting.slice(0, end);
      waiting = waiting.slice(end);
      return finished;
    },
    rest() {
      const left = waiting;
      waiting = '';
      return left;
    },
  };
}

/** Where the last finished block of a text ends. Pure. */
function endOfBlocks(text: string): number {
  let end = 0;
  let place = 0;
  let fence: string | undefined;
  for (const line of text.split(/(?<=\n)/)) {
    place += line.length;
    const mark = /^ {0,3}(`{3,}|~{3,})/.exec(line)?.[1];
    if (fence === undefined) fence = mark;
    else if (mark?.startsWith(fence) && line.trim() === mark) fence = undefined;
    if (fence === undefined && line.endsWith('\n') && line.trim() === '') end = place;
  }
  return end;
}
