import * as fs from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Database as SqlJsDatabase, SqlJsStatic, Statement } from 'sql.js';
import { LibError } from '../base/errors.ts';
import {
  type Database,
  type DatabaseFile,
  databaseFile,
  type OpenFile,
  type Row,
  type SqlValue,
  transact,
} from './database.ts';
import { nodeFile } from './node.ts';
import { prepareTables, settings } from './schema.ts';

let loading: Promise<SqlJsStatic> | undefined;

/**
 * SQLite in WebAssembly, loaded at the first use only: about 20 ms.
 *
 * @throws LibError of kind `file` when the package or its WebAssembly is missing or broken
 */
export function loadSqlJs(): Promise<SqlJsStatic> {
  loading ??= load().catch((cause: unknown) => {
    throw new LibError(`sql.js could not be loaded: ${cause instanceof Error ? cause.message : cause}`, {
      kind: 'file',
      hint: "Leave { driver: 'sql.js' } out: SQLite in Node needs no package and reads the same file. Or install it (npm install sql.js), put its dist/sql-wasm.wasm beside a bundle, and start the program again.",
      cause,
    });
  });
  return loading;
}

/** What of `WebAssembly` is needed here; TypeScript has its types only among those of a browser. */
interface WebAssemblyApi {
  compile(bytes: Uint8Array): Promise<object>;
  instantiate(module: object, imports: object): Promise<object>;
}

/** Compiled here: where sql.js does it, a failure is told twice, the second time as a rejection that nobody can catch. */
async function load(): Promise<SqlJsStatic> {
  const { default: initSqlJs } = await import('sql.js');
  const { WebAssembly } = globalThis as unknown as { WebAssembly: WebAssemblyApi };
  const module = await WebAssembly.compile(await readFile(wasmPath()));
  return await new Promise((resolve, reject) => {
    const instantiateWasm = (imports: object, done: (instance: object, module: object) => void) => {
      WebAssembly.instantiate(module, imports)
        .then((instance) => done(instance, module))
        .catch(reject);
      return {};
    };
    const options: object = { instantiateWasm };
    initSqlJs(options).then(resolve, reject);
  });
}

/** Beside the program, where a bundle has it, else in its package. */
function wasmPath(): string {
  // A CommonJS bundle has no `import.meta`, and `__filename` in its place.
  const here = import.meta.url ?? (typeof __filename === 'string' ? __filename : resolve('program.js'));
  const beside = join(dirname(here.startsWith('file:') ? fileURLToPath(here) : here), 'sql-wasm.wasm');
  return fs.existsSync(beside) ? beside : createRequire(here).resolve('sql.js/dist/sql-wasm.wasm');
}

/** A sql.js database as a `Database`. Statements are compiled once. */
export function sqlJsDatabase(connection: SqlJsDatabase): Database {
  const idle = new Map<string, Statement>();

  function use<Result>(
    sql: string,
    values: readonly SqlValue[],
    action: (statement: Statement) => Result,
  ): Result {
    const statement = idle.get(sql) ?? connection.prepare(sql);
    idle.delete(sql);
    try {
      statement.bind([...values]);
      return action(statement);
    } finally {
      statement.reset();
      idle.set(sql, statement);
    }
  }

  function each(sql: string, values: readonly SqlValue[], visit: (row: Row) => void): void {
    use(sql, values, (statement) => {
      const names = statement.getColumnNames();
      while (statement.step()) {
        const cells = statement.get();
        visit(Object.fromEntries(names.map((name, column) => [name, cells[column] as SqlValue])));
      }
    });
  }

  function all(sql: string, ...values: SqlValue[]): Row[] {
    const rows: Row[] = [];
    each(sql, values, (row) => rows.push(row));
    return rows;
  }

  return {
    run: (sql, ...values) =>
      use(sql, values, (statement) => {
        statement.step();
        return connection.getRowsModified();
      }),
    all,
    first: (sql, ...values) => all(sql, ...values)[0],
    each,
    script: (sql) => void connection.exec(sql),
  };
}

/** A database in a file or in memory through sql.js. */
export async function openSqlJs(location: string): Promise<DatabaseFile> {
  const sqlJs = await loadSqlJs();
  return await databaseFile(location, () => {
    return location === ':memory:' ? inMemory(new sqlJs.Database()) : copyOfFile(location, sqlJs);
  });
}

