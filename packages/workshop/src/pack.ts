/**
 * What `npm run pack -- DIR` runs: writes the packages bedrock-models, local-bedrock and lib as tarballs, as they would
 * be published, for programs outside this repository. Inside it nothing is built: the sources run as they stand, under
 * the names without a scope.
 */
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, extname, join, relative } from 'node:path';
import { explained, fromHere, misuse, readOptions, runMain } from './setup/cli.mjs';
import { commands } from './setup/commands.mjs';

const projectRoot = join(import.meta.dirname, '..', '..', '..');

/** On a registry, `lib` and `local-bedrock` are other people's names. */
export const scope = '@bedrock-workshop';

/** In the order of who depends on whom. The sources of a package are all that it has, or stand in its folder `src`. */
const sources: Readonly<Record<string, string>> = {
  'bedrock-models': 'packages/bedrock-models/src',
  'local-bedrock': 'packages/local-bedrock/src',
  lib: 'lib',
};
const names = Object.keys(sources);

/** One package that was written. */
export interface Packed {
  /** With its scope. */
  readonly name: string;
  /** The path of the tarball. */
  readonly file: string;
  /** Bytes of the tarball, and of what it unpacks to. */
  readonly size: number;
  readonly unpackedSize: number;
  readonly manifest: Manifest;
}

export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly exports: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
  readonly bin?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly [field: string]: unknown;
}

async function main(): Promise<number> {
  const { help, positionals } = readOptions('pack');
  if (help) {
    console.log(commands.pack.usage);
    return 0;
  }
  const [directory] = positionals;
  if (directory === undefined || positionals.length > 1)
    throw misuse('pack', `Name one folder to write into: got ${positionals.join(', ') || 'none'}.`);
  const target = fromHere(directory);
  for (const { name, file, size, unpackedSize, manifest } of packAll(target)) {
    const needs = Object.keys(manifest.dependencies ?? {}).length;
    const kilobytes = `${Math.ceil(size / 1_000)} kB, ${Math.ceil(unpackedSize / 1_000)} kB unpacked`;
    console.log(`${file}\n  ${name}: ${kilobytes}; dependencies: ${needs}`);
  }
  return 0;
}

