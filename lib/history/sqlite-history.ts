import { randomUUID } from 'node:crypto';
import { openDatabase } from '../sqlite/open-database.ts';
import { checkEntry, checkSessionId } from './check-entry.ts';
import { encodeEntry } from './entries.ts';
import type { History } from './history.ts';
import type { HistoryOptions } from './open-history.ts';
import { appendEntry, type Client, findLog, readRepaired, repairLog } from './session-log.ts';
import { deleteSession, listSessions } from './sessions.ts';
import { defaultAbandonedAfterMs, openHistories } from './turn-owner.ts';

/** What `openHistory` does. It is loaded with the first history that is opened: most programs that import lib open none. */
export async function openSqliteHistory(location: string, options: HistoryOptions): Promise<History> {
  const file = await openDatabase(location, options);
  const { abandonedAfterMs = defaultAbandonedAfterMs } = options;
  const client: Client = { history: randomUUID(), abandonedAfterMs };
  openHistories.add(client.history);

  return {
    async append(sessionId, entry, expectedSequence) {
      checkSessionId(sessionId);
      checkEntry(entry, expectedSequence);
      const encoded = encodeEntry(entry);
      return await file.write((database) =>
        appendEntry(database, client, sessionId, encoded, expectedSequence),
      );
    },
    async read(sessionId) {
      checkSessionId(sessionId);
      return await readRepaired(
        () => file.read((database) => findLog(database, client, sessionId)),
        () => file.write((database) => repairLog(database, client, sessionId)),
      );
    },
    sessions: () => file.read(listSessions),
    async delete(sessionId) {
      checkSessionId(sessionId);
      return await file.write((database) => deleteSession(database, sessionId));
    },
    async close() {
      await file.close();
      openHistories.delete(client.history);
    },
  };
}
