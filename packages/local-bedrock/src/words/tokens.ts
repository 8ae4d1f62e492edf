import type { Block, ModelRequest, Tool } from '../invoke/family.ts';

/**
 * The endpoint's one tokenizer. Every model has its own, and none is public for these, so this is an ESTIMATE: a word
 * of up to six letters, a number of up to three digits or a punctuation mark is one token, with the space before it;
 * longer words are several, and each Chinese or Japanese character is one. English prose comes to about four
 * characters a token. Usage and the cut at the token limit both follow it, so they always agree.
 *
 * This gives where the token that begins at `at` ends. It goes by the kinds of characters and not by a pattern: a text of
 * marks alone then costs little more than one of words.
 */
function tokenEnd(text: string, at: number): number {
  const first = kindAt(text, at);
  const hasSpace = text.charCodeAt(at) === 32;
  const start = hasSpace ? at + 1 : at;
  const kind = hasSpace ? kindAt(text, start) : first;
  if (kind === latin || kind === digit) {
    const end = Math.min(text.length, start + (kind === latin ? 6 : 3));
    let next = start + 1;
    while (next < end && kindAt(text, next) === kind) next += 1;
    return next;
  }
  if (kind === mark || (kind === sign && !hasSpace)) return after(text, start);
  if (kind === letter || kind === sign) {
    let next = start;
    for (let letters = 0; letters < 3 && isLetter(kindAt(text, next)); letters += 1) next = after(text, next);
    return next;
  }
  if (first !== blank && first !== space) return after(text, at);
  const run = first === blank ? blanks : spaces;
  run.lastIndex = at;
  run.test(text);
  return run.lastIndex;
}

/** Of a long run of blanks so many are a token. */
const blanks = /[ \t]{1,16}/y;
const spaces = /\s{1,16}/y;

/** What a character is to the tokenizer: `blank` is a space or a tab, `sign` a Chinese or Japanese character. */
const [none, latin, digit, sign, letter, mark, blank, space, number] = [0, 1, 2, 3, 4, 5, 6, 7, 8] as const;
type Kind =
  | typeof none
  | typeof latin
  | typeof digit
  | typeof sign
  | typeof letter
  | typeof mark
  | typeof blank
  | typeof space
  | typeof number;

const patterns: readonly (readonly [Kind, RegExp])[] = [
  [latin, /[A-Za-z]/],
  [digit, /[0-9]/],
  [sign, /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u],
  [letter, /[\p{L}\p{M}]/u],
  [blank, /[ \t]/],
  [space, /\s/u],
  [number, /\p{N}/u],
];
/** The kinds that were asked for before, by code point. */
const kinds = new Uint8Array(0x110000);

function kindAt(text: string, at: number): Kind {
  const code = text.codePointAt(at);
  if (code === undefined) return none;
  const known = kinds[code] as Kind;
  if (known !== none) return known;
  const character = String.fromCodePoint(code);
  const kind = patterns.find(([, pattern]) => pattern.test(character))?.[0] ?? mark;
  kinds[code] = kind;
  return kind;
}

function isLetter(kind: Kind): boolean {
  return kind === latin || kind === letter || kind === sign;
}

function after(text: string, at: number): number {
  return at + ((text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1);
}

/** The text's tokens, in order; put together they are the text. */
export function* tokensOf(text: string): Iterable<string> {
  for (let at = 0; at < text.length; ) {
    const end = tokenEnd(text, at);
    yield text.slice(at, end);
    at = end;
  }
}

/** Tokens in a piece of a stream: about 13 characters of English, the median of recorded streams. */
const tokensAPiece = 3;

/** A text in the pieces of a stream. */
export function* piecesOf(text: string): Iterable<string> {
  let piece = '';
  let tokens = 0;
  for (const token of tokensOf(text)) {
    piece += token;
    tokens += 1;
    if (tokens === tokensAPiece) {
      yield piece;
      piece = '';
      tokens = 0;
    }
  }
  if (piece !== '') yield piece;
}

/** How many tokens the text is. */
export function countTokens(text: string): number {
  let count = 0;
  for (let at = 0; at < text.length; at = tokenEnd(text, at)) count += 1;
  return count;
}

/** The first `limit` tokens of a text, how many that are, and whether anything was left out. */
export function cutToTokens(text: string, limit: number): { text: string; tokens: number; wasCut: boolean } {
  let tokens = 0;
  for (let at = 0; at < text.length; at = tokenEnd(text, at)) {
    if (tokens === limit) return { text: text.slice(0, at), tokens, wasCut: true };
    tokens += 1;
  }
  return { text, tokens, wasCut: false };
}

/** Around each tool, for the words that tell the model how to call it. Claude takes some 300 for the first. */
const tokensAroundTool = 12;

/**
 * How many tokens a whole request is: its system prompt, everything in its turns, and its tools with their schemas.
 * The one place where input is counted: `usage`, the token headers and CountTokens all come from it. A model adds a
 * few tokens of its own around each turn; this adds none.
 */
export function countRequest({ system, turns, tools = [], answerSchema }: ModelRequest): number {
  let count = countTokens(system);
  for (const { text, blocks } of turns) {
    if (blocks === undefined) count += countTokens(text);
    else for (const block of blocks) count += countBlock(block);
  }
  for (const tool of tools) count += countTool(tool);
  return answerSchema === undefined ? count : count + countJson(answerSchema);
}

/** How many tokens a tool is, with its schema. */
export function countTool({ name, description, schema }: Tool): number {
  return tokensAroundTool + countTokens(name) + countTokens(description) + countJson(schema);
}

/** How many tokens a part of a turn or of an answer is. */
export function countBlock(block: Block): number {
  switch (block.type) {
    case 'text':
    case 'reasoning':
    case 'toolResult':
      return countTokens(block.text);
    case 'toolUse':
      return countTokens(block.name) + countJson(block.input);
    case 'media':
      return block.tokens;
    case 'redacted':
      return countTokens(block.data);
    case 'serverToolUse':
      return countTokens(block.name) + countJson(block.input);
    case 'serverToolResult':
      return countJson(block.content);
  }
}

function countJson(value: unknown): number {
  return countTokens(JSON.stringify(value) ?? '');
}
