import type { Delta } from './delta.ts';

/** A turn while it happens: a loop over it gives the pieces of the answer. */
export interface TurnStream<Result> extends AsyncIterable<Delta> {
  /**
   * The whole turn, once it is stored. Asking for it starts the turn, as a loop does; a loop may still follow. It
   * rejects with the same LibError that the loop throws, and nobody has to look at it.
   */
  readonly reply: Promise<Result>;
}

/**
 * A turn that begins when somebody asks for its pieces or its reply. Leaving the loop early stops the turn, and waits
 * until it has stopped. A slow reader does not slow the turn down: what it has not read is kept.
 *
 * @param run makes the turn: it gives each piece to `emit`, and ends early, with an error, when its signal aborts
 */
export function createTurnStream<Result>(
  run: (emit: (delta: Delta) => void, signal: AbortSignal) => Promise<Result>,
): TurnStream<Result> {
  const leave = new AbortController();
  const pieces: Delta[] = [];
  /** The place of the next piece to be read: `shift` would move all that follow. */
  let place = 0;
  let running: Promise<Result> | undefined;
  let ended = false;
  /** Readers that wait for the next piece. */
  let waiting: (() => void)[] = [];

  function start(): Promise<Result> {
    if (running !== undefined) return running;
    running = run((delta) => {
      pieces.push(delta);
      wake();
    }, leave.signal);
    const end = () => {
      ended = true;
      wake();
    };
    running.then(end, end);
    return running;
  }

  function wake(): void {
    const woken = waiting;
    waiting = [];
    for (const go of woken) go();
  }

  /** Waits where there is no piece yet. It runs for every piece, so it makes no promise that it does not need. */
  function next(): Promise<IteratorResult<Delta>> {
    if (leave.signal.aborted) return Promise.resolve({ done: true, value: undefined });
    const result = start();
    const value = pieces[place];
    if (value !== undefined) {
      place++;
      return Promise.resolve({ done: false, value });
    }
    if (ended) return finish(result);
    return new Promise<void>((resolve) => {
      waiting.push(resolve);
    }).then(next);
  }

  async function finish(result: Promise<Result>): Promise<IteratorResult<Delta>> {
    await result;
    return { done: true, value: undefined };
  }

  return {
    get reply() {
      return start();
    },
    [Symbol.asyncIterator]: () => ({
      next,
      return: async () => {
        leave.abort();
        await running?.catch(() => undefined);
        return { done: true, value: undefined };
      },
    }),
  };
}
