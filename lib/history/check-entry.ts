import { LibError } from '../base/errors.ts';
import { isSummary, type Summary, type Turn } from './history.ts';

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
