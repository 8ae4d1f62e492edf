import type { Database as SqlJsDatabase, SqlJsStatic, Statement } from 'sql.js';
import type { Database, Row, SqlValue } from './database.ts';

let loading: Promise<SqlJsStatic> | undefined;

/** SQLite in WebAssembly, loaded at the first use only: about 20 ms. */
export function loadSqlJs(): Promise<SqlJsStatic> {
  loading ??= import('sql.js').then((module) => module.default());
  return loading;
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
