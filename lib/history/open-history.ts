import { checkInput, checkOptions, wrongInput } from '../base/check-input.ts';
import { isPostgres, type PostgresOptions } from '../postgres/open-postgres.ts';
import type { OpenOptions } from '../sqlite/open-database.ts';
import type { History } from './history.ts';

export interface HistoryOptions extends OpenOptions, PostgresOptions {
  /**
   * When what a program has of a session (an open turn, a claim) counts as left behind, because it cannot be asked
   * whether it still runs. A file, for programs on other machines: so long after its last entry; default 15 minutes.
   * PostgreSQL: so long after its last sign of life, of which it gives three in that time; default 1 minute.
   * Milliseconds.
   */
  readonly abandonedAfterMs?: number;
  /**
   * PostgreSQL: what a turn does when somebody else is in the middle of one in the same session. `wait`, the default,
   * takes its turn after those that came before it; `fail` is a conflict at once. Either way nothing is paid twice. A
   * file has no claims: of two turns at once, the second is a conflict when it is stored, after it was paid for.
   */
  readonly onConflict?: 'wait' | 'fail';
}

/**
 * Opens the conversations in a file, or begins a new file; or those of a PostgreSQL database, which several machines
 * share. Close it after the last use.
 *
 * @param location a path, relative to the current folder; or `:memory:`, for conversations that end with the program;
 *   or the address of a PostgreSQL server, `postgres://user@host/database`; or `pglite:FOLDER`, PostgreSQL in this process
 * @throws LibError of kind `file` (no such folder, not writable, the database of another program or of a newer
 *   version, a driver that is not installed) or `corrupt`; of kind `network`, `credentials` or `access-denied` when a
 *   server cannot be used
 * @example
 * const history = await openHistory('postgres://chat@db.example.com/chats?sslmode=verify-full');
 * const conversation = new Conversation({ client, modelId, history, sessionId: 'anna' });
 */
export async function openHistory(location: string, options: HistoryOptions = {}): Promise<History> {
  checkInput('openHistory', { location }, { location: 'text' });
  checkOptions('openHistory', options, {
    driver: 'text?',
    abandonedAfterMs: 'amount?',
    schema: 'text?',
    pool: 'object?',
    onConflict: 'text?',
  });
  const { onConflict = 'wait' } = options;
  if (onConflict !== 'wait' && onConflict !== 'fail')
    throw wrongInput('openHistory', 'onConflict', "'wait' or 'fail'", onConflict);
  if (isPostgres(location)) {
    const { openPostgresHistory } = await import('./postgres-history.ts');
    return await openPostgresHistory(location, options);
  }
  const { openSqliteHistory } = await import('./sqlite-history.ts');
  return await openSqliteHistory(location, options);
}
