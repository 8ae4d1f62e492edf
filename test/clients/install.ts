import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const here = import.meta.dirname;
const cache = join(here, '..', '..', '.cache', 'clients');
const venv = join(cache, 'venv');

/** Where Python with boto3 is, once the clients are installed. */
export const python = join(venv, 'bin', 'python');

/** Installs the clients, when they are not in step with their lock files. They stay out of the project's own packages. */
export default function install(): void {
  const stamp = createHash('sha256')
    .update(['package-lock.json', 'requirements.txt'].map((name) => readFileSync(join(here, name))).join())
    .digest('hex');
  const stampFile = join(cache, 'stamp');
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp && existsSync(python)) return;
  mkdirSync(cache, { recursive: true });
  run('npm', 'ci', '--no-audit', '--no-fund', '--loglevel=error');
  run('python3', '-m', 'venv', '--clear', venv);
  run(python, '-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', 'requirements.txt');
  writeFileSync(stampFile, stamp);
}

function run(program: string, ...args: string[]): void {
  // The tests' environment points the AWS SDK nowhere; npm and pip need nothing of that.
  execFileSync(program, args, { cwd: here, stdio: ['ignore', 'ignore', 'inherit'] });
}
