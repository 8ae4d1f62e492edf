import { DatabaseSync } from 'node:sqlite';
import { expect, it, onTestFinished } from 'vitest';
import { nodeDatabase } from '../../../lib/sqlite/node.ts';
import { migrations, prepareTables } from '../../../lib/sqlite/schema.ts';

function newDatabase() {
  const connection = new DatabaseSync(':memory:');
  onTestFinished(() => connection.close());
  return nodeDatabase(connection);
}

const next = "ALTER TABLE session ADD COLUMN colour TEXT NOT NULL DEFAULT 'blue'";

it('brings the tables of an older version up to date, with what is in them, and is done then', () => {
  const database = newDatabase();
  expect(prepareTables(database)).toBe(true);
  database.run("INSERT INTO session (name, created_at) VALUES ('old', '')");
  expect(prepareTables(database)).toBe(false);

  expect(prepareTables(database, '', [...migrations, next])).toBe(true);

  expect(database.all('SELECT name, colour FROM session')).toEqual([{ name: 'old', colour: 'blue' }]);
  expect(database.first('PRAGMA user_version')).toEqual({ user_version: migrations.length + 1 });
  expect(prepareTables(database, '', [...migrations, next])).toBe(false);
});

it('changes nothing when one of several steps fails', () => {
  const database = newDatabase();
  prepareTables(database);
  expect(() =>
    prepareTables(database, '', [...migrations, next, 'ALTER TABLE nothing RENAME TO more']),
  ).toThrow('nothing');
  expect(database.first('PRAGMA user_version')).toEqual({ user_version: migrations.length });
  expect(() => database.all('SELECT colour FROM session')).toThrow('no such column');
});
