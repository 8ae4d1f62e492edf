import { existsSync, statSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';
import { anchorsOf, codeOf, notebooks, pages, projectRoot, texts, tokensOf } from './pages.ts';

interface Link {
  readonly href: string;
  /** The page or file that it leads to, relative to the project. */
  readonly target: string;
  readonly anchor: string;
}

/** The links and pictures of a page that lead somewhere in this repository. */
function linksOf(page: string): Link[] {
  return tokensOf(page).flatMap((token) => {
    if ((token.type !== 'link' && token.type !== 'image') || /^[a-z]+:/.test(token.href)) return [];
    const href: string = token.href;
    const [path = '', anchor = ''] = href.split('#');
    return [
      {
        href,
        target: path === '' ? page : normalize(join(dirname(page), path)),
        anchor: decodeURIComponent(anchor),
      },
    ];
  });
}

describe.each(texts)('%s', (page) => {
  it('links to what there is', () => {
    const dead = linksOf(page).filter(({ target, anchor }) => {
      if (!existsSync(join(projectRoot, target))) return true;
      return anchor !== '' && !anchorsOf(target).includes(anchor);
    });
    expect(dead.map(({ href }) => href)).toEqual([]);
  });

  it('has one title, and headings that go down one level at a time', () => {
    const levels = tokensOf(page).flatMap((token) =>
      token.type === 'heading' ? [token.depth as number] : [],
    );
    expect(levels.filter((level) => level === 1)).toEqual([1]);
    const jumps = levels.filter((level, index) => level > (levels[index - 1] ?? 0) + 1);
    expect(jumps).toEqual([]);
  });

  it('says what each of its pictures shows', () => {
    const pictures = tokensOf(page).filter(({ type }) => type === 'image');
    expect(pictures.filter((token) => token.type === 'image' && token.text.length < 20)).toEqual([]);
  });
});

it('every page can be reached from the README', () => {
  const reached = new Set(['README.md']);
  for (const page of reached) {
    for (const { target } of linksOf(page)) if (target.endsWith('.md')) reached.add(target);
  }
  expect(pages.filter((page) => !reached.has(page))).toEqual([]);
});

it('the README links to every notebook that it teaches with', () => {
  const linked = linksOf('README.md').map(({ target }) => target);
  for (const link of linked) expect(statSync(join(projectRoot, link))).toBeDefined();
  expect(linked).toContain('notebooks/001.ipynb');
});

/** What a notebook's prose says outside links, headings, code and raw HTML. */
function proseOf(notebook: string): string {
  return tokensOf(notebook)
    .flatMap((token) =>
      token.type === 'paragraph' || (token.type === 'text' && 'tokens' in token)
        ? [(token.raw as string).replace(/!?\[(?:[^[\]]|\[[^\]]*\])*\]\([^)]*\)|`[^`]*`|<[^>]+>/g, '')]
        : [],
    )
    .join('\n');
}

describe.each(texts.filter((path) => path.endsWith('.ipynb')))('%s', (notebook) => {
  it('links to the notebooks and the sections that it names', () => {
    const [own = ''] = /00\d/.exec(notebook) ?? [];
    const named = [...proseOf(notebook).matchAll(/\b(?:00[1-9]|[Ss]ection \d+)\b/g)].map(([name]) => name);
    expect(named.filter((name) => name !== own)).toEqual([]);
  });

  it('links to the files that it names', () => {
    const linked = new Set(
      tokensOf(notebook).flatMap((token) => (token.type === 'link' ? [token.text] : [])),
    );
    const named = codeOf(notebook).inline.filter(
      (code) => /^[\w.-]+(?:\/[\w.-]+)+\.\w+$/.test(code) && existsSync(join(projectRoot, code)),
    );
    expect(named.filter((path) => !linked.has(`\`${path}\``))).toEqual([]);
  });
});

it('the glossary is linked from the notebooks, term by term', () => {
  const terms = new Set(
    notebooks.flatMap((notebook) =>
      linksOf(notebook).flatMap(({ target, anchor }) => (target === 'docs/glossary.md' ? [anchor] : [])),
    ),
  );
  expect(terms.size).toBeGreaterThan(40);
});
