import type { Router } from 'zeromq';
import type { Connection } from './connection-file.ts';
import { inOwnLanguage } from './own-language.ts';
import { runAsKernel } from './running-cell.ts';
import { bindSockets, createSockets, type Sockets, send } from './sockets.ts';
import type { Content, MessageHeader, Wire, WireMessage } from './wire-message.ts';

/** One message, for whoever answers it. */
export interface Request {
  readonly header: MessageHeader;
  readonly content: Content;
  /** Tells everybody who watches, as a part of what the request came to. */
  readonly publish: (type: string, content: object) => void;
  /** The frames of something that the one who sent it is asked in return. */
  readonly ask: (type: string, content: object) => Frames;
}

type Frames = ReturnType<Wire['reply']>;

/** The content of the reply, which has `status: 'ok'` where it does not say otherwise; nothing where there is none. */
export type Answer = (request: Request) => object | undefined | Promise<object | undefined>;

export interface Server {
  readonly sockets: Sockets;
  /** Says that this process is about to end, and ends it. */
  end(): void;
}

/**
 * Reads what Jupyter sends, and answers it. Nothing of this is a cell's work: what goes wrong here goes to the log of
 * Jupyter's server, and never into a cell.
 *
 * @param answers by the message's type
 */
export async function serve(
  wire: Wire,
  connection: Connection,
  answers: Readonly<Record<string, Answer>>,
): Promise<Server> {
  const sockets = createSockets();
  const all = new Map(Object.entries(answers));

  function read(socket: Router, frames: readonly Buffer[]): Promise<void> {
    return runAsKernel(async () => {
      try {
        const message = inOwnLanguage(() => wire.read(frames));
        // Whoever has not got the key is not answered, and cannot fill the log either.
        if (message !== undefined) await handle(socket, message);
      } catch (error) {
        console.error('The kernel could not answer a message:', error);
      }
    });
  }

  async function handle(socket: Router, message: WireMessage): Promise<void> {
    const { content, header } = message;
    const publish: Request['publish'] = (type, part) =>
      send(sockets.iopub, wire.broadcast(message, type, part));
    publish('status', { execution_state: 'busy' });
    try {
      const answer = inOwnLanguage(() => all.get(header.msg_type));
      if (answer === undefined) {
        console.error(`The kernel does not know messages of the type ${JSON.stringify(header.msg_type)}.`);
        return;
      }
      const ask: Request['ask'] = (type, question) => wire.reply(message, type, question);
      const reply = await settle(answer, { header, content, publish, ask });
      if (reply === undefined) return;
      const type = inOwnLanguage(() => header.msg_type.replace(/_request$/, '_reply'));
      send(socket, framesOf(message, type, reply));
      // Whoever else watches is told that the kernel ends, too.
      if (type === 'shutdown_reply') publish(type, reply);
    } finally {
      publish('status', { execution_state: 'idle' });
    }
    if (header.msg_type === 'shutdown_request') end();
  }

  /** A reply that cannot be written says so: whoever asks waits for one. */
  function framesOf(message: WireMessage, type: string, reply: object): Frames {
    try {
      return wire.reply(message, type, reply);
    } catch (error) {
      return wire.reply(message, type, failureOf(error));
    }
  }

  function end(): void {
    for (const socket of Object.values(sockets)) socket.close();
    // An open connection in a cell must not keep the process for ever; what was sent last must be on its way.
    setTimeout(() => process.exit(0), 100).unref();
  }

  // Not before: while a socket is being bound, ZeroMQ refuses to read from it, and the one who waits for messages is gone.
  await bindSockets(sockets, connection);
  for (const socket of [sockets.shell, sockets.control]) {
    void forEach(socket, (frames) => void read(socket, frames));
  }
  void forEach(sockets.heartbeat, (frames) => void sockets.heartbeat.send(frames).catch(() => undefined));
  // Somebody has begun to listen: told so, a client need not ask until it hears something.
  void forEach(sockets.iopub, ([frame]) => {
    if (frame?.[0] !== 1) return;
    const subscription = frame.toString('utf8', 1);
    send(sockets.iopub, wire.broadcast(undefined, 'iopub_welcome', { subscription }, subscription));
  });
  return { sockets, end };
}

/** Until the socket is closed. */
async function forEach(socket: AsyncIterable<Buffer[]>, work: (frames: Buffer[]) => void): Promise<void> {
  for await (const frames of socket) work(frames);
}

async function settle(answer: Answer, request: Request): Promise<object | undefined> {
  try {
    const content = await inOwnLanguage(() => answer(request));
    return content && { status: 'ok', ...content };
  } catch (error) {
    return failureOf(error);
  }
}

function failureOf(error: unknown): object {
  console.error('The kernel could not answer a request:', error);
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  return { status: 'error', ename: name, evalue: message, traceback: [] };
}
