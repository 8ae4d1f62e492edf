import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { pull } from '../../src/setup/pull.mjs';

/** A repository with a notebook, and a learner's clone of it. */
function clone() {
  const folder = mkdtempSync(join(tmpdir(), 'pull '));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const [origin, own] = [join(folder, 'origin'), join(folder, 'own')];
  const git = (cwd: string, ...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=x', '-c', 'user.email=x@example.com', ...args], {
      cwd,
      stdio: 'pipe',
    });
  const put = (root: string, files: Readonly<Record<string, string>>) => {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(root, name)), { recursive: true });
      writeFileSync(join(root, name), text);
    }
  };
  const publish = (files: Readonly<Record<string, string>>) => {
    put(origin, files);
    git(origin, 'add', '-A');
    git(origin, 'commit', '-q', '-m', 'Another version');
  };
  mkdirSync(origin);
  git(origin, 'init', '-q', '-b', 'main');
  publish({
    '.gitignore': 'my-notebooks/\n',
    'notebooks/001.ipynb': 'old 001',
    'notebooks/002.ipynb': 'old 002',
    'notebooks/solutions/001.ipynb': 'old solution',
    'lib/x.ts': 'old',
  });
  git(folder, 'clone', '-q', origin, own);
  const read = (name: string) => readFileSync(join(own, name), 'utf8');
  return { own, publish, read, edit: (files: Readonly<Record<string, string>>) => put(own, files), git };
}

const copies = (own: string) =>
  existsSync(join(own, 'my-notebooks')) ? readdirSync(join(own, 'my-notebooks')).sort() : [];

describe('npm run pull', () => {
  it('brings the newest version, and keeps what a learner had in its place', () => {
    const { own, publish, read, edit } = clone();
    edit({ 'notebooks/001.ipynb': 'mine', 'notebooks/002.ipynb': 'mine too', 'notebooks/new.ipynb': 'new' });
    publish({ 'notebooks/001.ipynb': 'new 001', 'lib/x.ts': 'new' });
    const { isNew, text } = pull(own);
    expect(isNew).toBe(true);
    expect(read('notebooks/001.ipynb')).toBe('new 001');
    expect(read('lib/x.ts')).toBe('new');
    const [copy = ''] = copies(own);
    expect(copy).toMatch(/^001-\d{4}-\d\d-\d\d\.ipynb$/);
    expect(text).toContain(`notebooks/001.ipynb as you had it: my-notebooks/${copy}`);
    expect(read(`my-notebooks/${copy}`)).toBe('mine');
    // No newer version takes their place.
    expect(read('notebooks/002.ipynb')).toBe('mine too');
    expect(read('notebooks/new.ipynb')).toBe('new');
    expect(copies(own)).toHaveLength(1);
  });

  it('never writes over what it kept before', () => {
    const { own, publish, read, edit } = clone();
    for (const word of ['first', 'second']) {
      edit({ 'notebooks/001.ipynb': word, 'notebooks/solutions/001.ipynb': `${word} solution` });
      publish({ 'notebooks/001.ipynb': `before ${word}`, 'notebooks/solutions/001.ipynb': `${word} there` });
      pull(own);
    }
    const [first, second, solutions] = copies(own);
    expect([first, second].map((name) => read(`my-notebooks/${name}`)).sort()).toEqual(['first', 'second']);
    expect(solutions).toBe('solutions');
    expect(readdirSync(join(own, 'my-notebooks/solutions'))).toHaveLength(2);
  });

  it('changes nothing where git cannot bring the new version, and says why', () => {
    const { own, publish, read, edit, git } = clone();
    edit({ 'notebooks/001.ipynb': 'mine', 'lib/x.ts': 'my own' });
    rmSync(join(own, 'notebooks/002.ipynb'));
    publish({ 'notebooks/001.ipynb': 'new 001', 'notebooks/002.ipynb': 'new 002', 'lib/x.ts': 'new' });
    expect(() => pull(own)).toThrow(/all is as it was before[\s\S]*Next step: [\s\S]*lib\/x\.ts/);
    expect(read('notebooks/001.ipynb')).toBe('mine');
    expect(existsSync(join(own, 'notebooks/002.ipynb'))).toBe(false);
    expect(read('lib/x.ts')).toBe('my own');
    expect(copies(own)).toEqual([]);
    git(own, 'checkout', '--', 'lib/x.ts');
    expect(pull(own).isNew).toBe(true);
    expect(read('notebooks/002.ipynb')).toBe('new 002');
  });

  it('touches nothing where there is no newer version', () => {
    const { own, read, edit } = clone();
    edit({ 'notebooks/001.ipynb': 'mine' });
    expect(pull(own)).toEqual({ isNew: false, text: 'This is the newest version.' });
    expect(read('notebooks/001.ipynb')).toBe('mine');
    expect(copies(own)).toEqual([]);
  });

  it('refuses a folder that is no clone', () => {
    const folder = mkdtempSync(join(tmpdir(), 'no clone '));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    expect(() => pull(folder)).toThrow('was not made by git clone.\nNext step: ');
  });
});
