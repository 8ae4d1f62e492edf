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
  const pip = read('packages/workshop/src/requirements.txt').trim().split('\n');
  for (const requirement of pip) {
    const [name, version] = requirement.split('==');
    expect([name, conda.get(name)]).toEqual([name, version]);
  }
  expect([...conda.keys()].sort()).toEqual(['jupyterlab', 'nodejs', 'python']);
  const node = JSON.parse(read('package.json')).devDependencies.node as string;
  expect(node.split('.')[0]).toBe(conda.get('nodejs'));
});
