import { runAsKernel } from './running-cell.ts';
import { type Socket, send } from './sockets.ts';
import type { Content, Wire, WireMessage } from './wire-message.ts';

/** The parts of tslab's server that are used here. */
export interface TslabServer {
  readonly handler: TslabHandler;
  readonly iopub: Socket;
  handleShellMessage(socket: Socket, ...frames: readonly Buffer[]): Promise<void>;
  close(): void;
}
export interface TslabHandler {
  execCount: number;
  readonly executor: { execute(source: string): Promise<boolean> };
  handleKernel(): object;
  handleIsComplete(content: Content): object;
  handleInspect(content: Content): object;
  handleComplete(content: Content): object;
  handleShutdown(content: Content): object;
}

/** One request, for whoever answers it. */
export interface Request {
  readonly content: Content;
  readonly handler: TslabHandler;
  /** Tells everybody who watches, as a part of what the request came to. */
  readonly publish: (type: string, content: object) => void;
}

/** The content of the reply, which has `status: 'ok'` where it does not say otherwise. */
export type Answer = (request: Request) => object | Promise<object>;

/** By the request's type without `_request`, which is the reply's without `_reply`. */
const answers: Readonly<Record<string, Answer>> = {
  kernel_info: ({ handler }) => handler.handleKernel(),
  is_complete: ({ handler, content }) => handler.handleIsComplete(content),
  inspect: ({ handler, content }) => handler.handleInspect(content),
  complete: ({ handler, content }) => handler.handleComplete(content),
  // No cell can open a comm.
  comm_info: () => ({ comms: {} }),
  shutdown: ({ handler, content }) => handler.handleShutdown(content),
};

/**
 * Reads what Jupyter sends, and answers it. Nothing of this is a cell's work: what goes wrong here, and what the kernel
 * or tslab have to say, goes to the log of Jupyter's server. tslab would put it into the cell that ran last, and there
 * answer a forged message with the signature that it should have had.
 *
 * @param server the prototype of tslab's `ZmqServer`
 * @param execute answers `execute_request`
 */
export function answerMessages(server: TslabServer, wire: Wire, execute: Answer): void {
  const all = new Map(Object.entries({ ...answers, execute }));

  server.handleShellMessage = function read(socket, ...frames) {
    return runAsKernel(async () => {
      try {
        const request = wire.read(frames);
        // Whoever has not got the key is not answered, and cannot fill the log either.
        if (request !== undefined) await handle(this, socket, request);
      } catch (error) {
        console.error('The kernel could not answer a message:', error);
      }
    });
  };

  async function handle(server: TslabServer, socket: Socket, message: WireMessage): Promise<void> {
    const { content, header } = message;
    const publish: Request['publish'] = (type, part) =>
      send(server.iopub, wire.broadcast(message, type, part));
    publish('status', { execution_state: 'busy' });
    try {
      const name = /^(.+)_request$/.exec(header.msg_type)?.[1] ?? '';
      const answer = all.get(name);
      if (answer === undefined) {
        console.error(`The kernel does not know messages of the type ${JSON.stringify(header.msg_type)}.`);
        return;
      }
      const reply = await settle(answer, { content, handler: server.handler, publish });
      send(socket, wire.reply(message, `${name}_reply`, reply));
    } finally {
      publish('status', { execution_state: 'idle' });
    }
    if (header.msg_type === 'shutdown_request') server.close();
  }
}

async function settle(answer: Answer, request: Request): Promise<object> {
  try {
    return { status: 'ok', ...(await answer(request)) };
  } catch (error) {
    console.error('The kernel could not answer a request:', error);
    const { name, message } = error instanceof Error ? error : new Error(String(error));
    return { status: 'error', ename: name, evalue: message, traceback: [] };
  }
}