function inMemory(connection: SqlJsDatabase): OpenFile {
  const database = sqlJsDatabase(connection);
  database.script(settings);
  prepareTables(database);
  return {
    read: (work) => work(database),
    write: (work) => transact(database, work),
    close: () => connection.close(),
  };
}

/** What sql.js has in memory of a file. */
interface Copy {
  readonly connection: SqlJsDatabase;
  readonly database: Database;
  /** Of whose state it is a copy, and of which (https://www.sqlite.org/pragma.html#pragma_data_version). */
  readonly original: Database;
  readonly version: SqlValue | undefined;
}

/**
 * sql.js knows neither files nor locks. It works on a copy in memory, which is made anew when somebody else has written
 * the file. Node's SQLite holds the file meanwhile, and writes into it what sql.js wrote in the copy: the file itself
 * stays, so that other programs may use it at the same time.
 */
function copyOfFile(location: string, sqlJs: SqlJsStatic): OpenFile {
  const file = nodeFile(location);
  let copy: Copy | undefined;

  function forget() {
    copy?.connection.close();
    copy = undefined;
  }

  /** @param original is in a transaction: what was read in it stays so */
  function newestCopy(original: Database): Database {
    const version = original.first('PRAGMA data_version')?.data_version;
    if (copy?.original !== original || copy.version !== version) {
      forget();
      const connection = new sqlJs.Database();
      copy = { connection, database: sqlJsDatabase(connection), original, version };
      copyTables(original, copy.database);
      copy.database.script(settings);
    }
    return copy.database;
  }

  function orForget<Result>(action: () => Result): Result {
    try {
      return action();
    } catch (error) {
      forget(); // It may be half made, or ahead of the file.
      throw error;
    }
  }

  return {
    read: (work) => orForget(() => file.read((original) => work(newestCopy(original)))),
    write: (work) =>
      orForget(() =>
        file.write((original) => {
          const database = newestCopy(original);
          const changes: Change[] = [];
          const result = transact(database, () => work(recorded(database, changes)));
          for (const change of changes) change(original);
          return result;
        }),
      ),
    close() {
      forget();
      file.close();
    },
  };
}

/** Makes all that is in one database in another, which is empty. For its bytes the file would have to be opened: see `isUnreadable`. */
function copyTables(from: Database, to: Database): void {
  const made = from.all("SELECT type, name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%'");
  const tables = made.filter(({ type }) => type === 'table');
  transact(to, () => {
    for (const { sql } of tables) to.script(String(sql));
    for (const { name } of tables) copyRows(String(name), from, to);
    // Which ids have been used, also of rows that are gone.
    to.script('DELETE FROM sqlite_sequence');
    copyRows('sqlite_sequence', from, to);
    // After the rows, so that a trigger does not do again what it did.
    for (const { type, sql } of made) if (type !== 'table') to.script(String(sql));
  });
}

function copyRows(table: string, from: Database, to: Database): void {
  from.each(`SELECT * FROM ${table}`, [], (row) => {
    const cells = Object.values(row);
    to.run(`INSERT INTO ${table} VALUES (${cells.map(() => '?').join(', ')})`, ...cells);
  });
}

type Change = (database: Database) => void;

/** The database, with each change that is made in it kept, to be made in another one of the same content. */
function recorded(database: Database, changes: Change[]): Database {
  function keep<Result>(make: (of: Database) => Result, sql = ''): Result {
    if (!isQuery.test(sql)) changes.push(make);
    return make(database);
  }

  return {
    run: (sql, ...values) => keep((of) => of.run(sql, ...values)),
    script: (sql) => keep((of) => of.script(sql)),
    all: (sql, ...values) => keep((of) => of.all(sql, ...values), sql),
    first: (sql, ...values) => keep((of) => of.first(sql, ...values), sql),
    each: (sql, values, visit) => database.each(sql, values, visit),
  };
}

/** Changes nothing. What gives rows may change something as well: `INSERT … RETURNING`, `PRAGMA incremental_vacuum`. */
const isQuery = /^\s*(SELECT|WITH)\b(?!.*\b(INSERT|UPDATE|DELETE|REPLACE)\b)/is;
