import { globSync } from 'node:fs';
import { type Tokens, walkTokens } from 'marked';
import { describe, expect, it } from 'vitest';
import { cases, codes } from '../lib/base/aws-error-cases.ts';
import { projectRoot, read, tokensOf } from './pages.ts';

const table = tokensOf('README.md').find(
  (token): token is Tokens.Table => token.type === 'table' && token.raw.startsWith('| Text |'),
);

/** What stands between backticks in the table's first column. */
const texts = (table?.rows ?? []).flatMap(([cell]) => {
  const found: string[] = [];
  walkTokens(cell?.tokens ?? [], (token) => {
    if (token.type === 'codespan') found.push(token.text);
  });
  return found;
});

/** Where a text can come from: the product itself, and AWS's own words, which the tests of the hints hold. */
const product = globSync('{lib,packages}/**/*.{ts,mjs}', {
  cwd: projectRoot,
  exclude: ['**/node_modules/**', '**/test/**'],
}).map(read);
const sources = [...product, ...cases.map(([, text]) => text), ...codes.map(([, text]) => text)];

/** Texts of Node, Jupyter and the kernel, which nobody here writes. */
const foreign = ['Cannot find module', 'Cannot find name', 'No such file or directory', 'Kernel'];

describe('the troubleshooting table', () => {
  it('is there', () => {
    expect(texts.length).toBeGreaterThan(20);
  });

  it.each(texts)('lists a text that people can meet: %s', (text) => {
    if (foreign.some((start) => text.startsWith(start))) return;
    // A text with a gap in it is met in pieces.
    const pieces = text
      .split(/\.\.\/\S*|\[?(?:…|\.\.\.)\]?|\{\{|\}\}/)
      .map((piece) => piece.trim())
      .filter((piece) => piece.length > 3);
    expect(pieces).not.toEqual([]);
    for (const piece of pieces)
      expect(
        sources.some((source) => source.includes(piece)),
        piece,
      ).toBe(true);
  });
});