/** Compiles the three packages and writes their tarballs into this folder, which is made if need be. */
export function packAll(directory: string): readonly Packed[] {
  if (existsSync(directory) && !statSync(directory).isDirectory())
    throw explained(`${directory} is a file.\nNext step: name a folder, or one that does not exist yet.`);
  mkdirSync(directory, { recursive: true });
  const staging = mkdtempSync(join(tmpdir(), 'pack-'));
  try {
    const compiled = compile(staging);
    for (const name of names) stage(name, compiled, staging);
    return names.map((name) => packStaged(join(staging, name), directory));
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
}

/** All three in one step: JavaScript and declarations, in the folders of their sources. */
function compile(staging: string): string {
  const outDir = join(staging, 'compiled');
  const project = join(staging, 'tsconfig.json');
  const compilerOptions = {
    noEmit: false,
    allowImportingTsExtensions: false,
    rewriteRelativeImportExtensions: true,
    declaration: true,
    allowJs: false,
    checkJs: false,
    rootDir: projectRoot,
    outDir,
    typeRoots: [join(projectRoot, 'node_modules', '@types')],
  };
  const include = Object.values(sources).map((folder) => join(projectRoot, folder));
  const settings = { extends: join(projectRoot, 'tsconfig.json'), compilerOptions, include, exclude: [] };
  writeFileSync(project, JSON.stringify(settings));
  run('The packages do not compile', projectRoot, [
    process.execPath,
    // `.bin/tsc` is that of the kernel, an older one.
    join(projectRoot, 'node_modules', 'typescript', 'bin', 'tsc'),
    '--project',
    project,
  ]);
  return outDir;
}

/** Puts together what one package holds, in a folder of its name. */
function stage(name: string, compiled: string, staging: string): void {
  const source = sources[name] ?? name;
  const home = join(staging, name);
  const manifest = packedManifest(name);
  for (const file of globSync('**/*.{js,d.ts}', { cwd: join(compiled, source) })) {
    const text = readFileSync(join(compiled, source, file), 'utf8');
    const optional = file.endsWith('.d.ts') ? Object.keys(manifest.peerDependencies ?? {}) : [];
    write(join(home, 'dist', file), withoutOptionalTypes(withScope(withCompiledImports(text)), optional));
  }
  for (const file of assetsOf(source)) {
    mkdirSync(dirname(join(home, 'dist', file)), { recursive: true });
    cpSync(join(projectRoot, source, file), join(home, 'dist', file));
  }
  write(join(home, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  write(join(home, 'README.md'), packedReadme(name));
  cpSync(join(projectRoot, 'LICENSE'), join(home, 'LICENSE'));
  for (const program of Object.values(manifest.bin ?? {})) makeProgram(join(home, program));
  for (const bundled of bundledWith(manifest))
    cpSync(join(staging, bundled.slice(scope.length + 1)), join(home, 'node_modules', bundled), {
      recursive: true,
    });
}

/** What is read when a program runs and is not compiled: the page's files, lists of words. Notes and settings stay. */
function assetsOf(source: string): readonly string[] {
  const left = ['.ts', '.cjs', '.mjs', '.md'];
  const settings = ['package.json', 'tsconfig.json'];
  const files = globSync('**/*', { cwd: join(projectRoot, source), withFileTypes: true })
    .filter(
      (entry) => entry.isFile() && !left.includes(extname(entry.name)) && !settings.includes(entry.name),
    )
    .map((entry) => relative(join(projectRoot, source), join(entry.parentPath, entry.name)));
  return files.filter((file) => !file.includes('node_modules'));
}

/**
 * The manifest as the package's users need it: compiled entries, the scope, and ranges in place of the exact versions
 * that this repository is tested with, so that a program has one AWS SDK and not two.
 */
function packedManifest(name: string): Manifest {
  const folder = join(projectRoot, (sources[name] ?? name).replace(/\/src$/, ''));
  const manifest: Manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const {
    private: _,
    main: __,
    types: ___,
    exports,
    bin,
    dependencies,
    peerDependencies,
    ...rest
  } = manifest;
  const ranges = (of: Readonly<Record<string, string>>) =>
    Object.fromEntries(
      Object.entries(of).map(([other, version]) => [
        scoped(other),
        names.includes(other) || /^\D/.test(version) ? version : `^${version}`,
      ]),
    );
  const meta = Object.entries((rest.peerDependenciesMeta ?? {}) as object).map(([other, about]) => [
    scoped(other),
    about,
  ]);
  // Entries of an earlier version say where things are now; under the scope there was none.
  const entries = Object.entries(exports).filter(([, to]) => to !== './moved-entries.ts');
  const packed = {
    ...rest,
    name: scoped(name),
    files: ['dist'],
    exports: Object.fromEntries(entries.map(([entry, to]) => [entry, packedEntry(to)])),
    ...(bin !== undefined && {
      bin: Object.fromEntries(Object.entries(bin).map(([command, to]) => [command, compiledFile(to)])),
    }),
    ...(dependencies !== undefined && { dependencies: ranges(dependencies) }),
    ...(peerDependencies !== undefined && { peerDependencies: ranges(peerDependencies) }),
    ...(meta.length === 0 ? {} : { peerDependenciesMeta: Object.fromEntries(meta) }),
  };
  const bundled = bundledWith(packed);
  return bundled.length === 0 ? packed : { ...packed, bundleDependencies: bundled };
}

/** Ours that a package cannot do without: each tarball brings them, and can be installed alone. */
function bundledWith({ dependencies = {} }: Manifest): readonly string[] {
  return Object.keys(dependencies).filter((other) => other.startsWith(`${scope}/`));
}

/** One form for `import` and `require`: every Node that is supported can `require` a module. */
function packedEntry(to: Manifest['exports'][string]): Readonly<Record<string, string>> {
  const file = compiledFile(typeof to === 'string' ? to : (to.default ?? ''));
  return { types: file.replace(/\.js$/, '.d.ts'), default: file };
}

/** `./src/index.ts` and `./index.ts` are both compiled to `./dist/index.js`. */
function compiledFile(source: string): string {
  return source.replace(/^\.\/(?:src\/)?(.*)\.ts$/, './dist/$1.js');
}

function scoped(name: string): string {
  return names.includes(name) ? `${scope}/${name}` : name;
}

/** Where code names a module: behind `from` and `import`, and in `import()`, `require()` and `createRequire()()`. */
const specifier =
  /(\bfrom\s*|\bimport\s*\(?\s*|\brequire\(\s*|\bcreateRequire\(import\.meta\.url\)\(\s*)(['"])([^'"\n]+)\2/g;

/** Code that names our packages by the scope, in place of their names in this repository. Pure. */
export function withScope(text: string): string {
  return renamed(text, (module) => {
    const [first = '', ...path] = module.split('/');
    return [scoped(first), ...path].join('/');
  });
}

/** `.js` where the compiler leaves `.ts`: in declarations, and in `require`. Pure. */
function withCompiledImports(text: string): string {
  return renamed(text, (module) => (module.startsWith('.') ? module.replace(/\.ts$/, '.js') : module));
}

function renamed(text: string, rename: (module: string) => string): string {
  return text.replace(
    specifier,
    (_whole, before: string, quote: string, module: string) => `${before}${quote}${rename(module)}${quote}`,
  );
}

/** Declarations name the types of optional packages, too: without the package they are `any`, and no error. */
function withoutOptionalTypes(text: string, optional: readonly string[]): string {
  const namesOptional = (line: string) =>
    !/^\s*\*/.test(line) &&
    [...line.matchAll(specifier)].some(([, , , module = '']) =>
      optional.some((name) => module === name || module.startsWith(`${name}/`)),
    );
  const lines = text.split('\n');
  return lines.flatMap((line) => (namesOptional(line) ? ['// @ts-ignore', line] : [line])).join('\n');
}

/** The package's own README, with the scope in its code; links that lead to files of this repository become text. */
function packedReadme(name: string): string {
  const folder = (sources[name] ?? name).replace(/\/src$/, '');
  const file = join(projectRoot, folder, 'README.md');
  if (!existsSync(file)) throw explained(`There is no ${folder}/README.md.\nNext step: write one.`);
  const text = readFileSync(file, 'utf8').replaceAll(/\[([^\]]*)\]\((?!https?:|#)[^)]*\)/g, '$1');
  return withScope(text).replace(/^# (\S+)/, (_line, title: string) => `# ${scoped(title)}`);
}

function makeProgram(file: string): void {
  const text = readFileSync(file, 'utf8');
  if (!text.startsWith('#!')) writeFileSync(file, `#!/usr/bin/env node\n${text}`);
  chmodSync(file, 0o755);
}

function packStaged(home: string, directory: string): Packed {
  const npmProgram = process.env.npm_execpath;
  // yarn and pnpm set this variable too.
  const npm =
    npmProgram !== undefined && basename(npmProgram) === 'npm-cli.js'
      ? [process.execPath, npmProgram]
      : ['npm'];
  const args = ['pack', '--json', '--ignore-scripts', '--pack-destination', directory];
  const answer: unknown = JSON.parse(run('npm could not pack', home, [...npm, ...args]));
  // A list up to npm 11, then an object by name.
  const [packed] = Object.values(answer as object) as {
    filename: string;
    size: number;
    unpackedSize: number;
  }[];
  if (packed === undefined) throw explained('npm packed nothing.');
  const manifest: Manifest = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8'));
  const { size, unpackedSize } = packed;
  return { name: manifest.name, file: join(directory, packed.filename), size, unpackedSize, manifest };
}

function run(what: string, cwd: string, [program = '', ...args]: readonly string[]): string {
  const { status, stdout, stderr, error } = spawnSync(program, args, { cwd, encoding: 'utf8' });
  if (status === 0) return stdout;
  throw explained(`${what}.\n${error?.message ?? `${stdout}${stderr}`.trim()}`);
}

function write(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

if (process.argv[1] === import.meta.filename) runMain(main);
