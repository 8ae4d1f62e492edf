import { describe, expect, it } from 'vitest';
import { defaultPort } from '../../packages/workshop/src/setup/jupyter-server.ts';
import { read } from './pages.ts';

const manifest = JSON.parse(read('package.json'));
const conda = Object.fromEntries(
  [...read('environment.yml').matchAll(/^ {2}- ([a-z]+)=(\S+)$/gm)].map(([, name, version]) => [
    name,
    version,
  ]),
);

describe('the changelog', () => {
  const headings = [...read('CHANGELOG.md').matchAll(/^## (.*)$/gm)].map(([, text = '']) => text);

  it("begins with package.json's version", () => {
    expect(headings[0]).toMatch(new RegExp(`^\\[?${manifest.version.replaceAll('.', '\\.')}\\]?( - |$)`));
  });

  it('says of each version when it came out, or that it has not yet', () => {
    for (const heading of headings)
      expect(heading).toMatch(/^\d+\.\d+\.\d+ - (Unreleased|\d{4}-\d{2}-\d{2})$/);
  });

  it('sorts what has changed under the names of Keep a Changelog', () => {
    const names = ['Added', 'Changed', 'Deprecated', 'Removed', 'Fixed', 'Security'];
    for (const [, name] of read('CHANGELOG.md').matchAll(/^### (.*)$/gm)) expect(names).toContain(name);
  });
});

describe('the dev container', () => {
  const container = JSON.parse(read('.devcontainer/devcontainer.json'));

  it("has the conda environment's Python and Node", () => {
    expect(container.image).toMatch(new RegExp(`/python:(?:\\d+-)?${conda.python}(?:-|$)`));
    const node = Object.entries(container.features).find(([name]) => name.includes('/features/node:'));
    expect(node?.[1]).toEqual({ version: conda.nodejs });
  });

  it("runs a command that package.json has, and forwards JupyterLab's port", () => {
    const script = /^npm run (\S+)$/.exec(container.postCreateCommand)?.[1] ?? '';
    expect(Object.keys(manifest.scripts)).toContain(script);
    expect(container.forwardPorts).toEqual([defaultPort]);
    expect(Object.keys(container.portsAttributes)).toEqual([String(defaultPort)]);
  });

  it('keeps every port private, as it is unless somebody says otherwise', () => {
    expect(JSON.stringify(container)).not.toContain('public');
  });

  it('installs the extensions that VS Code recommends for this folder', () => {
    const { recommendations } = JSON.parse(read('.vscode/extensions.json'));
    expect(container.customizations.vscode.extensions).toEqual(recommendations);
  });
});

describe('the pages agree with what is installed', () => {
  it('on the oldest Node', () => {
    const oldest = /(\d+)/.exec(manifest.engines.node)?.[1];
    expect(read('README.md')).toContain(`Node.js ${oldest} or later`);
    expect(read('docs/other-homes.md')).toContain(`# v${oldest} or later`);
    expect(read('packages/workshop/src/bootstrap.cjs')).toContain(`oldestNode = ${oldest};`);
  });

  it('on the oldest Python', () => {
    const [, major, minor] =
      /oldest = { major: (\d+), minor: (\d+) }/.exec(
        read('packages/workshop/src/setup/virtual-environment.mjs'),
      ) ?? [];
    expect(read('README.md')).toContain(`Python ${major}.${minor} or later`);
    expect(read('docs/other-homes.md')).toContain(`# Python ${major}.${minor} or later`);
  });

  it("on the dev container's Node and Python", () => {
    expect(read('docs/other-homes.md')).toContain(`Node ${conda.nodejs} and Python ${conda.python}`);
  });
});
