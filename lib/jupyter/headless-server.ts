import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { KernelManager, ServerConnection, type Session, SessionManager } from '@jupyterlab/services';

export interface HeadlessServer {
  readonly baseUrl: string;
  readonly settings: ServerConnection.ISettings;
  /** Opens a session as JupyterLab would: the kernel starts in the notebook's folder. */
  openSession(notebookPath: string, kernelName: string): Promise<Session.ISessionConnection>;
  /** Ends the server, its kernels and every connection. */
  close(): Promise<void>;
}

export interface HeadlessServerOptions {
  /** The command that runs `jupyter`, such as `['/project/.venv/bin/python', '-m', 'jupyter']`. */
  readonly jupyter: readonly string[];
  /** The folder that notebook paths are relative to. */
  readonly root: string;
  /** The folder whose `kernels` are offered. */
  readonly jupyterPath: string;
  /** Added to this process's environment; kernels inherit it. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Milliseconds for the server to answer. */
const startTimeout = 60_000;

/** Starts a Jupyter server without a browser, for programs that run notebooks. */
export async function startHeadlessServer(options: HeadlessServerOptions): Promise<HeadlessServer> {
  const port = await freePort();
  const token = randomBytes(24).toString('hex');
  const [command = 'jupyter', ...args] = options.jupyter;
  const child = spawn(command, [...args, 'server', ...serverFlags(port, options.root)], {
    env: { ...process.env, ...options.env, JUPYTER_TOKEN: token, JUPYTER_PATH: options.jupyterPath },
    stdio: ['ignore', 'ignore', 'pipe'],
    detached: true,
  });
  const log = collectLog(child);
  const baseUrl = `http://127.0.0.1:${port}/`;
  try {
    await untilAnswering(`${baseUrl}api/status?token=${token}`, child);
  } catch (error) {
    await end(child);
    throw new Error(`The Jupyter server did not start (${(error as Error).message}).\n${log()}`);
  }
  const settings = ServerConnection.makeSettings({ baseUrl, wsUrl: baseUrl.replace('http', 'ws'), token });
  const kernelManager = new KernelManager({ serverSettings: settings });
  const sessionManager = new SessionManager({ kernelManager, serverSettings: settings });
  return {
    baseUrl,
    settings,
    openSession: async (path, name) => {
      await sessionManager.ready;
      return sessionManager.startNew({ path, name: path, type: 'notebook', kernel: { name } });
    },
    close: async () => {
      await sessionManager.shutdownAll().catch(() => undefined);
      sessionManager.dispose();
      kernelManager.dispose();
      await end(child);
    },
  };
}

function serverFlags(port: number, root: string): string[] {
  return [
    '--ServerApp.ip=127.0.0.1',
    `--ServerApp.port=${port}`,
    '--ServerApp.port_retries=0',
    '--ServerApp.open_browser=False',
    `--ServerApp.root_dir=${root}`,
    '--log-level=WARN',
    ...(process.getuid?.() === 0 ? ['--allow-root'] : []),
  ];
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('No free port.');
  return address.port;
}

/** The last lines that the server wrote to its log. */
function collectLog(child: ChildProcess): () => string {
  const lines: string[] = [];
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    lines.push(...text.split('\n'));
    lines.splice(0, Math.max(0, lines.length - 30));
  });
  return () => lines.join('\n');
}

async function untilAnswering(url: string, child: ChildProcess): Promise<void> {
  const deadline = Date.now() + startTimeout;
  while (Date.now() < deadline) {
    if (child.exitCode !== null) throw new Error(`it ended with code ${child.exitCode}`);
    const answer = await fetch(url).catch(() => undefined);
    if (answer?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`no answer in ${startTimeout / 1000} s`);
}

/** Ends the server's whole process group: politely, then not. */
async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.pid === undefined) return;
  const exited = once(child, 'exit');
  signalGroup(child.pid, 'SIGTERM');
  const timer = setTimeout(() => signalGroup(child.pid as number, 'SIGKILL'), 5_000);
  await exited;
  clearTimeout(timer);
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // It has ended already.
  }
}
