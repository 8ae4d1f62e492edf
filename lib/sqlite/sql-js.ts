import * as fs from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Database as SqlJsDatabase, SqlJsStatic, Statement } from 'sql.js';
import { isLibError, LibError } from '../base/errors.ts';
import {
  type Database,
  type DatabaseFile,
  databaseFile,
  type Row,
  type SqlValue,
  transact,
} from './database.ts';
import { busy, changedMeanwhile, isDenied, isReadOnly, locked, removed } from './database-errors.ts';
import { nodeSqlite } from './node.ts';
import { checkPages, checkTables, prepareTables, settings } from './schema.ts';

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

/** A sql.js database as a `Database`. Statements are compiled once; its `export` ends them, and this with them. */
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

interface Held {
  readonly connection: SqlJsDatabase;
  readonly database: Database;
  /** The version of the file that it holds. */
  readonly version: string;
}

/**
 * A database in a file or in memory through sql.js: a file is loaded, and written whole after each change. Before each
 * use it is looked at, and loaded again when somebody else has written it. Everything here is synchronous, so that the
 * parts of one program never meet; of two programs that do, one is told so, and nothing is lost.
 */
export async function openSqlJs(location: string): Promise<DatabaseFile> {
  const { Database: Connection } = await loadSqlJs();
  const isMemory = location === ':memory:';
  return await databaseFile(location, () => {
    let held: Held | undefined;

    function forget() {
      held?.connection.close();
      held = undefined;
    }

    function hold(connection: SqlJsDatabase, version: string): Held {
      held = { connection, database: sqlJsDatabase(connection), version };
      checkTables(location, held.database);
      held.database.script(settings);
      return held;
    }

    /** The newest state. */
    function load(mayBeEmpty = false): Held {
      if (isMemory) return held ?? hold(new Connection(), '');
      const state = settledState(location);
      if (state === undefined || (state.isEmpty && !mayBeEmpty)) throw removed(location);
      if (state.version === held?.version) return held;
      forget();
      const bytes = fs.readFileSync(location);
      // Written while it was read: from the beginning.
      if (settledState(location)?.version !== state.version) return load(mayBeEmpty);
      return keepOrForget(() => {
        const loaded = hold(new Connection(bytes), state.version);
        checkPages(location, loaded.database);
        return loaded;
      });
    }

    function save({ connection, version }: Held): void {
      // `export` opens the database anew, which sets everything back to its default.
      if (!isMemory)
        keepOrForget(() => hold(connection, replaceFile(location, connection.export(), version)));
    }

    function keepOrForget<Result>(action: () => Result): Result {
      try {
        return action();
      } catch (error) {
        forget();
        throw error;
      }
    }

    function prepare(): void {
      try {
        const loaded = load(true);
        if (prepareTables(loaded.database)) save(loaded);
      } catch (error) {
        const isBehind = isLibError(error) && error.kind === 'conflict';
        // An older version's file that may only be read stays as it is.
        const isOld = (isDenied(error) || isReadOnly(error)) && fs.statSync(location).size > 0;
        if (!isBehind && !isOld) throw error;
        if (isBehind) prepare(); // Another program has made the tables meanwhile.
      }
    }

    prepare();
    return {
      read: (work) => work(load().database),
      write(work) {
        const current = load();
        const before = changesOf(current.database);
        const result = transact(current.database, work);
        if (changesOf(current.database) !== before) save(current);
        return result;
      },
      close: forget,
    };
  });
}

function changesOf(database: Database): number {
  return Number(database.first('SELECT total_changes() AS changes')?.changes);
}

interface FileState {
  /** Differs whenever the content does. */
  readonly version: string;
  readonly isEmpty: boolean;
  /** It was last written in write-ahead mode: part of it may be in another file. */
  readonly isWriteAhead: boolean;
}

