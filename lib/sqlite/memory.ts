import { type Database, type DatabaseDriver, type DatabaseFile, transact } from './database.ts';
import { nodeDatabase } from './node-database.ts';
import { prepareTables, settings } from './prepare.ts';
import { loadSqlJs, sqlJsDatabase } from './sql-js-database.ts';
import { closed } from './trouble.ts';

const location = ':memory:';

/** A database that nobody else sees, and that ends with its `close`. */
export async function openMemory(driver: DatabaseDriver): Promise<DatabaseFile> {
  const { database, close } = driver === 'node' ? await nodeMemory() : await sqlJsMemory();
  let isClosed = false;
  database.script(settings);
  prepareTables(database);

  function opened(): Database {
    if (isClosed) throw closed(location);
    return database;
  }

  return {
    location,
    read: async (work) => work(opened()),
    write: async (work) => transact(opened(), work),
    async close() {
      if (!isClosed) close();
      isClosed = true;
    },
  };
}

async function nodeMemory() {
  const { DatabaseSync } = await import('node:sqlite');
  const connection = new DatabaseSync(location);
  return { database: nodeDatabase(connection), close: () => connection.close() };
}

async function sqlJsMemory() {
  const { Database: SqlJsDatabase } = await loadSqlJs();
  const connection = new SqlJsDatabase();
  return { database: sqlJsDatabase(connection), close: () => connection.close() };
}
