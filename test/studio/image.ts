import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { executablesOnPath } from '../../packages/workshop/src/setup/run-command.mjs';
import { type Learner, runAs } from './learner.ts';

/** As the images of 2.14, 4.0 and later have them; the proxy is there for pages such as the chat's. */
const packages = ['jupyterlab==4.5.10', 'jupyter-server-proxy==4.4.0'];

/** What comes with the container and goes with it: a prefix as conda's, first on the PATH. */
export interface Image {
  /** Its `bin` has Python, JupyterLab, Node 20 and npm. */
  readonly prefix: string;
  /** Removes the prefix, as the end of a container does. */
  destroy(): void;
  /** Puts the prefix there again, as new. */
  rebuild(): void;
}

/** Builds it once, which takes about a minute, and keeps a copy from which it is rebuilt in seconds. */
export async function buildImage(folder: string, learner: Learner, env: NodeJS.ProcessEnv): Promise<Image> {
  const prefix = join(folder, 'conda');
  const pristine = join(folder, 'conda-as-built');
  const options = { cwd: folder, env };
  const python = await findPython(learner, options);
  // The folder around it is root's.
  mkdirSync(prefix);
  chownSync(prefix, learner.uid, learner.gid);
  await succeed(learner, [python, '-m', 'venv', prefix], options);
  const pip = [join(prefix, 'bin/python'), '-m', 'pip', 'install', '--quiet', '--disable-pip-version-check'];
  await succeed(learner, [...pip, '--no-cache-dir', ...packages], options);
  addNode(join(prefix, 'bin'), folder);
  addSudo(join(prefix, 'bin'));
  must('chown', '-R', '-h', `${learner.uid}:${learner.gid}`, prefix);
  // Hard links: what is removed from one stays in the other, and nothing writes into files that are there.
  must('cp', '-al', prefix, pristine);
  const destroy = () => rmSync(prefix, { recursive: true, force: true });
  return {
    prefix,
    destroy,
    rebuild: () => {
      destroy();
      must('cp', '-al', pristine, prefix);
    },
  };
}

/** Node 20, as in every image so far, and npm: copies of this machine's, or what the registry has. */
export function addNode(bin: string, folder: string): void {
  const ours = executablesOnPath('node', process.env).find((node) => versionOf(node).startsWith('v20.'));
  const node = ours ?? installNode20(join(folder, 'node-20'));
  copyFileSync(node, join(bin, 'node'));
  chmodSync(join(bin, 'node'), 0o755);
  const npm = executablesOnPath('npm', process.env)
    .map((path) => realpathSync(path))
    .find((path) => existsSync(join(dirname(path), 'npm-cli.js')));
  if (npm === undefined) throw new Error('There is no npm on the PATH.');
  // Where root's home is closed to others, its npm is out of reach: a copy is not.
  const copy = join(dirname(bin), 'lib/node_modules/npm');
  cpSync(join(dirname(npm), '..'), copy, { recursive: true, dereference: true });
  symlinkSync(join(copy, 'bin/npm-cli.js'), join(bin, 'npm'));
  symlinkSync(join(copy, 'bin/npx-cli.js'), join(bin, 'npx'));
}

function installNode20(folder: string): string {
  const name = `node-linux-${process.arch}`;
  mkdirSync(folder);
  must('npm', 'install', '--prefix', folder, '--no-audit', `${name}@20`);
  return join(folder, 'node_modules', name, 'bin/node');
}

/** Whoever asks for more rights than the user has is found out. */
function addSudo(bin: string): void {
  const sudo = join(bin, 'sudo');
  writeFileSync(sudo, '#!/bin/sh\necho "$@" >> "$HOME/sudo-was-called"\nexit 1\n');
  chmodSync(sudo, 0o755);
}

function must(...[program = '', ...args]: string[]): void {
  const { status, stderr } = spawnSync(program, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} failed: ${stderr}`);
}

function versionOf(node: string): string {
  return spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout ?? '';
}

/** A Python that others than root may run. */
async function findPython(
  learner: Learner,
  options: { cwd: string; env: NodeJS.ProcessEnv },
): Promise<string> {
  for (const path of ['/usr/bin/python3', '/usr/local/bin/python3']) {
    if (!existsSync(path)) continue;
    const { code } = await runAs(learner, [path, '-c', 'import venv, ensurepip'], options);
    if (code === 0) return path;
  }
  throw new Error('No Python of the system can make a virtual environment: apt-get install python3-venv.');
}

async function succeed(
  learner: Learner,
  command: readonly string[],
  options: { cwd: string; env: NodeJS.ProcessEnv },
): Promise<void> {
  const { code, output } = await runAs(learner, command, options);
  if (code !== 0) throw new Error(`${command.join(' ')} ended with ${code}:\n${output}`);
}
