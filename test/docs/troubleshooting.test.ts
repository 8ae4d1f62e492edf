import { globSync } from 'node:fs';
import { type Tokens, walkTokens } from 'marked';
import { describe, expect, it } from 'vitest';
import { errorKinds } from '../../lib/base/errors.ts';
import { helpTopics } from '../../packages/kernel/src/hooks.ts';
import { bedrockHooks } from '../../packages/workshop/src/kernel/bedrock-hooks.ts';
import { cases, codes } from '../lib/base/aws-error-cases.ts';
import { anchorsOf, projectRoot, read, tokensOf } from './pages.ts';

/** The page that errors name. */
const page = bedrockHooks(async () => {}).helpPage ?? '';

const rows = tokensOf(page).flatMap((token) =>
  token.type === 'table' && token.raw.startsWith('| Text |') ? (token as Tokens.Table).rows : [],
);

/** What stands between backticks in the first column of its tables. */
const texts = rows.flatMap(([cell]) => {
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

describe('the page on troubleshooting', () => {
  it('has one section for each kind of error, and for each thing that the kernel says itself', () => {
    const sections = tokensOf(page).flatMap((token) =>
      token.type === 'heading' && token.depth === 3 ? [token.text] : [],
    );
    expect(sections.sort()).toEqual([...errorKinds, ...helpTopics].sort());
    // The name is the address: a section above them with the same name would take it.
    for (const section of sections) expect(anchorsOf(page)).toContain(section);
  });

  it('has tables of texts', () => {
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
