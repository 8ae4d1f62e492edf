import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Database, Row } from './database.ts';

/** Node's SQLite as a `Database`. Statements are compiled once. */
export function nodeDatabase(connection: DatabaseSync): Database {
  const statements = new Map<string, StatementSync>();

  function prepared(sql: string): StatementSync {
    const known = statements.get(sql);
    if (known) return known;
    const statement = connection.prepare(sql);
    statements.set(sql, statement);
    return statement;
  }

  return {
    run: (sql, ...values) => Number(prepared(sql).run(...values).changes),
    all: (sql, ...values) => prepared(sql).all(...values) as Row[],
    first: (sql, ...values) => prepared(sql).get(...values) as Row | undefined,
    each(sql, values, visit) {
      for (const row of prepared(sql).iterate(...values)) visit(row as Row);
    },
    script: (sql) => connection.exec(sql),
  };
}
