import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { freePort } from '../../../test/free-ports.ts';
import { descendants, endProcessTree, isRunning } from '../src/setup/processes.mjs';
import { run } from './setup/fake-machine.ts';

const program = join(import.meta.dirname, '..', 'src', 'start.ts');

interface Started {
  readonly child: ChildProcess;
  readonly pid: number;
  readonly baseUrl: string;
  readonly token: string;
  printed(): string;
}

/** Starts it for real, and waits for the address. */
async function start(...args: string[]): Promise<Started> {
  const child = spawn(process.execPath, [program, '--no-browser', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const pid = child.pid as number;
  onTestFinished(() => endProcessTree(pid));
  let text = '';
  const url = await new Promise<URL>((resolve, reject) => {
    const read = (chunk: Buffer) => {
      text += chunk;
      const found = /^http\S+$/m.exec(text);
      if (found) resolve(new URL(found[0]));
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.on('exit', (code) => reject(new Error(`It ended with code ${code}:\n${text}`)));
  });
  expect(url.pathname).toBe('/lab/tree/notebooks/001.ipynb');
  return { child, pid, baseUrl: url.origin, token: url.searchParams.get('token') ?? '', printed: () => text };
}

async function get(started: Started, path: string): Promise<unknown> {
  const headers = { authorization: `token ${started.token}` };
  const answer = await fetch(`${started.baseUrl}${path}`, { headers });
  expect(answer.status).toBe(200);
  return answer.json();
}

describe('npm start', () => {
  it('serves both kernels, the notebook on the local one, and leaves nothing behind', {
    timeout: 60_000,
  }, async () => {
    const port = await freePort();
    const started = await start('--local', '--port', String(port));
    expect(started.baseUrl).toBe(`http://127.0.0.1:${port}`);
    expect(started.token).toMatch(/^[\w-]{22}$/);
    expect(await get(started, '/api/status')).toHaveProperty('kernels');
    const { kernelspecs } = (await get(started, '/api/kernelspecs')) as { kernelspecs: object };
    expect(Object.keys(kernelspecs)).toEqual(
      expect.arrayContaining(['typescript-bedrock', 'typescript-bedrock-local']),
    );
    const sessions = (await get(started, '/api/sessions')) as { path: string; kernel: { name: string } }[];
    expect(sessions.map(({ path, kernel }) => [path, kernel.name])).toEqual([
      ['notebooks/001.ipynb', 'typescript-bedrock-local'],
    ]);
    expect((await fetch(`${started.baseUrl}/api/sessions`)).status).toBe(403);

    const family = [started.pid, ...descendants(started.pid)];
    expect(family.length).toBeGreaterThanOrEqual(3);
    started.child.kill('SIGINT');
    const [code] = await once(started.child, 'exit');
    expect(code).toBe(0);
    expect(started.printed()).toContain('Stopped: JupyterLab and its kernels have ended.');
    expect(family.filter(isRunning)).toEqual([]);
  });

  it('lets no server outlive it, even when it is killed outright', async () => {
    const started = await start('--local', '--port', String(await freePort()));
    const family = descendants(started.pid);
    expect(family.length).toBeGreaterThanOrEqual(2);
    started.child.kill('SIGKILL');
    await expect.poll(() => family.filter(isRunning)).toEqual([]);
  });

  it('of which two begin at once gives each its own port and log', async () => {
    const [one, other] = await Promise.all([start('--local'), start('--local')]);
    expect(one.baseUrl).not.toBe(other.baseUrl);
    for (const { baseUrl, pid, printed } of [one, other]) {
      const { port } = new URL(baseUrl);
      expect(printed()).toContain(`\nPort         ${port}`);
      const log = join(import.meta.dirname, '../../../.cache', `jupyter-${port}-${pid}.log`);
      expect(readFileSync(log, 'utf8')).toContain(`http://127.0.0.1:${port}/`);
    }
  });

  it('refuses an era that does not exist', async () => {
    const env = { ...process.env, LOCAL_BEDROCK_ERA: 'tomorrow' };
    const { code, stderr } = await run(process.execPath, [program, '--no-browser'], { env });
    expect(code).toBe(1);
    expect(stderr).toContain('set it to lab or to today');
  });

  it('says so when the port that was asked for is taken', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void server.close());
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    const args = [program, '--no-browser', '--local', '--port', String(port)];
    const { code, stderr } = await run(process.execPath, args, { env: process.env });
    expect(code).toBe(1);
    expect(stderr).toContain(`Port ${port} is taken by another program.\nNext step: `);
  });

  it('explains an unknown option, and an unknown notebook', async () => {
    const option = await run(process.execPath, [program, '--prot', '1'], { env: process.env });
    expect(option).toMatchObject({ code: 2, stdout: '' });
    expect(option.stderr).toContain('There is no option --prot.');
    const notebook = await run(process.execPath, [program, '--no-browser', 'no.ipynb'], { env: process.env });
    expect(notebook.code).toBe(2);
    expect(notebook.stderr).toContain('There is no notebook no.ipynb.');
  });
});
