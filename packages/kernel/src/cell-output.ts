import { cellToShow, type RunningCell } from './running-cell.ts';

type StreamName = 'stdout' | 'stderr';

/** Text that is kept back until the event loop turns, so that a thousand small pieces become one message. */
interface Held {
  readonly cell: RunningCell;
  readonly name: StreamName;
  text: string;
}

type Write = (chunk: string | Uint8Array, ...rest: unknown[]) => boolean;

/** Milliseconds after which a piece is sent at once: a loop that never waits shows how far it is. */
const mostHeld = 50;

/** Node's own, whatever cells are given. */
const turn = setImmediate;
const { from: bytesOf } = Buffer;
const { nextTick } = process;
const clock = performance;

/** The part of tslab's module that displays go through. */
interface DisplayModule {
  lastWriteDisplayData: unknown;
}

/**
 * Gives every cell its own output, also what it prints after it has ended, while another cell runs. A cell that was
 * stopped prints nothing more, and `console.clear()` takes away what is shown. tslab gives all output to the cell that was started last.
 */
export function giveOutputToItsCell(jupyterModule: DisplayModule): { flush(): void } {
  let held: Held | undefined;
  let sentAt = Number.NEGATIVE_INFINITY;
  /** Whose output went last: the first words of another cell are not kept back. */
  let sentFor: RunningCell | undefined;

  function flush(): void {
    if (held === undefined) return;
    const { cell, name, text } = held;
    held = undefined;
    sentAt = clock.now();
    sentFor = cell;
    cell.publish('stream', { name, text });
  }

  function print(name: StreamName, text: string, cell: RunningCell): void {
    if (cell.isStopped || text === '') return;
    if (held?.cell === cell && held.name === name) held.text += text;
    else {
      flush();
      held = { cell, name, text };
      turn(flush);
    }
    if (sentFor !== cell || clock.now() - sentAt > mostHeld) flush();
  }

  // A cell may end the process with its last words.
  process.on('exit', flush);
  for (const name of ['stdout', 'stderr'] as const) {
    const toServerLog = process[name].write.bind(process[name]) as Write;
    process[name].write = (chunk: string | Uint8Array, ...rest: unknown[]): boolean => {
      const cell = cellToShow();
      if (cell === undefined) return toServerLog(chunk, ...rest);
      print(name, typeof chunk === 'string' ? chunk : bytesOf(chunk).toString(), cell);
      // As a stream's `write`: whom to tell when it is written may come last.
      const written = rest[rest.length - 1];
      if (typeof written === 'function') nextTick(written as () => void);
      return true;
    };
  }
  console.clear = () => {
    const cell = cellToShow();
    if (cell === undefined || cell.isStopped) return;
    flush();
    cell.publish('clear_output', { wait: false });
  };
  Object.defineProperty(jupyterModule, 'lastWriteDisplayData', {
    get: () => {
      const cell = cellToShow();
      if (cell === undefined) return null;
      return (content: object, isUpdate: boolean) => {
        if (cell.isStopped) return;
        flush();
        cell.publish(isUpdate ? 'update_display_data' : 'display_data', content);
      };
    },
    set: () => undefined,
  });
  return { flush };
}