/** From the first bytes of an open file (https://www.sqlite.org/fileformat.html, 1.3). */
function stateOf(file: number): FileState {
  const { dev, ino, size, mtimeNs, ctimeNs } = fs.fstatSync(file, { bigint: true });
  const header = Buffer.alloc(28);
  fs.readSync(file, header, 0, header.length, 0);
  return {
    version: [dev, ino, size, mtimeNs, ctimeNs, header.readUInt32BE(24)].join(':'),
    isEmpty: size === 0n,
    isWriteAhead: header[18] === 2 || header[19] === 2,
  };
}

/** What is at a path when all of it is in the file; `undefined` when nothing is. */
function settledState(path: string): FileState | undefined {
  if (!fs.existsSync(path)) return undefined;
  const file = fs.openSync(path, 'r');
  const state = stateOf(file);
  fs.closeSync(file);
  const beside = ['-journal', '-wal', temporaryEnding].map((ending) => `${path}${ending}`);
  return state.isWriteAhead || beside.some(fs.existsSync) ? recoverJournal(path) : state;
}

/**
 * sql.js sees only bytes: the journal of a program that was killed while it wrote is rolled back, and a write-ahead log
 * moved into the file, by SQLite in Node.
 */
function recoverJournal(path: string): FileState {
  return whileLocked(path, (state) => {
    fs.rmSync(`${path}${temporaryEnding}`, { force: true }); // Of a save that was killed.
    return state;
  });
}

/** Of the file that is written before it is renamed, only by the holder of the lock. */
const temporaryEnding = '-new';

/**
 * Puts the bytes at the path, whole or not at all, also when the power fails: they are written beside it, forced to
 * disk, and renamed; then the folder, which holds the name, is forced to disk as well.
 *
 * @param version of the file that is to be replaced
 * @returns the version of the new one
 * @throws LibError of kind `conflict` when it is another file by now
 */
function replaceFile(path: string, bytes: Uint8Array, version: string): string {
  const temporary = `${path}${temporaryEnding}`;
  return whileLocked(path, (state, unlock) => {
    if (state.version !== version) throw changedMeanwhile(path);
    const file = fs.openSync(temporary, 'w+');
    try {
      fs.fchmodSync(file, fs.statSync(path).mode & 0o777);
      fs.writeFileSync(file, bytes);
      fs.fsyncSync(file);
      // Windows does not rename over a file that is open.
      if (process.platform === 'win32') unlock();
      fs.renameSync(temporary, path);
      forceFolder(dirname(path));
      return stateOf(file).version;
    } catch (error) {
      fs.rmSync(temporary, { force: true });
      throw error;
    } finally {
      fs.closeSync(file);
    }
  });
}

function forceFolder(folder: string): void {
  // Windows cannot open a folder, and orders the rename itself.
  if (process.platform === 'win32') return;
  const handle = fs.openSync(folder, 'r');
  fs.fsyncSync(handle);
  fs.closeSync(handle);
}

/** Runs the action while no program writes to the file, with all of its content in the file. */
function whileLocked<Result>(path: string, action: (state: FileState, unlock: () => void) => Result): Result {
  const connection = new (nodeSqlite().DatabaseSync)(path, { timeout: 25 });
  // Closed after the connection: POSIX drops a process's locks on a file as soon as any handle of it is closed.
  const file = fs.openSync(path, 'r');
  function unlock() {
    if (connection.isOpen) connection.close();
  }
  try {
    const mode = connection.prepare('PRAGMA journal_mode = DELETE').get()?.journal_mode;
    if (mode !== 'delete') throw locked(path);
    connection.exec('BEGIN IMMEDIATE');
    // Whoever has this lock has rolled back what was to be rolled back. A journal that is still there is one that its
    // program had not begun to fill: SQLite passes over it, and would write it anew.
    fs.rmSync(`${path}-journal`, { force: true });
    if (fs.statSync(path).ino !== fs.fstatSync(file).ino) throw busy(); // It was locked too late.
    return action(stateOf(file), unlock);
  } finally {
    unlock();
    fs.closeSync(file);
  }
}
