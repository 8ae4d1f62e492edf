/** One answer that is being made. */
export interface RunningTurn {
  readonly signal: AbortSignal;
  stop(): void;
  /** It has ended, however it did. */
  end(): void;
}

/** The answers that are being made, by session: one at a time in each. */
export interface RunningTurns {
  size(): number;
  has(sessionId: string): boolean;
  begin(sessionId: string): RunningTurn;
  /** Stops the answer of a session, and waits until it has ended; `false` when there is none. */
  stop(sessionId: string): Promise<boolean>;
  /** Waits for the end of an answer that was stopped, and not for one that goes on. */
  settled(sessionId: string): Promise<void>;
  /** Stops all, and waits until they have ended, at most `timeoutMs`. */
  stopAll(timeoutMs: number): Promise<void>;
}

export function createRunningTurns(): RunningTurns {
  const running = new Map<string, { readonly stopper: AbortController; readonly ended: Promise<void> }>();
  return {
    size: () => running.size,
    has: (sessionId) => running.has(sessionId),
    begin(sessionId) {
      const stopper = new AbortController();
      const { promise: ended, resolve } = newPromise();
      running.set(sessionId, { stopper, ended });
      return {
        signal: stopper.signal,
        stop: () => stopper.abort(),
        end: () => {
          running.delete(sessionId);
          resolve();
        },
      };
    },
    async stop(sessionId) {
      const turn = running.get(sessionId);
      turn?.stopper.abort();
      await turn?.ended;
      return turn !== undefined;
    },
    async settled(sessionId) {
      const turn = running.get(sessionId);
      if (turn?.stopper.signal.aborted) await turn.ended;
    },
    async stopAll(timeoutMs) {
      const turns = [...running.values()];
      for (const { stopper } of turns) stopper.abort();
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise((resolve) => {
        timer = setTimeout(resolve, timeoutMs);
      });
      await Promise.race([Promise.all(turns.map(({ ended }) => ended)), late]);
      clearTimeout(timer);
    },
  };
}

/** `Promise.withResolvers`, which ES2023 does not have. */
function newPromise(): { promise: Promise<void>; resolve: () => void } {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
