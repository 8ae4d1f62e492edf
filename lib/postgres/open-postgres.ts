import { LibError } from '../base/errors.ts';
import type { Postgres } from './postgres.ts';

export interface PostgresOptions {
  /** With PostgreSQL: the schema of the database in which the tables are. Made when it is missing. Default `lib`. */
  readonly schema?: string;
  /**
   * With a PostgreSQL server: options of the driver's pool beside the address, such as
   * `{ max: 5, ssl: { ca }, connectionTimeoutMillis: 5_000, password: () => token() }`; see `pg`.
   */
  readonly pool?: Readonly<Record<string, unknown>>;
}

const server = /^postgres(?:ql)?:\/\//;
const embedded = /^pglite:/;

/** Whether a location is that of a PostgreSQL database, and not a file of SQLite. Pure. */
export function isPostgres(location: string): boolean {
  return server.test(location) || embedded.test(location);
}

/** Whether it is one that no other process can have open. Pure. */
export function isEmbedded(location: string): boolean {
  return embedded.test(location);
}

/**
 * Opens a PostgreSQL database: a server's by its address, `postgres://user@host/database`, or one in a folder of this
 * machine through PGlite, `pglite:FOLDER`, which is for one process at a time (`pglite::memory:` ends with its `close`).
 *
 * @throws LibError of kind `file` when the driver is not installed; of kind `credentials` or `network` when there is no
 *   way in; of kind `request` for a schema that is no name
 */
export async function openPostgres(location: string, options: PostgresOptions = {}): Promise<Postgres> {
  const { schema = 'lib', pool = {} } = options;
  if (typeof schema !== 'string' || !/^[a-z_][a-z0-9_]{0,62}$/.test(schema)) {
    throw new LibError(`${JSON.stringify(schema)} is no name of a schema`, {
      kind: 'request',
      hint: 'Use small letters, digits and underscores, at most 63.',
    });
  }
  const { postgresOf } = await import('./postgres.ts');
  if (embedded.test(location)) {
    const { openPglite } = await import('./pglite.ts');
    return postgresOf(await openPglite(location.replace(embedded, '')), location, `"${schema}"`);
  }
  const { openServer } = await import('./server.ts');
  return postgresOf(await openServer(location, pool), withoutPassword(location), `"${schema}"`);
}

function withoutPassword(location: string): string {
  return location.replace(/^(\w+:\/\/[^:@/?]*):[^@]*@/, '$1@').replace(/([?&]password=)[^&]*/g, '$1…');
}
