import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Database as SqlJsDatabase, SqlJsStatic, Statement } from 'sql.js';
import { LibError } from '../base/errors.ts';
import type { Database, Row, SqlValue } from './database.ts';

let loading: Promise<SqlJsStatic> | undefined;

/**
 * SQLite in WebAssembly, loaded at the first use only: about 20 ms.
 *
 * @throws LibError of kind `file` where its WebAssembly is not, as in a bundle that was made without it
 */
export async function loadSqlJs(): Promise<SqlJsStatic> {
  loading ??= import('sql.js').then(({ default: start }) => start({ wasmBinary: readWasm() }));
  try {
    return await loading;
  } catch (error) {
    loading = undefined;
    throw error;
  }
}

/** Read here: what sql.js cannot read by itself ends the program with a second rejection that nobody can catch. */
function readWasm(): ArrayBuffer {
  // A CommonJS bundle has no `import.meta`, and `__filename` in its place.
  const here = import.meta.url ?? (typeof __filename === 'string' ? __filename : resolve('program.js'));
  const name = 'sql-wasm.wasm';
  const beside = join(dirname(here.startsWith('file:') ? fileURLToPath(here) : here), name);
  try {
    const { buffer, byteOffset, length } = readFileSync(
      existsSync(beside) ? beside : createRequire(here).resolve(`sql.js/dist/${name}`),
    );
    return buffer.slice(byteOffset, byteOffset + length);
  } catch (cause) {
    throw new LibError(`The SQLite of sql.js lacks its file ${name}`, {
      kind: 'file',
      hint: `Use { driver: 'node' }, or copy node_modules/sql.js/dist/${name} to ${beside}.`,
      cause,
    });
  }
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
