import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeKernelspecs } from '../../packages/workshop/src/kernelspecs.ts';

const projectRoot = join(import.meta.dirname, '..', '..');
const cache = join(projectRoot, '.cache', 'kernel-clients');
const venv = join(cache, 'venv');

/** Where these programs are, once they are installed. */
export const programs = join(venv, 'bin');

/** Where they find the project's kernels. */
export const { jupyterPath, aws, local } = writeKernelspecs(projectRoot, process.execPath);

/** Installs the programs of Jupyter's that run kernels, when they are not in step with requirements.txt. */
export default function install(): void {
  const list = join(import.meta.dirname, 'requirements.txt');
  const stamp = createHash('sha256').update(readFileSync(list)).digest('hex');
  const stampFile = join(cache, 'stamp');
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp) return;
  mkdirSync(cache, { recursive: true });
  run('python3', '-m', 'venv', '--clear', venv);
  run(join(programs, 'python'), '-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', list);
  writeFileSync(stampFile, stamp);
}

function run(program: string, ...args: string[]): void {
  execFileSync(program, args, { stdio: ['ignore', 'ignore', 'inherit'] });
}
