import { existsSync, globSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { joinLines, readNotebook } from '../../packages/workshop/src/notebook-file.ts';
import { codeOf, notebooks, projectRoot, read, texts, tokensOf } from './pages.ts';

const folders = [
  'lib',
  'packages',
  'notebooks',
  'docs',
  'test',
  'prompts',
  'studio',
  '.devcontainer',
  '.github',
  '.ci',
];
/** A path into the repository: `lib/models/roles.ts`, `notebooks/solutions`, `packages/kernel/`. */
const isPath = (text: string) =>
  folders.some((folder) => text.startsWith(`${folder}/`)) && !/[\s()'"]/.test(text);

/** What can be imported of `lib`, such as `lib/local-bedrock`. */
const { exports: entries } = JSON.parse(read('lib/package.json')) as { exports: object };

/** Whether there is such a file, or such an entry of `lib`; `<maker>` stands for any name. */
function exists(path: string): boolean {
  const pattern = path.replace(/<[^>]+>/g, '*').replace(/\/$/, '');
  if (pattern.includes('*')) return globSync(pattern, { cwd: projectRoot }).length > 0;
  return existsSync(join(projectRoot, pattern)) || Object.hasOwn(entries, pattern.replace(/^lib/, '.'));
}

describe.each(texts)('%s', (page) => {
  it('names files that there are', () => {
    const { inline } = codeOf(page);
    const paths = inline.filter(isPath);
    expect(paths.filter((path) => !exists(path))).toEqual([]);
  });
});

it.each(texts.filter((path) => path.endsWith('.ipynb')))(
  '%s can be read without scrolling sideways',
  (path) => {
    const long = readNotebook(join(projectRoot, path))
      .cells.filter(({ cell_type }) => cell_type === 'code')
      .flatMap(({ source }) => joinLines(source).split('\n'))
      .filter((line) => line.length > 100);
    expect(long).toEqual([]);
  },
);

it.each(texts.filter((path) => path.endsWith('.ipynb')))(
  '%s has no two dollar signs between which JupyterLab would see a formula',
  (path) => {
    const formulas = readNotebook(join(projectRoot, path))
      .cells.filter(({ cell_type }) => cell_type === 'markdown')
      .flatMap(({ source }) =>
        joinLines(source)
          .replace(/```[\s\S]*?```|`[^`\n]*`/g, '')
          .split(/\n{2,}/),
      )
      .filter((block) => /(?<!\\)\$[^$]+(?<!\\)\$/.test(block));
    expect(formulas).toEqual([]);
  },
);

it("the README's table has a row for every folder of lib, and for every package", () => {
  const folders = globSync(['lib/*/', 'packages/*/'], { cwd: projectRoot })
    .map((path) => path.replaceAll('\\', '/').replace(/\/$/, ''))
    .filter((path) => !path.endsWith('/node_modules'));
  const named = codeOf('README.md').inline;
  expect(folders.filter((folder) => !named.some((path) => path.startsWith(`${folder}/`)))).toEqual([]);
});

describe.each(notebooks)('%s', (notebook) => {
  const number = notebook.replace(/\D/g, '');

  it("has a row in the README's table, and a place in the form for bugs", () => {
    const table = tokensOf('README.md').find(
      (token) => token.type === 'table' && token.raw.includes('(notebooks/001.ipynb)'),
    );
    expect(table?.raw).toContain(`[${number} `);
    expect(table?.raw).toContain(`(${notebook})`);
    expect(read('.github/ISSUE_TEMPLATE/bug.yml')).toContain(`- ${notebook}\n`);
  });

  it('has solutions, when it has exercises', () => {
    const hasExercises = read(notebook).includes('await checkExercise(');
    expect(hasExercises && !existsSync(join(projectRoot, `notebooks/solutions/${number}.ipynb`))).toBe(false);
  });

  it('says where it stands among all notebooks', () => {
    const first = JSON.parse(read(notebook)).cells[0].source.join('') as string;
    const place = /^Where we are: (.*)$/m.exec(first)?.[1] ?? '';
    expect(place).toContain(`**${number} `);
    for (const other of notebooks) expect(place).toContain(other.replace(/\D/g, ''));
  });
});
