import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { writeWhole } from './write-file.ts';

/** Longer than it takes on a machine with one slow core, where it is a few seconds. */
const timeoutMs = 60_000;

/**
 * The folder with the declarations of `lib` (index.d.ts and so on), which say what its files export and nothing more.
 * A compiler that reads them in place of the sources leaves out what only function bodies need: the packages of the
 * plots, of the database, of the chat page.
 *
 * They are written anew when a file of `lib` or a package's version has changed, in place, so that kernels that run
 * already notice. That takes about a second; otherwise this takes milliseconds.
 *
 * @returns undefined when they cannot be made: the sources say the same
 */
export function libDeclarations(projectRoot: string): string | undefined {
  const folder = join(projectRoot, '.cache', 'declarations');
  const stamp = join(folder, 'stamp');
  try {
    const current = stampOf(projectRoot);
    if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== current) {
      mkdirSync(folder, { recursive: true });
      const made = mkdtempSync(`${folder}-`);
      try {
        makeDeclarations(projectRoot, made);
        bringInStep(join(made, 'lib'), join(folder, 'lib'));
      } finally {
        rmSync(made, { recursive: true, force: true });
      }
      writeWhole(stamp, current);
    }
    return join(folder, 'lib');
  } catch {
    return undefined;
  }
}

/** Stands for what the declarations are made from: each file's name, size and time. */
function stampOf(projectRoot: string): string {
  const sources = globSync('lib/**/*.{ts,mts}', {
    cwd: projectRoot,
    exclude: (name) => name === 'node_modules',
  }).sort();
  const hash = createHash('sha256');
  for (const name of ['package-lock.json', 'tsconfig.json', ...sources]) {
    const { size, mtimeMs } = statSync(join(projectRoot, name));
    hash.update(`${name} ${size} ${mtimeMs}\n`);
  }
  return hash.digest('hex');
}

/** Has TypeScript write the declarations into a folder. Types are not checked here: `npm test` does. */
function makeDeclarations(projectRoot: string, folder: string): void {
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
        rootDir: join(projectRoot, 'lib'),
        outDir: join(folder, 'lib'),
      },
      include: [join(projectRoot, 'lib')],
      exclude: [join(projectRoot, '**', 'node_modules')],
    }),
  );
  const compiler = join(projectRoot, 'node_modules', 'typescript', 'bin', 'tsc');
  const { status, error, stdout } = spawnSync(process.execPath, [compiler, '--project', config], {
    encoding: 'utf8',
    timeout: timeoutMs,
  });
  if (status !== 0) throw new Error(`The declarations of lib were not made: ${stdout}`, { cause: error });
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
