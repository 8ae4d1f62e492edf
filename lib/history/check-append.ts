import { LibError } from '../base/errors.ts';
import { refused } from './check-entry.ts';
import type { EncodedEntry } from './entries.ts';
import { isSummary } from './history.ts';
import { describeOwner, type Owner } from './turn-owner.ts';

/** What decides whether an entry may be appended to a session. */
export interface Place {
  /** The sequence number of the last entry; 0 when there is none. */
  readonly last: number;
  /** Whether the session's last turn is finished, or who has it open: this history, another one, or nobody any more. */
  readonly state: 'finished' | 'mine' | 'elsewhere' | 'left';
  /** With `elsewhere`. */
  readonly owner?: Owner;
  /** Whether the entry that a summary covers last is part of a turn that goes on behind it. */
  readonly endsInTurn: boolean;
}

/** @throws LibError of kind `conflict` or `request`, as `History.append`. Pure */
export function checkAppend(
  sessionId: string,
  { entry }: EncodedEntry,
  expectedSequence: number,
  { last, state, owner, endsInTurn }: Place,
): void {
  if (last !== expectedSequence) throw outOfStep(sessionId, last, expectedSequence);
  if (owner) throw busy(sessionId, owner);
  if (state === 'left') throw conflict(sessionId, 'has a turn that a crash left open', readAgain);
  if (isSummary(entry)) {
    if (!endsInTurn) return;
    throw refused(
      `The summary would end inside a turn: entry ${entry.coversTo} is open`,
      'Let `coversTo` be the last entry of a finished turn.',
    );
  }
  // A turn that says nothing can only finish one.
  if (entry.messages.length === 0 && state !== 'mine') {
    throw refused('The turn has no messages', 'Store the question together with its answer.');
  }
}

function outOfStep(sessionId: string, last: number, expected: number): LibError {
  const has = last === 1 ? '1 entry' : `${last} entries`;
  return conflict(
    sessionId,
    `has ${has}, not ${expected}: something else has written to it, or removed it`,
    readAgain,
  );
}

/** Somebody else is in the middle of a turn. Pure. */
export function busy(sessionId: string, owner: Owner): LibError {
  const hint =
    owner.pid === process.pid
      ? 'Let that turn finish, or close the history that began it; then read the session again, and append.'
      : 'Wait until that turn is finished, or end the program; then read the session again, and append. Or use a session id of your own.';
  return conflict(sessionId, `is in the middle of a turn of ${describeOwner(owner)}`, hint);
}

const readAgain =
  'Read the session again, and append with the sequence number that it gives; or use a session id of your own.';

function conflict(sessionId: string, what: string, hint: string): LibError {
  return new LibError(`Session "${sessionId}" ${what}`, {
    kind: 'conflict',
    hint: `${hint} Nothing was stored.`,
  });
}
