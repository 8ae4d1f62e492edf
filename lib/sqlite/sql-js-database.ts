import type { Database as SqlJsDatabase, SqlJsStatic } from 'sql.js';
import type { Database, Row, SqlValue } from './database.ts';

let loading: Promise<SqlJsStatic> | undefined;

/** SQLite in WebAssembly, loaded at the first use only: about 20 ms. */
export function loadSqlJs(): Promise<SqlJsStatic> {
  loading ??= import('sql.js').then((module) => module.default());
  return loading;
}

/** A sql.js database as a `Database`. */
export function sqlJsDatabase(connection: SqlJsDatabase): Database {
  function each(sql: string, values: readonly SqlValue[], visit: (row: Row) => void): void {
    const statement = connection.prepare(sql, [...values]);
    try {
      const names = statement.getColumnNames();
      while (statement.step()) {
        const cells = statement.get();
        visit(Object.fromEntries(names.map((name, column) => [name, cells[column] as SqlValue])));
      }
    } finally {
      statement.free();
    }
  }

  function all(sql: string, ...values: SqlValue[]): Row[] {
    const rows: Row[] = [];
    each(sql, values, (row) => rows.push(row));
    return rows;
  }

  return {
    run(sql, ...values) {
      connection.run(sql, values);
      return connection.getRowsModified();
    },
    all,
    first: (sql, ...values) => all(sql, ...values)[0],
    each,
    script: (sql) => void connection.exec(sql),
  };
}
