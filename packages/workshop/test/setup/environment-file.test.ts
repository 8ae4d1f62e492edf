import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const root = join(import.meta.dirname, '..', '..', '..', '..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');

it('conda and pip install the same JupyterLab, conda and npm the same Node', () => {
  const conda = new Map(
    [...read('environment.yml').matchAll(/^ {2}- ([a-z]+)=(\S+)$/gm)].map(([, name, version]) => [
      name,
      version,
    ]),
  );
  const pip = pinned();
  expect(pip.get('jupyterlab')).toBe(conda.get('jupyterlab'));
  expect([...conda.keys()].sort()).toEqual(['jupyterlab', 'nodejs', 'python']);
  const node = JSON.parse(read('package.json')).devDependencies.node as string;
  expect(node.split('.')[0]).toBe(conda.get('nodejs'));
});

/** Each package of requirements.txt with its version. */
function pinned(): Map<string, string> {
  const entries = read('packages/workshop/src/requirements.txt').matchAll(/^([a-z0-9._-]+)==([^ ;]+)/gm);
  return new Map([...entries].map(([, name = '', version = '']) => [name, version]));
}

it('every Python package has one version, and the hashes of its files', () => {
  const text = read('packages/workshop/src/requirements.txt');
  const entries = text.trim().split(/\n(?! )/);
  expect(entries.length).toBeGreaterThan(50);
  for (const entry of entries)
    expect(entry).toMatch(/^[a-z0-9._-]+==\S+(?: ; [^\n]+)? \\\n {4}--hash=sha256:[0-9a-f]{64}/);
});
