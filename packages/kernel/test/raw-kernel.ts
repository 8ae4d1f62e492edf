import { type ChildProcess, spawn } from 'node:child_process';
import { createHmac, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Dealer, Subscriber } from 'zeromq';
import { freePorts } from '../../../test/free-ports.ts';

const projectRoot = join(import.meta.dirname, '..', '..', '..');
const program = join(import.meta.dirname, '..', 'src', 'kernel.ts');
const delimiter = '<IDS|MSG>';

/** The signature of a message's parts. */
export type Sign = (parts: readonly string[]) => string;

/** A kernel as Jupyter starts it, and nothing of Jupyter beside it. */
export interface RawKernel {
  readonly connection: Connection;
  /** Where its connection file is. */
  readonly folder: string;
  readonly process: ChildProcess;
  /** What Jupyter's server would have in its log. */
  log(): string;
  close(): Promise<void>;
}

export interface Connection {
  readonly transport: 'tcp' | 'ipc';
  readonly ip: string;
  readonly key: string;
  readonly signature_scheme: string;
  readonly shell_port: number;
  readonly iopub_port: number;
  readonly stdin_port: number;
  readonly control_port: number;
  readonly hb_port: number;
}

/** @param start another kernel than this one, by its connection file */
export async function startRawKernel(
  settings: Partial<Connection> = {},
  start: (connectionFile: string) => { readonly child: ChildProcess; log(): string } = startProgram,
): Promise<RawKernel> {
  const folder = mkdtempSync(join(tmpdir(), 'kernel-'));
  const isLocal = settings.transport === 'ipc';
  const [shell_port = 0, iopub_port = 0, stdin_port = 0, control_port = 0, hb_port = 0] = isLocal
    ? [1, 2, 3, 4, 5]
    : await freePorts(5);
  const connection: Connection = {
    transport: 'tcp',
    ip: isLocal ? join(folder, 'k') : '127.0.0.1',
    key: randomUUID(),
    signature_scheme: 'hmac-sha256',
    shell_port,
    iopub_port,
    stdin_port,
    control_port,
    hb_port,
    ...settings,
  };
  const file = join(folder, 'connection.json');
  writeFileSync(file, JSON.stringify(connection), { mode: 0o600 });
  const { child, log } = start(file);
  return {
    connection,
    folder,
    process: child,
    log,
    close: async () => {
      if (child.exitCode === null && child.signalCode === null) {
        child.kill('SIGKILL');
        await once(child, 'exit');
      }
      rmSync(folder, { recursive: true });
    },
  };
}

/** The kernel's launcher by itself. */
export function startProgram(
  connectionFile: string,
  nodeFlags: readonly string[] = [],
): { readonly child: ChildProcess; log(): string } {
  return startCommand([process.execPath, ...nodeFlags, program, '--config-path', connectionFile]);
}

