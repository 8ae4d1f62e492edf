import type { Delta } from './types.ts';

/** A turn while it happens: a loop over it gives the pieces of the answer. */
export interface TurnStream<Result, Piece = Delta> extends AsyncIterable<Piece> {
  /**
   * The whole turn, once it is stored. Asking for it starts the turn, as a loop does; a loop may still follow. It
   * rejects with the same LibError that the loop throws, and nobody has to look at it.
   */
  readonly result: Promise<Result>;
  /** @deprecated The name of `result` until version 0.1. */
  readonly reply: Promise<Result>;
}

/**
 * A turn that begins when somebody asks for its pieces or its result. Leaving the loop early stops the turn, and waits
 * until it has stopped. A slow reader does not slow the turn down: what it has not read is kept.
 *
 * @param run makes the turn: it gives each piece to `emit`, and ends early, with an error, when its signal aborts
 */
export function createTurnStream<Result, Piece = Delta>(
  run: (emit: (piece: Piece) => void, signal: AbortSignal) => Promise<Result>,
): TurnStream<Result, Piece> {
  const leave = new AbortController();
  /** Pieces that came while nobody waited for one. */
  const pieces: Piece[] = [];
  /** The place of the next piece to be read: `shift` would move all that follow. */
  let place = 0;
  /** Readers that wait for the next piece. */
  const waiting: Reader<Piece>[] = [];
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

  function emit(piece: Piece): void {
    const reader = waiting.shift();
    if (reader === undefined) pieces.push(piece);
    else reader.resolve({ done: false, value: piece });
  }

  /** Runs for every piece, so it makes no promise that it does not need. */
  function next(): Promise<IteratorResult<Piece>> {
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

  async function finish(turn: Promise<Result>): Promise<IteratorResult<Piece>> {
    if (!leave.signal.aborted) await turn;
    return done;
  }

  return {
    get result() {
      return start();
    },
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

interface Reader<Piece> {
  readonly resolve: (result: IteratorResult<Piece>) => void;
  readonly reject: (error: unknown) => void;
}

const done = { done: true, value: undefined } as const;
