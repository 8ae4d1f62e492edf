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

/** What was rendered last: a conversation is opened again and again, and its answers stay the same. */
const rendered = new Map<string, string>();
let renderedCharacters = 0;
const keptCharacters = 8_000_000;

/**
 * A model's Markdown as HTML that holds no script, no attribute of the model's, and loads nothing. The time that it
 * takes grows with the length of the text, whatever that is. Pure.
 *
 * @throws LibError of kind `file` without the package marked, which is optional
 */
export function renderMarkdown(text: string): string {
  const known = rendered.get(text);
  if (known !== undefined) {
    // It is the one that was used last now.
    rendered.delete(text);
    rendered.set(text, known);
    return known;
  }
  const html = withFurigana(withScrolledTables(parse(text)));
  rendered.set(text, html);
  renderedCharacters += text.length + html.length;
  for (const [oldest, of] of rendered) {
    if (renderedCharacters <= keptCharacters || oldest === text) break;
    rendered.delete(oldest);
    renderedCharacters -= oldest.length + of.length;
  }
  return html;
}

/**
 * What would take the parser long is shown as it was written, block by block: it looks at some shapes again from each of
 * their characters. The rest of such a text is still Markdown.
 */
function parse(text: string): string {
  if (isCheap(text)) return parseBlock(text);
  return blocksOf(text)
    .map((block) => {
      const code = codeOf(block);
      if (code !== undefined) return `<pre tabindex="0"><code>${escapeHtml(code)}</code></pre>`;
      return isCheap(block) ? parseBlock(block) : asWritten(block);
    })
    .join('');
}

/** What is nested so deeply that the parser gives up is shown as it was written. */
function parseBlock(text: string): string {
  marked ??= newMarked();
  try {
    return marked.parse(text) as string;
  } catch {
    return asWritten(text);
  }
}

function asWritten(text: string): string {
  return `<p>${escapeHtml(text.trim()).replaceAll('\n', '<br>')}</p>\n`;
}

/** What is in a block that is one fence; `undefined` for another one. */
function codeOf(block: string): string | undefined {
  const lines = block.split('\n');
  const isInCode = createFence();
  if (!isInCode(lines[0] ?? '') || !lines.slice(1).every(isInCode)) return undefined;
  while (lines.at(-1)?.trim() === '') lines.pop();
  const isClosed = /^ {0,3}(?:`{3,}|~{3,})\s*$/.test(lines.at(-1) ?? '');
  return lines.slice(1, isClosed ? -1 : undefined).join('\n');
}

/** What the parser can take as it is: more of it would cost more than its length. */
const most = {
  characters: 20_000,
  delimiters: 200,
  containers: 8,
  indent: 40,
  cells: 10_000,
  definitions: 50,
};

/** Begins a line that stands for itself within a block: of a list, a table, a heading, a quotation. */
const ownLine = /^\s*(?:[-+*|#>]|\d{1,9}[.)])/;
const containers = /^(?:\s*(?:[>+*-]|\d{1,9}[.)]))+/;
const rule = /^ {0,3}([-*_])(?:[ \t]*\1)+[ \t]*$/;

function isCheap(text: string): boolean {
  if (text.length > most.characters) return false;
  const isInCode = createFence();
  let [delimiters, columns, rows, definitions] = [0, 0, 0, 0];
  for (const line of text.split('\n')) {
    if (isInCode(line)) continue;
    if (line.trim() === '' || ownLine.test(line)) delimiters = 0;
    delimiters += count(line, /[*_~[\]<>`!]/g);
    const nested = rule.test(line) ? 0 : count(containers.exec(line)?.[0] ?? '', /[>+*-]|\d+/g);
    const pipes = count(line, /\|/g);
    if (pipes > 0) [columns, rows] = [Math.max(columns, pipes + 1), rows + 1];
    if (/^\s*\[/.test(line)) definitions++;
    const isDear =
      delimiters > most.delimiters ||
      nested > most.containers ||
      line.search(/\S/) > most.indent ||
      columns * rows > most.cells ||
      definitions > most.definitions;
    if (isDear) return false;
  }
  return true;
}

function count(text: string, what: RegExp): number {
  return text.match(what)?.length ?? 0;
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

/** A block ends at a blank line that is not inside of a fence. Each line is looked at once. */
export function createFinishedBlocks(): FinishedBlocks {
  /** Whole lines that wait for the end of their block, and the last line as far as it has come. */
  let lines: string[] = [];
  let line = '';
  let isInCode = createFence();
  return {
    add(piece) {
      line += piece;
      if (!piece.includes('\n')) return '';
      const whole = line.split(/(?<=\n)/);
      line = whole.at(-1)?.endsWith('\n') ? '' : (whole.pop() ?? '');
      let finished = '';
      for (const each of whole) {
        lines.push(each);
        if (isInCode(each) || each.trim() !== '') continue;
        finished += lines.join('');
        lines = [];
      }
      return finished;
    },
    rest() {
      const left = lines.join('') + line;
      lines = [];
      line = '';
      isInCode = createFence();
      return left;
    },
  };
}

/** The blocks of a text. Pure. */
function blocksOf(text: string): string[] {
  const blocks: string[] = [''];
  const isInCode = createFence();
  let wasInCode = false;
  for (const line of text.split(/(?<=\n)/)) {
    const isCode = isInCode(line);
    // A fence is a block of its own, also without a blank line before it.
    if ((isCode && !wasInCode) || (!isCode && line.trim() === '')) blocks.push('');
    blocks.push(`${blocks.pop() ?? ''}${line}`);
    if (wasInCode && !isCode) blocks.push('');
    wasInCode = isCode;
  }
  return blocks.filter((block) => block.trim() !== '');
}

/** Told the lines one by one, whether each is part of a fence: its first and its last line are, too. */
function createFence(): (line: string) => boolean {
  let fence: string | undefined;
  return (line) => {
    const mark = /^ {0,3}(`{3,}(?!.*`)|~{3,})/.exec(line)?.[1];
    if (fence === undefined) {
      fence = mark;
      return mark !== undefined;
    }
    const isEnd = mark?.startsWith(fence) && line.trim() === mark;
    if (isEnd) fence = undefined;
    return true;
  };
}
