import type { Interface } from 'node:readline';
import readline from 'node:readline';
import readlinePromises from 'node:readline/promises';
import { Readable } from 'node:stream';
import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads';
import type { KeyboardData } from './keyboard-worker.ts';
import { currentCell, isRunning, type RunningCell } from './running-cell.ts';
import type { Sockets } from './sockets.ts';
import type { Wire } from './wire-message.ts';

/** Milliseconds after which somebody who reads from the keyboard does so in earnest. */
const inEarnest = 50;

/**
 * Gives cells a keyboard: `prompt(…)`, `readline`'s `question`, and lines of `process.stdin`. Each asks the one who runs
 * the cell for a line, in the box that Jupyter shows for it.
 *
 * @param address where Jupyter listens for what a kernel asks
 * @param flush sends what cells have printed so far, which is often the question
 */
export function giveCellsAKeyboard(
  wire: Wire,
  stdin: Sockets['stdin'],
  address: string,
  flush: () => void,
): void {
  const shared = new Int32Array(new SharedArrayBuffer(4));
  let opened: MessagePort | undefined;

  /** Until now this thread had the address, so that nobody else could take it. */
  function open(): MessagePort {
    if (opened) return opened;
    stdin.close();
    const { port1, port2 } = new MessageChannel();
    const worker = new Worker(new URL('./keyboard-worker.ts', import.meta.url), {
      workerData: { address, port: port2, shared } satisfies KeyboardData,
      transferList: [port2],
    });
    worker.unref();
    opened = port1;
    return port1;
  }

  function request(prompt: string, isSecret = false): MessagePort {
    const cell = askingCell();
    const port = open();
    flush();
    // An answer that nobody waits for any more: its cell was stopped.
    while (receiveMessageOnPort(port) !== undefined);
    port.postMessage(cell.ask(prompt, isSecret).map((frame) => Buffer.from(frame)));
    return port;
  }

  /** The line, if this is one. */
  function read(frames: readonly Uint8Array[]): string | undefined {
    const message = wire.read(frames.map((frame) => Buffer.from(frame)));
    if (message?.header.msg_type !== 'input_reply') return undefined;
    return String(message.content.value ?? '');
  }

  /** Holds up everything until the line is there. */
  function askNow(prompt: string): string {
    const port = request(prompt);
    for (;;) {
      const before = Atomics.load(shared, 0);
      const received = receiveMessageOnPort(port);
      if (received === undefined) {
        Atomics.wait(shared, 0, before);
        continue;
      }
      const line = read(received.message);
      if (line !== undefined) return line;
    }
  }

  function ask(prompt: string): Promise<string> {
    const port = request(prompt);
    // Nobody waits any more for the answer to an earlier question.
    port.removeAllListeners('message');
    return new Promise((resolve) => {
      const listen = (frames: readonly Uint8Array[]) => {
        const line = read(frames);
        if (line === undefined) return;
        port.off('message', listen);
        resolve(line);
      };
      port.on('message', listen);
      port.unref();
    });
  }

  Object.assign(globalThis, {
    prompt: (message = '', defaultValue = '') => askNow(String(message)) || String(defaultValue),
  });
  const keyboard = createStream(ask);
  Object.defineProperty(process, 'stdin', { value: keyboard, configurable: true });
  answerQuestions(keyboard, ask);
}

type AskingCell = RunningCell & Required<Pick<RunningCell, 'ask'>>;

/** @throws when there is nobody who could type */
function askingCell(): AskingCell {
  const cell = currentCell();
  if (cell === undefined || !isRunning(cell)) {
    throw new Error('Only a cell that is running can ask for a line.');
  }
  if (cell.ask === undefined) {
    throw new Error(
      'Nobody can type a line here: the program that runs this notebook has no keyboard for it. Run the cell in JupyterLab, or give it the value in a variable.',
    );
  }
  return cell as AskingCell;
}

type Ask = (prompt: string) => Promise<string>;

/** Cells that use `question`, whose interface reads from the stream as well, though nobody waits for those lines. */
const questioning = new WeakSet<RunningCell>();

/** A stream of lines, each of which is asked for when a running cell reads it. */
function createStream(ask: Ask): Readable {
  let timer: NodeJS.Timeout | undefined;
  let asking: RunningCell | undefined;

  function askInEarnest(): void {
    const cell = currentCell();
    if (cell === undefined || !isRunning(cell) || questioning.has(cell) || stream.isPaused()) return;
    if (asking !== undefined && isRunning(asking)) return;
    asking = cell;
    ask('').then(
      (line) => {
        asking = undefined;
        stream.push(`${line}\n`);
      },
      (error: Error) => stream.emit('error', error),
    );
  }

  function read(): void {
    clearTimeout(timer);
    // Whoever opens an interface lets it flow at once, before there is a question; who closes it stops it.
    timer = setTimeout(askInEarnest, inEarnest);
  }

  const stream = new Readable({ encoding: 'utf8', read });
  // What an earlier cell has let flow was never answered; this one begins anew.
  stream.on('resume', read);
  return stream;
}

/** Has `question` ask in Jupyter's own box, with the question in front of it. */
function answerQuestions(keyboard: Readable, ask: Ask): void {
  type Question = (query: string, ...rest: unknown[]) => unknown;
  type Owner = { question: Question };
  const isKeyboard = (target: unknown) => (target as { input?: unknown }).input === keyboard;

  const owners: readonly [Owner, boolean][] = [
    [readline.Interface.prototype as unknown as Owner, false],
    [readlinePromises.Interface.prototype as unknown as Owner, true],
  ];
  for (const [owner, isPromise] of owners) {
    const question = owner.question;
    owner.question = function askOrRead(this: Interface, query, ...rest) {
      if (!isKeyboard(this)) return question.call(this, query, ...rest);
      const cell = askingCell();
      questioning.add(cell);
      const answer = ask(String(query));
      if (isPromise) return answer;
      const callback = rest.find((value) => typeof value === 'function') as (line: string) => void;
      void answer.then(callback);
      return undefined;
    };
  }
}
