import { randomUUID } from 'node:crypto';
import { LibError } from 'lib';
import {
  checkEntry,
  checkSessionId,
  fromJson,
  type History,
  type HistoryEntry,
  isSummary,
  repairOf,
  type SessionLog,
  type Summary,
  type Turn,
  titleOf,
  toJson,
} from 'lib/history';

/** What a server would keep: a text for each session, the order of their last use, and who has a turn open. */
export interface Shelf {
  readonly sessions: Map<string, string>;
  readonly owners: Map<string, string>;
  readonly closed: Set<string>;
}

/** A history over keys and values, made of nothing but what `lib/history` gives to everybody. */
export function openMapHistory({ sessions, owners, closed }: Shelf): History {
  const me = randomUUID();

  function entriesOf(sessionId: string): HistoryEntry[] {
    if (closed.has(me)) throw new LibError('It was closed', { kind: 'file', hint: 'Open it again.' });
    checkSessionId(sessionId);
    return fromJson(sessions.get(sessionId) ?? '[]') as HistoryEntry[];
  }

  function store(sessionId: string, entries: readonly HistoryEntry[], entry: Turn | Summary): number {
    const sequence = entries.length + 1;
    const json = toJson([...entries, { ...entry, sequence, createdAt: new Date().toISOString() }]);
    sessions.delete(sessionId);
    sessions.set(sessionId, json);
    if ('open' in entry) owners.set(sessionId, me);
    else if (!isSummary(entry)) owners.delete(sessionId);
    return sequence;
  }

  function ownerOf(sessionId: string): 'nobody' | 'me' | 'other' | 'gone' {
    const owner = owners.get(sessionId);
    if (owner === undefined) return 'nobody';
    if (owner === me) return 'me';
    return closed.has(owner) ? 'gone' : 'other';
  }

  return {
    async append(sessionId, entry, expected) {
      const entries = entriesOf(sessionId);
      checkEntry(entry, expected);
      const owner = ownerOf(sessionId);
      if (entries.length !== expected || owner === 'other' || owner === 'gone') {
        throw new LibError('Somebody else was faster', { kind: 'conflict', hint: 'Read it again.' });
      }
      const covered = isSummary(entry) ? entries.slice(0, entry.coversTo).at(-1) : undefined;
      if ((covered && 'open' in covered) || (!isSummary(entry) && entry.messages.length + expected === 0)) {
        throw new LibError('Not here', { kind: 'request', hint: 'Finish the turn first.' });
      }
      try {
        return store(sessionId, entries, entry);
      } catch (cause) {
        throw new LibError('This is not JSON', { kind: 'request', hint: 'Use plain JSON.', cause });
      }
    },
    async read(sessionId): Promise<SessionLog> {
      const entries = entriesOf(sessionId);
      const owner = ownerOf(sessionId);
      if (owner === 'other') {
        return { entries, sequence: entries.length, repairs: [], openElsewhere: 'another one' };
      }
      const repair = owner === 'me' ? undefined : repairOf(entries);
      if (repair) store(sessionId, entries, repair);
      const log = entriesOf(sessionId);
      return { entries: log, sequence: log.length, repairs: repair?.repair ? [repair.repair] : [] };
    },
    async sessions() {
      return [...sessions.keys()].toReversed().map((sessionId) => {
        const entries = entriesOf(sessionId);
        const turns = entries.filter((entry) => !isSummary(entry) && !('open' in entry)).length;
        const [createdAt = '', updatedAt = ''] = [entries[0]?.createdAt, entries.at(-1)?.createdAt];
        return { sessionId, turns, createdAt, updatedAt, title: titleOf(entries) };
      });
    },
    async delete(sessionId) {
      owners.delete(sessionId);
      return sessions.delete(sessionId);
    },
    async close() {
      closed.add(me);
    },
  };
}
