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
  /** Pieces that came while nobody waited for one. */
  const pieces: Delta[] = [];
  /** The place of the next piece to be read: `shift` would move all that follow. */
  let place = 0;
  /** Readers that wait for the next piece. */
  const waiting: Reader[] = [];
  let running: Promise<Result> | undefined;
  let ended = false;

  function start(): Promise<Result> {
    if (running !== undefined) return running;
    const turn = run(emit, leave.signal);
    const end = () => {
      ended = true;
      for (const reader of waiting.splice(0)) finish(turn).then(reader.resolve, reader.reject);
    };
    turn.then(end, end);
    running = turn;
    return turn;
  }

  function emit(delta: Delta): void {
    const reader = waiting.shift();
    if (reader === undefined) pieces.push(delta);
    else reader.resolve({ done: false, value: delta });
  }

  /** Runs for every piece, so it makes no promise that it does not need. */
  function next(): Promise<IteratorResult<Delta>> {
    if (leave.signal.aborted) return Promise.resolve(done);
    const turn = start();
    const value = pieces[place];
    if (value !== undefined) {
      place++;
      return Promise.resolve({ done: false, value });
    }
    if (ended) return finish(turn);
    return new Promise((resolve, reject) => {
      waiting.push({ resolve, reject });
    });
  }

  async function finish(turn: Promise<Result>): Promise<IteratorResult<Delta>> {
    if (!leave.signal.aborted) await turn;
    return done;
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
        return done;
      },
    }),
  };
}

interface Reader {
  readonly resolve: (result: IteratorResult<Delta>) => void;
  readonly reject: (error: unknown) => void;
}

const done = { done: true, value: undefined } as const;
