import { setTimeout as delay } from 'node:timers/promises';
import { isLibError, LibError } from '../base/errors.ts';

export type PostgresRow = Readonly<Record<string, unknown>>;

/** Runs one statement, with `$1`, `$2`, … for the values, and gives its rows. */
export type Query = (sql: string, values?: readonly unknown[]) => Promise<PostgresRow[]>;

/** What a driver does: it throws what PostgreSQL and the network throw. */
export interface PostgresDriver {
  readonly query: Query;
  /** Runs `work` in one transaction on one connection; `begin` is the statement that begins it. */
  transaction<Result>(begin: string, work: (query: Query) => Promise<Result>): Promise<Result>;
  close(): Promise<void>;
}

/** An open database, the same for a server and for PGlite. */
export interface Postgres {
  /** Where it is, without a password. */
  readonly location: string;
  /** The schema that the tables are in, as it stands in SQL. */
  readonly schema: string;
  /** Runs `work` on one state of the database. It only reads. */
  read<Result>(work: (query: Query) => Promise<Result>): Promise<Result>;
  /**
   * Runs `work` in one transaction. When it has returned, what `work` wrote is stored; when it throws, nothing of it is.
   * It is run again from the beginning when another transaction was in its way or the connection broke, so that it may
   * have been stored already by then.
   */
  write<Result>(work: (query: Query) => Promise<Result>): Promise<Result>;
  /**
   * Waits for what is under way. May be called again.
   *
   * @param last is done before, where the database can still be reached
   */
  close(last?: (query: Query) => Promise<void>): Promise<void>;
}

/** Milliseconds before each new try: a server that is started anew is back in a few seconds. */
const pausesMs = [20, 100, 500, 1_000, 2_000];

/** @param schema as it stands in SQL */
export function postgresOf(driver: PostgresDriver, location: string, schema: string): Postgres {
  const underWay = new Set<Promise<unknown>>();
  let closing: Promise<void> | undefined;

  function guarded<Result>(begin: string, work: (query: Query) => Promise<Result>): Promise<Result> {
    if (closing) return Promise.reject(closed(location));
    const run = retried(location, () => driver.transaction(begin, work));
    underWay.add(run);
    const forget = () => void underWay.delete(run);
    run.then(forget, forget);
    return run;
  }

  return {
    location,
    schema,
    read: (work) => guarded('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY', work),
    // What a lock has waited for must be seen, whatever the server's default is.
    write: (work) => guarded('BEGIN ISOLATION LEVEL READ COMMITTED', work),
    close(last) {
      closing ??= Promise.allSettled(underWay)
        .then(() => last && driver.transaction('BEGIN', last).catch(() => undefined))
        .then(() => driver.close());
      return closing;
    },
  };
}

async function retried<Result>(location: string, action: () => Promise<Result>): Promise<Result> {
  for (const pauseMs of pausesMs) {
    try {
      return await action();
    } catch (error) {
      if (!mayPass(error)) throw postgresError(location, error);
      await delay(pauseMs * (0.5 + Math.random()));
    }
  }
  return await action().catch((error: unknown) => {
    throw postgresError(location, error);
  });
}

/** Another transaction was in the way, or the server closed the connection. */
function mayPass(error: unknown): boolean {
  const { code = '', message = '' } = error as { code?: string; message?: string };
  return (
    /^(40001|40P01|57P0[1-3]|08\w\w\w|ECONNRESET|EPIPE)$/.test(code) ||
    /^Connection terminated|^Client has encountered a connection error/.test(message)
  );
}

/** Says what is wrong with a database and what to do next. What is not PostgreSQL's comes back as it is. */
export function postgresError(location: string, cause: unknown): unknown {
  if (isLibError(cause) || !(cause instanceof Error)) return cause;
  const { code = '', message } = cause as NodeJS.ErrnoException;
  if (/^(28\w\w\w)$/.test(code)) {
    return new LibError(`${location} did not let this program in: ${message}`, {
      kind: 'credentials',
      hint: 'Check the user and the password in the address, and that the server takes connections from here (pg_hba.conf).',
      cause,
    });
  }
  if (code === '3D000') {
    return new LibError(`There is no such database: ${message}`, {
      kind: 'file',
      hint: `Create it first (createdb), or check the name behind the last / of ${location}.`,
      cause,
    });
  }
  if (code === '42501') {
    return new LibError(`${location} does not allow this: ${message}`, {
      kind: 'access-denied',
      hint: 'Let its owner create the schema and give it to this user: CREATE SCHEMA lib AUTHORIZATION <user>. Vectors need CREATE EXTENSION vector once, by a superuser (on RDS: rds_superuser).',
      cause,
    });
  }
  if (
    /^(E[A-Z]+|57P\d\d|08\w\w\w)$/.test(code) ||
    mayPass(cause) ||
    /timeout|SSL|certificate/i.test(message)
  ) {
    return new LibError(`${location} cannot be reached: ${message || code}`, {
      kind: 'network',
      hint: 'Check that the server runs, the host and the port, and whether it wants TLS (?sslmode=verify-full). Nothing is known to be stored.',
      retryable: true,
      cause,
    });
  }
  if (/^5[34]\w\w\w$/.test(code)) {
    return new LibError(`${location} could not do it: ${message}`, {
      kind: 'file',
      hint: 'The server has no room for this: its disk, its memory, its connections (max_connections), or a limit for one value. Nothing was stored.',
      retryable: code.startsWith('53'),
      cause,
    });
  }
  if (!/^[0-9A-Z]{5}$/.test(code)) return cause;
  return new LibError(`${location} could not do it: ${message}`, {
    kind: 'file',
    hint: 'Look into the log of the server. Nothing was stored.',
    cause,
  });
}

function closed(location: string): LibError {
  return new LibError(`${location} was closed and cannot be used any more`, {
    kind: 'file',
    hint: 'Open it again, and close it after the last use.',
  });
}

/** A number of a column: `pg` gives those of 64 bits as text. Pure. */
export function numberOf(value: unknown): number {
  return Number(value ?? 0);
}
