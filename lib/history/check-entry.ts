import { LibError } from '../base/errors.ts';
import type { EncodedEntry } from './entries.ts';
import type { Summary, Turn } from './history.ts';
import { isSummary } from './transcript.ts';
import { describeOwner, type Owner } from './turn-owner.ts';

/** @throws LibError of kind `request` when the id cannot name a session. Pure */
export function checkSessionId(sessionId: string): void {
  if (typeof sessionId !== 'string' || sessionId === '') {
    throw refused('The session has no id', "Give it a name, such as the user's, or crypto.randomUUID().");
  }
  // A database would store half a character, or what follows a NUL, as something else: two ids would become one.
  if (/\p{Surrogate}|\0/u.test(sessionId)) {
    throw refused(
      `The session id ${JSON.stringify(sessionId)} has a character that cannot be stored`,
      'Use letters, digits and dashes.',
    );
  }
}

/** @throws LibError of kind `request` when it is neither a turn nor a summary. Pure */
export function checkEntry(entry: Turn | Summary, expectedSequence: number): void {
  if (!Number.isSafeInteger(expectedSequence) || expectedSequence < 0) {
    throw refused(
      `The expected sequence number is ${expectedSequence}`,
      'Give the `sequence` of the last `read`, or what the last `append` gave back; 0 for a new session.',
    );
  }
  if (typeof entry !== 'object' || entry === null) throw notAnEntry();
  if (isSummary(entry)) checkSummary(entry, expectedSequence);
  else if (!Array.isArray(entry.messages) || !entry.messages.every(isMessage)) throw notAnEntry();
  else if (entry.replaces !== undefined) checkReplaced(entry.replaces, expectedSequence);
}

function checkReplaced(replaces: number, expectedSequence: number): void {
  if (Number.isSafeInteger(replaces) && replaces >= 1 && replaces <= expectedSequence) return;
  throw refused(
    `The turn replaces those from entry ${replaces} on, and the session has ${expectedSequence}`,
    'Let `replaces` be the sequence number of the first entry of the turn that it stands in the place of.',
  );
}

function checkSummary({ summary, coversTo }: Summary, expectedSequence: number): void {
  if (typeof summary !== 'string' || summary.trim() === '') {
    throw refused(
      'The summary is empty',
      'Keep the entries as they are: nothing was stored, and nothing is lost.',
    );
  }
  if (!Number.isSafeInteger(coversTo) || coversTo < 1 || coversTo > expectedSequence) {
    throw refused(
      `The summary covers entries up to ${coversTo}, and the session has ${expectedSequence}`,
      'Let `coversTo` be the sequence number of the last entry that was summarised.',
    );
  }
}

function isMessage(message: unknown): boolean {
  const { role, content } = (message ?? {}) as { role?: unknown; content?: unknown };
  return (role === 'user' || role === 'assistant') && Array.isArray(content);
}

function notAnEntry(): LibError {
  return refused(
    'This is neither a turn nor a summary',
    'A turn is { messages: [{ role, content: [{ text }] }, …] }; a summary is { summary, coversTo }.',
  );
}

export function refused(message: string, hint: string, cause?: unknown): LibError {
  return new LibError(message, { kind: 'request', hint, cause });
}

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
