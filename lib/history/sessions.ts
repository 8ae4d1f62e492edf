import { type Message, textOf } from '../base/message.ts';
import type { Database } from '../sqlite/database.ts';
import { entryOf, findSession } from './entries.ts';
import type { SessionInfo, Summary, Turn } from './history.ts';
import { isSummary } from './transcript.ts';

const titleCharacters = 80;
/** The user's first words are looked for in this many entries: they may be preceded by pictures. */
export const titleEntries = 5;

/** The sessions, the one used last first. */
export function listSessions(database: Database): SessionInfo[] {
  const rows = database.all(
    `SELECT session.id, name, session.created_at AS created, max(entry.created_at) AS updated,
       count(*) FILTER (WHERE kind = 'turn' AND open = 0) AS turns
     FROM session JOIN entry ON entry.session = session.id
     GROUP BY session.id ORDER BY max(entry.id) DESC`,
  );
  return rows.map((row) => ({
    sessionId: String(row.name),
    turns: Number(row.turns),
    createdAt: String(row.created),
    updatedAt: String(row.updated),
    title: storedTitle(database, Number(row.id), String(row.name)),
  }));
}

/**
 * Removes a session. Its pages are overwritten (secure_delete) and given back, so that its words are no longer in the
 * file.
 */
export function deleteSession(database: Database, sessionId: string): boolean {
  const session = findSession(database, sessionId);
  if (session === undefined) return false;
  database.run('DELETE FROM session WHERE id = ?', session);
  database.all('PRAGMA incremental_vacuum');
  return true;
}

function storedTitle(database: Database, session: number, sessionId: string): string {
  const rows = database.all(
    `SELECT sequence, kind, body, checksum, open, created_at FROM entry
     WHERE session = ? AND kind = 'turn' ORDER BY sequence LIMIT ${titleEntries}`,
    session,
  );
  return titleOf(rows.flatMap((row) => readable(() => entryOf(sessionId, row))));
}

/** A damaged entry has no title; `read` says what is wrong with it. */
export function readable<Entry>(read: () => Entry): Entry[] {
  try {
    return [read()];
  } catch {
    return [];
  }
}

/** A session's title: the beginning of the first thing the user said, at most 80 characters. Pure. */
export function titleOf(entries: readonly (Turn | Summary)[]): string {
  const turns = entries.filter((entry): entry is Turn => !isSummary(entry));
  const texts = turns.slice(0, titleEntries).map(({ messages }) => messages.filter(isUser).map(textOf));
  return texts.map((said) => shorten(said.join(' '))).find((text) => text !== '') ?? '';
}

function isUser(message: Message): boolean {
  return message.role === 'user';
}

/** One line of at most 80 characters, never cut inside one. Pure. */
function shorten(text: string): string {
  // A pasted document is not taken apart whole.
  const characters = [...text.slice(0, 2000).replace(/\s+/g, ' ').trim()];
  if (characters.length <= titleCharacters) return characters.join('');
  return `${characters
    .slice(0, titleCharacters - 1)
    .join('')
    .trimEnd()}…`;
}
