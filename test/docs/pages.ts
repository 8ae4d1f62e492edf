import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { lexer, type Token, walkTokens } from 'marked';
import { joinLines, readNotebook } from '../../packages/workshop/src/notebook-file.ts';

export const projectRoot = join(import.meta.dirname, '..', '..');
export const read = (path: string): string => readFileSync(join(projectRoot, path), 'utf8');

/** Every page that a person reads, relative to the project. */
export const pages: readonly string[] = globSync(
  ['*.md', 'docs/**/*.md', '{lib,packages}/**/*.md', '.github/**/*.md'],
  {
    cwd: projectRoot,
    exclude: ['**/node_modules/**'],
  },
).sort();

/** The notebooks that the workshop teaches with, such as `notebooks/001.ipynb`. */
export const notebooks: readonly string[] = globSync('notebooks/*.ipynb', { cwd: projectRoot }).sort();

/** Pages and notebooks, solutions included: whatever has words for people. */
export const texts: readonly string[] = [
  ...pages,
  ...globSync('notebooks/**/*.ipynb', { cwd: projectRoot, exclude: ['**/.ipynb_checkpoints/**'] }).sort(),
];

/** The Markdown of a page, or of a notebook's cells. */
function markdownOf(path: string): string {
  if (!path.endsWith('.ipynb')) return read(path);
  const cells = readNotebook(join(projectRoot, path)).cells.filter(
    ({ cell_type }) => cell_type === 'markdown',
  );
  return cells.map(({ source }) => joinLines(source)).join('\n\n');
}

/** All the tokens of a page or a notebook, those inside lists and tables included. */
export function tokensOf(page: string): readonly Token[] {
  const found: Token[] = [];
  walkTokens(lexer(markdownOf(page)), (token) => {
    found.push(token);
  });
  return found;
}

/** The names of a page's headings as GitHub writes them into addresses; of a notebook's, as JupyterLab does. */
export function anchorsOf(page: string): readonly string[] {
  if (page.endsWith('.ipynb')) {
    return tokensOf(page).flatMap((token) =>
      token.type === 'heading' ? [plainText(token.text).replaceAll(' ', '-')] : [],
    );
  }
  const seen = new Map<string, number>();
  return tokensOf(page).flatMap((token) => {
    if (token.type !== 'heading') return [];
    const name = plainText(token.text)
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-');
    const times = seen.get(name) ?? 0;
    seen.set(name, times + 1);
    return [times === 0 ? name : `${name}-${times}`];
  });
}

/** A heading's text without the marks of links, code and emphasis. */
function plainText(markdown: string): string {
  return markdown.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').replace(/[`*]/g, '');
}

/** What stands between backticks in a page's sentences, and the lines of its shell examples. */
export function codeOf(page: string): {
  readonly inline: readonly string[];
  readonly shell: readonly string[];
} {
  const tokens = tokensOf(page);
  return {
    inline: tokens.flatMap((token) => (token.type === 'codespan' ? [token.text as string] : [])),
    shell: tokens.flatMap((token) =>
      token.type === 'code' && token.lang === 'sh'
        ? (token.text as string).split('\n').map((line) => line.replace(/\s+#.*$/, ''))
        : [],
    ),
  };
}
