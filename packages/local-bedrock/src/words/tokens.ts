import type { Block, ModelRequest, Tool } from '../invoke/family.ts';

/**
 * The endpoint's one tokenizer. Every model has its own, and none is public for these, so this is an ESTIMATE: a word
 * of up to six letters, a number of up to three digits or a punctuation mark is one token, with the space before it;
 * longer words are several, and each Chinese or Japanese character is one. English prose comes to about four
 * characters a token. Usage and the cut at the token limit both follow it, so they always agree.
 */
const piece =
  / ?[A-Za-z]{1,6}| ?[0-9]{1,3}|[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]| ?[\p{L}\p{M}]{1,3}| ?[^\s\p{L}\p{M}\p{N}]|[ \t]+|\s+|./gsu;

/** The text's tokens, in order; put together they are the text. */
export function* tokensOf(text: string): Iterable<string> {
  for (const match of text.matchAll(piece)) yield match[0];
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
  // Several times as fast as iterating over the matches; a failed `test` leaves the expression at its start.
  piece.lastIndex = 0;
  let count = 0;
  while (piece.test(text)) count += 1;
  return count;
}

/** The first `limit` tokens of a text, how many that are, and whether anything was left out. */
export function cutToTokens(text: string, limit: number): { text: string; tokens: number; wasCut: boolean } {
  piece.lastIndex = 0;
  let tokens = 0;
  let end = 0;
  while (piece.test(text)) {
    if (tokens === limit) {
      piece.lastIndex = 0;
      return { text: text.slice(0, end), tokens, wasCut: true };
    }
    tokens += 1;
    end = piece.lastIndex;
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
  }
}

function countJson(value: unknown): number {
  return countTokens(JSON.stringify(value) ?? '');
}