/** Any kernel's, in the folder of the notebooks unless it is told. */
export function startCommand(
  [command = '', ...args]: readonly string[],
  env: NodeJS.ProcessEnv = {},
  cwd = join(projectRoot, 'notebooks'),
): { readonly child: ChildProcess; log(): string } {
  const child = spawn(command, args, {
    cwd,
    env: { ...process.env, AWS_REGION: 'us-east-1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let log = '';
  child.stdout.on('data', (chunk) => {
    log += chunk;
  });
  child.stderr.on('data', (chunk) => {
    log += chunk;
  });
  return { child, log: () => log };
}

/** A program on the same machine: it knows the ports, and no key. */
export interface RawClient {
  sendShell(...frames: readonly (Buffer | string)[]): Promise<void>;
  sendControl(...frames: readonly (Buffer | string)[]): Promise<void>;
  sendStdin(...frames: readonly (Buffer | string)[]): Promise<void>;
  /** What has come so far, oldest first. */
  readonly received: Received[];
  /** The first message, of those that have come and will come, for which this is true. */
  receive(isWanted: (message: Received) => boolean): Promise<Received>;
  close(): void;
}

/** As it came over the wire. */
export interface Received {
  readonly channel: (typeof channels)[number];
  readonly signature: string;
  readonly parts: readonly string[];
  readonly header: { readonly msg_type: string; readonly session: string };
  readonly parent: { readonly msg_id?: string };
  readonly content: { readonly [name: string]: unknown };
}

const channels = ['shell', 'stdin', 'control', 'iopub'] as const;

/** @param kernel where it ends, so does the waiting for what will never come */
export function connectRawClient(connection: Connection, kernel?: RawKernel): RawClient {
  const { transport, ip } = connection;
  const separator = transport === 'ipc' ? '-' : ':';
  // A client has one name on both, so that the kernel can ask back.
  const routingId = randomUUID();
  const sockets = {
    shell: new Dealer({ routingId }),
    stdin: new Dealer({ routingId }),
    control: new Dealer(),
    iopub: new Subscriber(),
  };
  const received: Received[] = [];
  const waiting = new Set<() => void>();
  let isClosed = false;
  const ended = new Promise<never>((_, reject) => {
    kernel?.process.once('exit', () => reject(new Error(`The kernel has ended:\n${kernel.log()}`)));
  });
  ended.catch(() => undefined);

  async function listen(channel: Received['channel']): Promise<void> {
    for await (const frames of sockets[channel]) {
      received.push(readReceived(channel, frames));
      for (const look of waiting) look();
    }
  }
  for (const channel of channels) {
    sockets[channel].linger = 0;
    sockets[channel].connect(`${transport}://${ip}${separator}${connection[`${channel}_port`]}`);
  }
  sockets.iopub.subscribe();
  for (const channel of channels) {
    listen(channel).catch((error: unknown) => {
      if (!isClosed) throw error;
    });
  }
  return {
    received,
    sendShell: (...frames) => sockets.shell.send([...frames]),
    sendControl: (...frames) => sockets.control.send([...frames]),
    sendStdin: (...frames) => sockets.stdin.send([...frames]),
    receive(isWanted) {
      const wanted = new Promise<Received>((resolve) => {
        const look = () => {
          const found = received.find(isWanted);
          if (found === undefined) return;
          waiting.delete(look);
          resolve(found);
        };
        waiting.add(look);
        look();
      });
      return Promise.race([wanted, ended]);
    },
    close: () => {
      isClosed = true;
      for (const socket of Object.values(sockets)) socket.close();
    },
  };
}

function readReceived(channel: Received['channel'], frames: readonly Buffer[]): Received {
  const texts = frames.map(String);
  const [signature = '', ...parts] = texts.slice(texts.indexOf(delimiter) + 1);
  const [header, parent, , content] = parts.map((part) => JSON.parse(part));
  return { channel, signature, parts, header, parent, content };
}

/** The frames of a request, and the id that its answers name as their parent's. */
export function request(
  type: string,
  content: object,
  sign: Sign,
): { readonly id: string; readonly frames: readonly string[] } {
  const id = randomUUID();
  const header = { msg_id: id, msg_type: type, session: 'raw', username: 'raw', version: '5.3' };
  const parts = [header, {}, {}, content].map((part) => JSON.stringify(part));
  return { id, frames: [delimiter, sign(parts), ...parts] };
}

/** Signs as somebody does who has the connection file. */
export function signer({ key }: { readonly key: string }, hash = 'sha256'): Sign {
  return (parts) => createHmac(hash, key).update(parts.join('')).digest('hex');
}

/** Asks until what the kernel says to everybody arrives here as well. */
export async function untilConnected(client: RawClient, sign: Sign): Promise<void> {
  for (;;) {
    const { id, frames } = request('kernel_info_request', {}, sign);
    await client.sendShell(...frames);
    await client.receive(({ channel, parent }) => channel === 'shell' && parent.msg_id === id);
    if (client.received.some(({ channel, parent }) => channel === 'iopub' && parent.msg_id === id)) return;
  }
}
