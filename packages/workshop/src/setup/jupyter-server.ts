import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fetchDirect } from 'local-bedrock/model';
import { namesIn, readText } from './disk.mjs';
import { endProcessTree, isRunning, sleep } from './processes.mjs';

export interface ServerOptions {
  /** As `findOrCreateJupyter` found it. */
  readonly command: readonly string[];
  readonly projectRoot: string;
  readonly port: number;
  /** The folder whose kernels are offered first. */
  readonly jupyterPath: string;
  readonly env: NodeJS.ProcessEnv;
  /** Where the server's log goes; undefined: to this process's standard error. */
  readonly logFile: string | undefined;
}

export interface JupyterServer {
  /** Such as `http://127.0.0.1:8888`, without a slash at its end. */
  readonly url: string;
  readonly token: string;
  /** Resolves with the exit code when the server has ended, for whatever reason. */
  readonly ended: Promise<number>;
  /** Resolves when the server answers; rejects when it ends before, or does not answer within 90 s. */
  readonly ready: Promise<void>;
  /** Ends the server, its kernels and its terminals. */
  stop(): Promise<void>;
}

const readyTimeoutMs = 90_000;
const pollMs = 50;

/** Starts JupyterLab for this machine only, in a process group that Ctrl-C does not reach: `stop` ends it. */
export function startJupyterServer(options: ServerOptions): JupyterServer {
  const token = randomBytes(16).toString('base64url');
  const url = `http://127.0.0.1:${options.port}`;
  const log = options.logFile === undefined ? 2 : openSync(options.logFile, 'w', 0o600);
  const [program = '', ...args] = options.command;
  const tokenFolder = mkdtempSync(join(tmpdir(), 'jupyter-token-'));
  const removeToken = () => rmSync(tokenFolder, { recursive: true, force: true });
  process.once('exit', removeToken);
  const tokenFile = join(tokenFolder, 'token');
  writeFileSync(tokenFile, token, { mode: 0o600 });
  const child = spawn(program, [...args, 'lab', ...serverFlags(options)], {
    cwd: options.projectRoot,
    env: serverEnvironment(options, tokenFile),
    stdio: ['ignore', log, log],
    detached: process.platform !== 'win32',
  });
  if (log !== 2) closeSync(log);
  const ended = new Promise<number>((resolve) => {
    child.on('error', () => resolve(127));
    child.on('exit', (code) => resolve(code ?? 1));
  });
  const ready = untilReady(url, token, ended).finally(() => {
    // The server has read it.
    removeToken();
    process.off('exit', removeToken);
  });
  return {
    url,
    token,
    ended,
    ready,
    stop: () => stop(child),
  };
}

function serverFlags(options: ServerOptions): string[] {
  return [
    '--ServerApp.ip=127.0.0.1',
    `--ServerApp.port=${options.port}`,
    '--ServerApp.port_retries=0',
    '--ServerApp.open_browser=False',
    `--ServerApp.root_dir=${options.projectRoot}`,
    ...(process.getuid?.() === 0 ? ['--allow-root'] : []),
  ];
}

/**
 * Kernels inherit it, and a notebook that shows `process.env` is stored: it names the file that holds the token, as
 * Jupyter has it, and not the token.
 *
 * @see https://jupyter-server.readthedocs.io/en/latest/operators/security.html
 */
function serverEnvironment(options: ServerOptions, tokenFile: string): NodeJS.ProcessEnv {
  const { projectRoot } = options;
  const { JUPYTER_TOKEN: _, SET_UP_STARTED: __, ...env } = options.env;
  const first = (folder: string, rest: string | undefined) => (rest ? `${folder}:${rest}` : folder);
  return {
    ...env,
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    JUPYTER_TOKEN_FILE: tokenFile,
    JUPYTER_PATH: first(options.jupyterPath, env.JUPYTER_PATH),
    JUPYTER_CONFIG_PATH: first(
      join(projectRoot, 'packages/workshop/src/server-config'),
      env.JUPYTER_CONFIG_PATH,
    ),
    BEDROCK_STARTER_PID: String(process.pid),
  };
}

