import { execFile } from 'node:child_process';
import { existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { withScope } from '../../packages/workshop/src/pack.ts';

export const projectRoot = join(import.meta.dirname, '..', '..');
const programs = join(import.meta.dirname, 'programs');

/** The Node that is supported beside the project's own. */
const otherNode = '22.23.3';

/** A folder outside the repository, which ends with the tests. */
export function emptyFolder(): string {
  return mkdtempSync(join(tmpdir(), 'outside-'));
}

export function remove(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
}

/** Runs a program to its end, and gives what it printed; rejects with all of it when the program fails. */
export async function run(cwd: string, command: readonly string[], node = process.execPath): Promise<string> {
  const [program = '', ...args] = command;
  // vitest tells its children by variables that they run in vitest.
  const own = Object.entries(process.env).filter(
    ([name]) => !/^(VITEST|NODE_ENV|NODE_OPTIONS|npm_)/.test(name),
  );
  const env = { ...Object.fromEntries(own), PATH: `${dirname(node)}${delimiter}${process.env.PATH}` };
  try {
    const { stdout, stderr } = await promisify(execFile)(program, args, {
      cwd,
      env,
      timeout: 240_000,
      maxBuffer: 50_000_000,
    });
    return stdout + stderr;
  } catch (error) {
    const {
      message,
      stdout = '',
      stderr = '',
    } = error as { message: string; stdout?: string; stderr?: string };
    throw new Error(`${command.join(' ')}\n${message}\n${stdout}\n${stderr}`);
  }
}

/** Writes a manifest and installs what it names. What npm has in its cache is not asked for again. */
export async function install(folder: string, manifest: object): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const whole = { name: 'outside', private: true, type: 'module', ...manifest };
  writeFileSync(join(folder, 'package.json'), JSON.stringify(whole, null, 2));
  await run(folder, ['npm', 'install', '--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error']);
}

/** The other Node, as its npm package brings it. It is kept in the project's cache. */
export async function findOtherNode(): Promise<string> {
  const folder = join(projectRoot, '.cache', `node-${otherNode}`);
  const file = join(
    folder,
    'node_modules',
    'node',
    'bin',
    process.platform === 'win32' ? 'node.exe' : 'node',
  );
  if (!existsSync(file))
    await install(folder, { dependencies: { node: otherNode }, allowScripts: { node: true } });
  return file;
}

/** Copies the programs, which name the packages as this repository does, with the packages' names outside. */
export function copyPrograms(folder: string): void {
  mkdirSync(folder, { recursive: true });
  for (const file of globSync('*.ts', { cwd: programs }))
    writeFileSync(join(folder, file), withScope(readFileSync(join(programs, file), 'utf8')));
}

/** The version of a package that this repository is tested with. */
export function versionHere(name: string): string {
  return JSON.parse(readFileSync(join(projectRoot, 'node_modules', name, 'package.json'), 'utf8')).version;
}
