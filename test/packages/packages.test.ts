import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Packed, packAll, scope } from '../../packages/workshop/src/pack.ts';
import { unnameableTypes } from './nameable-types.ts';
import {
  copyPrograms,
  emptyFolder,
  findOtherNode,
  install,
  projectRoot,
  remove,
  run,
  versionHere,
} from './outside.ts';

const names = ['bedrock-models', 'local-bedrock', 'lib'];
const optional = ['@hono/node-server', '@observablehq/plot', 'hono', 'linkedom', 'marked', 'zod'];

const outside = emptyFolder();
/** lib and nothing else. */
const alone = join(outside, 'alone');
/** All three, with what is optional, and the tools that build programs. */
const complete = join(outside, 'complete');
const nodes: Record<string, string> = { 'Node 24': process.execPath };
let packed: readonly Packed[];

beforeAll(async () => {
  packed = packAll(join(outside, 'packages'));
  const files = Object.fromEntries(packed.map(({ name, file }) => [name, `file:${file}`]));
  const lib = `${scope}/lib`;
  const [other] = await Promise.all([
    findOtherNode(),
    install(alone, { dependencies: { [lib]: files[lib], '@types/node': versionHere('@types/node') } }),
    install(complete, {
      dependencies: {
        ...files,
        ...Object.fromEntries(
          [...optional, 'vitest', 'vite', '@types/node'].map((name) => [name, versionHere(name)]),
        ),
        // What the declarations of Observable Plot name.
        '@types/d3': '7.4.3',
        esbuild: '0.28.2',
      },
    }),
  ]);
  nodes['Node 22'] = other;
  for (const folder of [alone, complete]) copyPrograms(join(folder, 'src'));
});
afterAll(() => remove(outside));

/** On each Node, beginning with the older one. */
const onEachNode = ['Node 22', 'Node 24'];
const nodeNamed = (name: string) => nodes[name] ?? name;