async function untilReady(url: string, token: string, ended: Promise<number>): Promise<void> {
  let code: number | undefined;
  void ended.then((exitCode) => {
    code = exitCode;
  });
  const deadline = performance.now() + readyTimeoutMs;
  const headers = { authorization: `token ${token}` };
  while (performance.now() < deadline) {
    if (code !== undefined) throw new Error(`JupyterLab ended by itself with exit code ${code}.`);
    const signal = AbortSignal.timeout(5_000);
    const answer = await fetchDirect(`${url}/api/status`, { headers, signal }).catch(() => undefined);
    if (answer?.ok) return;
    await sleep(pollMs);
  }
  throw new Error(`JupyterLab did not answer within ${readyTimeoutMs / 1000} s.`);
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  await endProcessTree(child.pid);
}

/**
 * The log file of a server that this process starts on this port; no other process writes it. Its folder is made, and
 * the logs of processes that have ended are removed from it.
 */
export function logFileFor(projectRoot: string, port: number): string {
  const folder = join(projectRoot, '.cache');
  mkdirSync(folder, { recursive: true });
  for (const name of namesIn(folder)) {
    const [, pid] = /^jupyter-\d+-(\d+)\.log$/.exec(name) ?? [];
    if (pid !== undefined && !isRunning(Number(pid))) rmSync(join(folder, name), { force: true });
  }
  return join(folder, `jupyter-${port}-${process.pid}.log`);
}

/** The last lines of a log, for a person to read. */
export function lastLines(file: string, count: number): string {
  return (readText(file) ?? '').trim().split('\n').slice(-count).join('\n');
}

/** Milliseconds for the server to start the kernel's process. */
const sessionTimeoutMs = 60_000;

/**
 * Starts the notebook's kernel, as JupyterLab would when it opens the notebook. JupyterLab attaches to a session of
 * the same path, so this decides the kernel, whichever the notebook names in its metadata.
 *
 * @param path relative to the project, with forward slashes
 * @throws an Error with what the server said
 */
export async function startNotebookSession(
  server: Pick<JupyterServer, 'url' | 'token'>,
  path: string,
  kernelName: string,
): Promise<void> {
  const answer = await fetchDirect(`${server.url}/api/sessions`, {
    method: 'POST',
    headers: { authorization: `token ${server.token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ path, type: 'notebook', name: path, kernel: { name: kernelName } }),
    signal: AbortSignal.timeout(sessionTimeoutMs),
  });
  if (answer.ok) return;
  const body = (await answer.json().catch(() => ({}))) as { message?: string };
  throw new Error(`HTTP ${answer.status}: ${body.message ?? 'no reason given'}`);
}

/** The address that opens the notebook in JupyterLab; without a notebook, JupyterLab as it was left. */
export function notebookUrl(server: Pick<JupyterServer, 'url' | 'token'>, path: string | undefined): string {
  const place = path === undefined ? '' : `/tree/${path.split('/').map(encodeURIComponent).join('/')}`;
  return `${server.url}/lab${place}?token=${server.token}`;
}

export const defaultPort = 8888;
/** How many ports after the first are tried. */
const attempts = 100;

/** Whether a server can listen on this port of 127.0.0.1. */
export async function isPortFree(port: number): Promise<boolean> {
  // On macOS a listener on all addresses does not keep another from binding 127.0.0.1: ask both ways.
  return !(await answers(port)) && (await canBind(port));
}

/** The first free port from `first` on; undefined when the next hundred are taken. */
export async function firstFreePort(first: number): Promise<number | undefined> {
  for (let port = first; port < Math.min(first + attempts, 65_536); port += 1) {
    if (await isPortFree(port)) return port;
  }
  return undefined;
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', timeout: 500 });
    const finish = (answered: boolean) => {
      socket.destroy();
      resolve(answered);
    };
    socket.on('connect', () => finish(true));
    socket.on('timeout', () => finish(false));
    socket.on('error', () => finish(false));
  });
}

function canBind(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.on('error', () => resolve(false));
    server.listen({ port, host: '127.0.0.1' }, () => server.close(() => resolve(true)));
  });
}
