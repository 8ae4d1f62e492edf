import { LibError } from '../base/errors.ts';
import { numberOf, type Postgres, type Query } from './postgres.ts';

/** The tables of one kind of store. Each step brings them to the next version; published ones are never edited. */
export interface Part {
  readonly name: 'history' | 'vectors';
  /** @param schema as it stands in SQL */
  readonly steps: readonly ((schema: string) => readonly string[])[];
}

/**
 * Makes the tables, or brings them to this version, in one transaction. Of several programs that do, one does it.
 *
 * @throws LibError of kind `file` when a newer version has made them, or when the database does not hold Unicode
 */
export async function prepareSchema(postgres: Postgres, part: Part): Promise<void> {
  const { schema, location } = postgres;
  // Whoever may only read and write rows asks for nothing that needs more.
  const known = await postgres.read((query) => versionOf(query, schema, part));
  checkVersion(location, part, known);
  if (known === part.steps.length) return;
  await postgres.write(async (query) => {
    await query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [`lib schema ${schema}`]);
    const [encoding] = await query("SELECT current_setting('server_encoding') AS name");
    if (encoding?.name !== 'UTF8') {
      throw new LibError(`${location} keeps texts as ${encoding?.name}, which cannot hold every character`, {
        kind: 'file',
        hint: "Use a database of Unicode: CREATE DATABASE chats ENCODING 'UTF8' TEMPLATE template0.",
      });
    }
    await query(`CREATE SCHEMA IF NOT EXISTS ${schema}`);
    await query(
      `CREATE TABLE IF NOT EXISTS ${schema}.version (part text PRIMARY KEY, version integer NOT NULL)`,
    );
    const version = await versionOf(query, schema, part);
    checkVersion(location, part, version);
    for (const step of part.steps.slice(version)) for (const sql of step(schema)) await query(sql);
    await query(
      `INSERT INTO ${schema}.version (part, version) VALUES ($1, $2)
       ON CONFLICT (part) DO UPDATE SET version = excluded.version`,
      [part.name, part.steps.length],
    );
  });
}

/** 0 when there are no tables yet. */
async function versionOf(query: Query, schema: string, part: Part): Promise<number> {
  const [there] = await query('SELECT to_regclass($1) IS NOT NULL AS yes', [`${schema}.version`]);
  if (there?.yes !== true) return 0;
  const [row] = await query(`SELECT version FROM ${schema}.version WHERE part = $1`, [part.name]);
  return numberOf(row?.version);
}

function checkVersion(location: string, { name, steps }: Part, version: number): void {
  if (version <= steps.length) return;
  throw new LibError(
    `${location} was filled by a newer version (its tables of ${name} have version ${version}, this one knows ${steps.length})`,
    {
      kind: 'file',
      hint: 'Update this program, or use another schema: { schema }. Nothing was changed.',
    },
  );
}
