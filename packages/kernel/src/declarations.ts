import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { SourcePackage } from './hooks.ts';

/** Longer than it takes on a machine with one slow core, where it is a few seconds. */
const timeoutMs = 60_000;

/**
 * Where the compiler finds the declarations of the project's own packages, as the option `paths` has it: for each of
 * their exports a .d.ts file, which says what the source exports and nothing more. A compiler that reads them in place
 * of the sources leaves out what only function bodies need.
 *
 * They are written anew when a file of a package or a version in the lockfile has changed, in place, so that kernels
 * that run already notice. That takes about a second; otherwise this takes milliseconds.
 *
 * @param packages with `exports` in their package.json that name TypeScript sources
 * @returns undefined when they cannot be made: the sources say the same
 */
export function declarationPaths(
  projectRoot: string,
  packages: readonly SourcePackage[],
): Readonly<Record<string, string[]>> | undefined {
  if (packages.length === 0) return undefined;
  const folder = join(projectRoot, '.cache', 'declarations');
  const stamp = join(folder, 'stamp');
  try {
    removeLeftovers(folder);
    const current = stampOf(projectRoot, packages);
    if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== current) {
      mkdirSync(folder, { recursive: true });
      const made = mkdtempSync(`${folder}-${process.pid}-`);
      try {
        makeDeclarations(projectRoot, packages, made);
        bringInStep(join(made, 'out'), join(folder, 'out'));
      } finally {
        rmSync(made, { recursive: true, force: true });
      }
      writeWhole(stamp, current);
    }
    return Object.fromEntries(packages.flatMap((each) => pathsOf(each, projectRoot, join(folder, 'out'))));
  } catch {
    return undefined;
  }
}

/** Removes what kernels that were killed have left of this work. */
function removeLeftovers(folder: string): void {
  for (const left of globSync(`${basename(folder)}-*`, { cwd: dirname(folder) })) {
    const [, maker] = /-(\d+)-/.exec(left) ?? [];
    if (maker === undefined || !isAlive(Number(maker)))
      rmSync(join(dirname(folder), left), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Each export of the package, and the file that declares it. */
function pathsOf({ name, folder }: SourcePackage, projectRoot: string, declarations: string) {
  const { exports = {} } = JSON.parse(readFileSync(join(projectRoot, folder, 'package.json'), 'utf8')) as {
    exports?: Record<string, string | { types?: string; default?: string }>;
  };
  return Object.entries(exports).flatMap(([entry, target]): [string, string[]][] => {
    const file = typeof target === 'string' ? target : (target.types ?? target.default ?? '');
    if (!file.endsWith('.ts')) return [];
    return [[join(name, entry), [join(declarations, folder, file.replace(/\.ts$/, '.d.ts'))]]];
  });
}

const sources = '**/*.{ts,mts}';

/** What is under a package's folder and no part of it. */
const isOutside = (name: string) => name === 'node_modules' || name === 'test';

/** Stands for what the declarations are made from: each file's name, size and time. */
function stampOf(projectRoot: string, packages: readonly SourcePackage[]): string {
  const files = packages.flatMap(({ folder }) => [
    join(folder, 'package.json'),
    ...globSync(join(folder, sources), { cwd: projectRoot, exclude: isOutside }).sort(),
  ]);
  const hash = createHash('sha256');
  for (const name of ['package-lock.json', 'tsconfig.json', ...files]) {
    const { size, mtimeMs } = statSync(join(projectRoot, name));
    hash.update(`${name} ${size} ${mtimeMs}\n`);
  }
  return hash.digest('hex');
}

/** Has TypeScript write the declarations into a folder. Types are not checked here: `npm test` does. */
function makeDeclarations(projectRoot: string, packages: readonly SourcePackage[], folder: string): void {
  const config = join(folder, 'tsconfig.json');
  writeFileSync(
    config,
    JSON.stringify({
      extends: join(projectRoot, 'tsconfig.json'),
      compilerOptions: {
        noEmit: false,
        noCheck: true,
        declaration: true,
        emitDeclarationOnly: true,
        rootDir: projectRoot,
        outDir: join(folder, 'out'),
      },
      include: packages.map((each) => join(projectRoot, each.folder, sources.replace(/\.\{.*$/, ''))),
      exclude: packages.flatMap((each) =>
        ['**/node_modules', 'test'].map((name) => join(projectRoot, each.folder, name)),
      ),
    }),
  );
  const compiler = join(projectRoot, 'node_modules', 'typescript', 'bin', 'tsc');
  const { status, error, stdout } = spawnSync(process.execPath, [compiler, '--project', config], {
    encoding: 'utf8',
    timeout: timeoutMs,
  });
  if (status !== 0) throw new Error(`The declarations were not made: ${stdout}`, { cause: error });
}

/** Makes one folder as another is: files that are the same are left alone, and those that are too many are removed. */
function bringInStep(from: string, to: string): void {
  const names = globSync('**/*.d.{ts,mts}', { cwd: from });
  for (const name of names) {
    const content = readFileSync(join(from, name), 'utf8');
    const file = join(to, name);
    if (!existsSync(file) || readFileSync(file, 'utf8') !== content) writeWhole(file, content);
  }
  const wanted = new Set(names);
  for (const name of globSync('**/*.d.{ts,mts}', { cwd: to })) {
    if (!wanted.has(name)) rmSync(join(to, name), { force: true });
  }
}

/** Writes a file whole or not at all: a compiler may be reading it. */
function writeWhole(file: string, content: string): void {
  mkdirSync(dirname(file), { recursive: true });
  const temporary = `${file}.${process.pid}`;
  writeFileSync(temporary, content);
  renameSync(temporary, file);
}
