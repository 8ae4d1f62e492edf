import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { stepNames } from '../../packages/workshop/src/check/steps.ts';
import { codeOf, notebooks, projectRoot, read, texts, tokensOf } from './pages.ts';

const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
const forms = readdirSync(join(projectRoot, '.github/ISSUE_TEMPLATE')).map(
  (name) => `.github/ISSUE_TEMPLATE/${name}`,
);

/** `npm run doctor -- --local` as `{ script: 'doctor', rest: '--local' }`; what stands after `;`, `&` or `|` is not it. */
function npmCommands(text: string): { script: string; rest: string }[] {
  const pattern = /\bnpm (?:run (?:-s |--silent )?)?([a-z][\w:-]*)(?: -- ([^;&|`\n]*))?/g;
  return [...text.matchAll(pattern)]
    .map(([, script = '', rest = '']) => ({ script, rest: rest.trim() }))
    .filter(({ script }) => !npmItself.has(script));
}

/** Commands of npm's own that a page may name. */
const npmItself = new Set([
  'ci',
  'install',
  'i',
  'config',
  'cache',
  'registry',
  'packages',
  'workspace',
  'script',
]);

const commandsOf = (page: string) => {
  const { inline, shell } = codeOf(page);
  return [...inline, ...shell].flatMap(npmCommands);
};

describe.each(texts)('%s', (page) => {
  it('names commands that package.json has', () => {
    expect(commandsOf(page).filter(({ script }) => scripts[script] === undefined)).toEqual([]);
  });
});

it.each(forms)('%s names commands that package.json has', (form) => {
  const quoted = [...read(form).matchAll(/`([^`]+)`/g)].flatMap(([, text = '']) => npmCommands(text));
  expect(quoted.filter(({ script }) => scripts[script] === undefined)).toEqual([]);
});

it('every command that there is for people is explained in the README', () => {
  const named = new Set(commandsOf('README.md').map(({ script }) => script));
  // Parts of `npm test`, which the README names by `--only`.
  const parts = ['typecheck', 'lint', 'test:unit'];
  expect(Object.keys(scripts).filter((script) => !named.has(script) && !parts.includes(script))).toEqual([]);
});

describe('options that the pages name', () => {
  const all = texts.flatMap(commandsOf);
  /** Where each command keeps the text that its --help shows. */
  const programs: Record<string, string> = {
    start: 'packages/workshop/src/start.ts',
    test: 'packages/workshop/src/check.ts',
    doctor: 'packages/workshop/src/doctor/cli.ts',
    'models:refresh': 'packages/workshop/src/models-refresh/cli.ts',
    'local-bedrock': 'packages/local-bedrock/src/cli.ts',
    chat: 'packages/workshop/src/chat.ts',
  };

  it.each(Object.entries(programs))('%s has them', (script, program) => {
    const { stdout } = spawnSync(process.execPath, [join(projectRoot, program), '--help'], {
      encoding: 'utf8',
    });
    const options = all
      .filter((command) => command.script === script)
      .flatMap(({ rest }) => rest.match(/--[a-z][\w-]*/g) ?? []);
    const known = ['--help', ...(stdout.match(/--[a-z][\w-]*/g) ?? [])];
    expect(stdout).toContain('Usage');
    expect(options.filter((option) => !known.includes(option))).toEqual([]);
  });

  it('npm test -- --only takes the names that are given', () => {
    const names = all
      .filter(({ script }) => script === 'test')
      .flatMap(({ rest }) => [...rest.matchAll(/--only (\S+)/g)].map(([, name]) => name));
    expect(names.length).toBeGreaterThan(0);
    expect(names.filter((name) => !stepNames.some((step) => step === name))).toEqual([]);
  });

  it('the notebooks that are named exist', () => {
    const named = all.flatMap(({ rest }) => rest.match(/\S+\.ipynb/g) ?? []);
    expect(named.filter((path) => !path.includes('<') && !notebooks.includes(path))).toEqual([]);
  });
});

it("the README's table of npm start's options is complete", () => {
  const { stdout } = spawnSync(
    process.execPath,
    [join(projectRoot, 'packages/workshop/src/start.ts'), '--help'],
    {
      encoding: 'utf8',
    },
  );
  const tables = tokensOf('README.md').flatMap((token) =>
    token.type === 'table' ? [token.raw as string] : [],
  );
  const table = tables.find((raw) => raw.includes('npm start --')) ?? '';
  const known = new Set(stdout.match(/^ {2}--[a-z-]+/gm)?.map((option) => option.trim()));
  expect([...known].filter((option) => !read('README.md').includes(option))).toEqual([]);
  expect((table.match(/--[a-z][\w-]+/g) ?? []).filter((option) => !known.has(option))).toEqual([]);
});