describe.each(names)('the tarball of %s', (name) => {
  const home = join(complete, 'node_modules', scope, name);
  const manifest = () => JSON.parse(readFileSync(join(home, 'package.json'), 'utf8'));

  it('says what it is: code first, a licence, the Node it needs', () => {
    const readme = readFileSync(join(home, 'README.md'), 'utf8');
    expect(readme).toMatch(new RegExp(`^# [^\n]+\n\n\`\`\`(ts|sh)\n[^\`]*${scope}/${name}`));
    expect(readme).not.toMatch(/from '(lib|local-bedrock|bedrock-models)/);
    expect(readFileSync(join(home, 'LICENSE'), 'utf8')).toContain('MIT');
    expect(manifest()).toMatchObject({ license: 'MIT', engines: { node: '>=22.18' } });
  });

  it('offers entries with names, each with its types, and nothing else', () => {
    for (const [entry, { types, default: file }] of Object.entries<Record<string, string>>(
      manifest().exports,
    )) {
      expect(entry).toMatch(/^\.(\/[a-z-]+)*$/);
      for (const each of [types, file]) expect(readFileSync(join(home, each ?? ''), 'utf8')).not.toBe('');
    }
  });

  it('depends on what it uses, and on nothing else', () => {
    const { dependencies = {}, peerDependencies = {} } = manifest();
    const used = globSync('dist/**/*.{js,d.ts}', { cwd: home, exclude: ['dist/web/page/**'] }).flatMap(
      (file) => {
        const text = readFileSync(join(home, file), 'utf8').replaceAll(/^\s*\/\/.*$|\/\*[\s\S]*?\*\//gm, '');
        const found = text.matchAll(
          /(?:\bfrom|\bimport\(?|\brequire\(|\.url\)\()\s*['"](node:\w+|(?:@[a-z][\w.-]*\/)?[a-z][\w.-]*)[^'"\n]*['"]/g,
        );
        return [...found].map(([, module = '']) => module);
      },
    );
    const isOurs = (module: string) =>
      !module.startsWith('node:') &&
      !builtinModules.includes(module) &&
      // Of the kernel whose cells it runs in, and nowhere else.
      module !== 'tslab';
    const bare = [...new Set(used)].filter(isOurs).sort();
    // The server of the page is loaded with the page, the types of sql.js never.
    expect(bare).toEqual([...Object.keys(dependencies), ...Object.keys(peerDependencies)].sort());
  });
});

it('every type of a public signature can be imported by its name', () => {
  expect(names.flatMap((name) => unnameableTypes(join(complete, 'node_modules', scope, name)))).toEqual([]);
});

describe.each(onEachNode)('on %s', (node) => {
  it.each(['call', 'conversation', 'tasks', 'agent', 'vectors', 'page'])('%s runs', async (program) => {
    const command = [nodeNamed(node), join('src', 'run.ts'), program];
    expect(await run(complete, command, nodeNamed(node))).toBe(`${program} is well\n`);
  });

  it('a program is tested with vitest against the local endpoint', async () => {
    const vitest = join('node_modules', 'vitest', 'vitest.mjs');
    const command = [nodeNamed(node), vitest, 'run', '--root', '.', 'src/endpoint.test.ts'];
    expect(await run(complete, command, nodeNamed(node))).toMatch(/1 passed/);
  });

  it('what is optional and not installed is named by an error', async () => {
    const program =
      "import('./src/without-options.ts').then((program) => program.default()).then(() => console.log('well'))";
    expect(await run(alone, [nodeNamed(node), '-e', program])).toContain('well');
  });

  it('require gives what import gives', async () => {
    const program = `
      const required = require('${scope}/lib');
      import('${scope}/lib').then((imported) => console.log(required.classify === imported.classify));`;
    const command = [nodeNamed(node), '--input-type=commonjs', '-e', program];
    expect(await run(alone, command)).toBe('true\n');
  });
});

describe('built', () => {
  const built = join(outside, 'built');
  const bin = (name: string) => join(complete, 'node_modules', '.bin', name);
  const esbuild = (format: string, file: string, ...more: string[]) => [
    bin('esbuild'),
    'src/run.ts',
    '--bundle',
    '--platform=node',
    '--log-level=error',
    `--format=${format}`,
    `--outfile=${file}`,
    ...more,
  ];
  // Packages of the AWS SDK are CommonJS and require Node's own modules.
  const banner =
    "--banner:js=import { createRequire as newRequire } from 'node:module'; const require = newRequire(import.meta.url);";
  // sql.js is CommonJS, too, and asks where it stands.
  const dirname = '--define:__dirname=import.meta.dirname';

  it.each([
    ['alone', ''],
    ['complete', 'run.ts'],
  ])('tsc finds nothing wrong where lib is %s, at its strictest', async (folder, program) => {
    const home = join(outside, folder);
    const lib = JSON.parse(readFileSync(join(home, 'node_modules', scope, 'lib', 'package.json'), 'utf8'));
    const entries = Object.keys(lib.exports)
      .filter((entry) => folder === 'complete' || entry !== './local-bedrock')
      .map((entry, index) => `export * as entry${index} from '${scope}/lib${entry.slice(1)}';\n`);
    writeFileSync(join(home, 'src', 'entries.ts'), entries.join(''));
    const compilerOptions = {
      strict: true,
      module: 'nodenext',
      target: 'es2023',
      types: ['node'],
      noEmit: true,
      skipLibCheck: false,
      allowImportingTsExtensions: true,
      // Observable Plot's own declarations do not hold it.
      exactOptionalPropertyTypes: folder === 'alone',
    };
    const files = ['entries.ts', ...(program === '' ? [] : [program])].map((file) => join('src', file));
    writeFileSync(join(home, 'tsconfig.json'), JSON.stringify({ compilerOptions, files }));
    const tsc = join(projectRoot, 'node_modules', 'typescript', 'bin', 'tsc');
    expect(await run(home, [process.execPath, tsc])).toBe('');
  });

  it.each([
    ['esbuild, as modules', 'esm/run.mjs', (file: string) => esbuild('esm', file, banner, dirname)],
    ['esbuild, as CommonJS', 'cjs/run.cjs', (file: string) => esbuild('cjs', file)],
    ['Vite, for a server', 'vite/run.js', () => [bin('vite'), 'build', '--logLevel', 'warn']],
  ])('by %s, programs run in an empty folder', async (_tool, name, commandFor) => {
    const file = join(built, name);
    const folder = join(file, '..');
    const vite = `export default {
      build: { ssr: 'src/run.ts', outDir: ${JSON.stringify(folder)}, emptyOutDir: true },
      ssr: { noExternal: true },
      define: { __dirname: 'import.meta.dirname' },
    };`;
    writeFileSync(join(complete, 'vite.config.js'), vite);
    await run(complete, commandFor(file));
    for (const node of onEachNode)
      expect(await run(folder, [nodeNamed(node), file, 'incomplete'])).toContain('incomplete is well');
    // What the errors of the incomplete one say to do; Vite puts what is loaded later into `assets`.
    for (const home of [folder, join(folder, 'assets')]) {
      mkdirSync(home, { recursive: true });
      const wasm = join(complete, 'node_modules', 'sql.js', 'dist', 'sql-wasm.wasm');
      cpSync(wasm, join(home, 'sql-wasm.wasm'));
      const page = join(complete, 'node_modules', scope, 'lib', 'dist', 'web', 'page');
      cpSync(page, join(home, 'page'), { recursive: true });
    }
    const programs = ['call', 'conversation', 'tasks', 'agent', 'vectors', 'page'];
    for (const node of onEachNode)
      expect(await run(folder, [nodeNamed(node), file, ...programs])).toContain(
        programs.map((program) => `${program} is well\n`).join(''),
      );
  });
});

describe('the endpoint', () => {
  it('starts from its tarball, in an empty folder', async () => {
    const file = packed.find(({ name }) => name === `${scope}/local-bedrock`)?.file ?? '';
    const folder = emptyFolder();
    const args = ['--yes', '--prefer-offline', '--package', file, 'local-bedrock', '--port', '0'];
    const child = spawn('npx', args, { cwd: folder, detached: true, stdio: ['ignore', 'pipe', 'inherit'] });
    try {
      let said = '';
      for await (const chunk of child.stdout.setEncoding('utf8')) {
        said += chunk;
        if (said.includes('listening on')) break;
      }
      const url = /listening on (\S+)/.exec(said)?.[1];
      const response = await fetch(`${url}/foundation-models`, {
        headers: { authorization: 'Bearer any' },
      });
      expect(response.status).toBe(200);
      expect(await response.text()).toContain('amazon.nova-lite-v1:0');
    } finally {
      // npx starts the program in a shell of its own.
      process.kill(-(child.pid ?? 0), 'SIGTERM');
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
      remove(folder);
    }
  });
});
