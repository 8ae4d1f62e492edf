import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { expect, it } from 'vitest';

const require = createRequire(import.meta.url);

/** In a process of its own, where the modules are Node's and not the test runner's. */
function run(code: string): unknown {
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', code], {
    cwd: import.meta.dirname,
    encoding: 'utf8',
  });
  if (stderr !== '') throw new Error(stderr);
  return JSON.parse(stdout);
}

it('require gives the same names as import, and the same things', () => {
  const same = run(`
    import { createRequire } from 'node:module';
    const required = createRequire(process.cwd() + '/x.js')('lib');
    const imported = await import('lib');
    const names = Object.keys(imported);
    console.log(JSON.stringify({
      names: names.filter((name) => required[name] === imported[name]).length,
      all: names.length,
      more: Object.keys(required).filter((name) => !names.includes(name)),
    }));`) as { names: number; all: number; more: string[] };
  expect(same.all).toBeGreaterThan(50);
  expect(same).toEqual({ names: same.all, all: same.all, more: [] });
});

it('require loads what is used, when it is used', () => {
  const loaded = run(`
    import { createRequire, registerHooks } from 'node:module';
    const files = [];
    registerHooks({ load(url, context, next) { files.push(url); return next(url, context); } });
    const lib = createRequire(process.cwd() + '/x.js')('lib');
    const before = files.filter((url) => url.endsWith('.ts')).length;
    lib.formatDollars(1);
    const after = files.filter((url) => url.endsWith('.ts'));
    console.log(JSON.stringify({ before, cost: after.some((url) => url.endsWith('/bedrock-models/src/cost.ts')), converse: after.some((url) => url.includes('/converse/')) }));`);
  expect(loaded).toEqual({ before: 0, cost: true, converse: false });
});

it.each([
  ['tasks/labels', 'from `lib/tasks`'],
  ['web/render-markdown', 'from `lib/web`'],
  ['web/behind-jupyter', 'from `lib/web`'],
  ['text-file', 'from `lib`'],
])('the old path lib/%s says what to write in its place', (path, hint) => {
  const error = run(`
    const error = await import('lib/${path}').catch((error) => error);
    console.log(JSON.stringify({ name: error.name, hint: error.hint }));`);
  expect(error).toEqual({ name: 'LibError', hint: expect.stringContaining(hint) });
});

it('the package names the file for require', () => {
  expect(require.resolve('lib')).toMatch(/lib[\\/]index\.cjs$/);
});
