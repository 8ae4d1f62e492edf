import { globSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { describe, expect, it } from 'vitest';

const projectRoot = join(import.meta.dirname, '..', '..');

/** What each package may import of ours. Nothing imports the workshop. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  'packages/bedrock-models': [],
  'packages/local-bedrock': ['bedrock-models'],
  'packages/kernel': [],
  lib: ['bedrock-models', 'local-bedrock'],
  'packages/workshop': ['bedrock-models', 'local-bedrock', 'typescript-kernel', 'lib'],
};
const names = ['bedrock-models', 'local-bedrock', 'typescript-kernel', 'lib', 'workshop'];

/** Every relative or own import of a package's sources: `from`, `import()` and `require()`, types included. */
function importsOf(folder: string): readonly { readonly file: string; readonly target: string }[] {
  const pattern = folder === 'lib' ? 'lib/**/*.{ts,cjs,js}' : `${folder}/src/**/*.{ts,mjs}`;
  return globSync(pattern, { cwd: projectRoot, exclude: ['**/node_modules/**'] }).flatMap((name) => {
    const file = name.replaceAll('\\', '/');
    const source = readFileSync(join(projectRoot, file), 'utf8').replaceAll(
      /^\s*\/\/.*$|\/\*[\s\S]*?\*\//gm,
      '',
    );
    const found = source.matchAll(/(?:\bfrom|\bimport|\bimport\(|\brequire\()\s*['"]([^'"\n]+)['"]/g);
    return [...found].map(([, specifier = '']) => ({
      file,
      target: specifier.startsWith('.') ? posix.join(posix.dirname(file), specifier) : specifier,
    }));
  });
}

describe.each(Object.entries(mayImport))('%s', (folder, allowed) => {
  it('imports only from the packages below it, by their names', () => {
    const wrong = importsOf(folder).filter(({ target }) => {
      if (target.startsWith('lib/') && folder === 'lib') return false;
      const name = names.find((each) => target === each || target.startsWith(`${each}/`));
      if (name !== undefined) return !allowed.includes(name);
      return /^(lib|packages|test|notebooks|prompts|\.\.)\//.test(target) && !target.startsWith(`${folder}/`);
    });
    expect(wrong).toEqual([]);
  });
});

describe('lib', () => {
  it('is the only one of its files that knows the local endpoint: the name it had before', () => {
    const users = importsOf('lib').filter(({ target }) => target === 'local-bedrock');
    expect(users.map(({ file }) => file)).toEqual(['lib/local-bedrock.ts']);
  });

  it('has no folder in a cycle with another', () => {
    const folderOf = (path: string) => /^lib\/([^/]+)\//.exec(path)?.[1];
    const below = new Map<string, Set<string>>();
    for (const { file, target } of importsOf('lib')) {
      const [from, to] = [folderOf(file), folderOf(target)];
      if (from === undefined || to === undefined || from === to) continue;
      below.set(from, (below.get(from) ?? new Set()).add(to));
    }
    const cycles: string[] = [];
    const follow = (folder: string, path: readonly string[]): void => {
      if (path.includes(folder)) cycles.push([...path.slice(path.indexOf(folder)), folder].join(' → '));
      else for (const next of below.get(folder) ?? []) follow(next, [...path, folder]);
    };
    for (const folder of below.keys()) follow(folder, []);
    expect([...new Set(cycles)].slice(0, 5)).toEqual([]);
    expect(below.size).toBeGreaterThan(8);
  });
});
