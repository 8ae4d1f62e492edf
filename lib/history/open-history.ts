import { checkInput, checkOptions } from '../base/check-input.ts';
import type { OpenOptions } from '../sqlite/open-database.ts';
import type { History } from './history.ts';

export interface HistoryOptions extends OpenOptions {
  /**
   * An open turn whose program cannot be asked whether it still runs, because it is on another machine, counts as left
   * behind this long after its last entry. Milliseconds; default 15 minutes.
   */
  readonly abandonedAfterMs?: number;
}

/**
 * Opens the conversations in a file, or begins a new file. Close it after the last use.
 *
 * @param location a path, relative to the current folder; or `:memory:`, for conversations that end with the program
 * @throws LibError of kind `file` (no such folder, not writable, the database of another program or of a newer
 *   version) or `corrupt`
 */
export async function openHistory(location: string, options: HistoryOptions = {}): Promise<History> {
  checkInput('openHistory', { location }, { location: 'text' });
  checkOptions('openHistory', options, { driver: 'text?', abandonedAfterMs: 'amount?' });
  const { openSqliteHistory } = await import('./sqlite-history.ts');
  return await openSqliteHistory(location, options);
}
