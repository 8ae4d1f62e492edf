import { statSync } from 'node:fs';
import { LibError } from '../base/errors.ts';
import { type Database, transact } from './database.ts';
import { corrupt, isReadOnly } from './database-errors.ts';

/**
 * The tables of one file: conversations and vectors may share it. Each element brings a file from the version of its
 * index to the next; the file's version is in `PRAGMA user_version`. Published steps are never edited: add one.
 */
export const migrations: readonly string[] = [
  `CREATE TABLE session (
     id INTEGER PRIMARY KEY,
     name TEXT NOT NULL UNIQUE CHECK (name <> ''),
     created_at TEXT NOT NULL
   );

   CREATE TABLE entry (
     id INTEGER PRIMARY KEY,
     session INTEGER NOT NULL REFERENCES session (id) ON DELETE CASCADE,
     sequence INTEGER NOT NULL CHECK (sequence > 0),
     kind TEXT NOT NULL CHECK (kind IN ('turn', 'summary')),
     open INTEGER NOT NULL DEFAULT 0 CHECK (open IN (0, 1)),  -- 1: a turn that is not finished yet
     owner TEXT,                   -- JSON: the process that is in the middle of it
     created_at TEXT NOT NULL,     -- ISO 8601, UTC
     checksum INTEGER,             -- CRC-32 of body; NULL in a row written by hand is not checked
     body TEXT NOT NULL,           -- JSON: the turn or the summary. Long, so it comes last
     UNIQUE (session, sequence)
   );

   CREATE TRIGGER entry_is_never_changed BEFORE UPDATE ON entry
   BEGIN SELECT RAISE (ABORT, 'entries are only ever appended'); END;

   CREATE TABLE embedding (        -- one row: what all vectors have in common
     id INTEGER PRIMARY KEY CHECK (id = 1),
     dimensions INTEGER NOT NULL CHECK (dimensions > 0),
     model_id TEXT,
     revision INTEGER NOT NULL     -- grows with each write
   );

   CREATE TABLE vector (
     id INTEGER PRIMARY KEY AUTOINCREMENT,  -- never used again: what is new has a higher one
     name TEXT NOT NULL UNIQUE CHECK (name <> ''),
     vector BLOB NOT NULL,         -- 32-bit floats, little-endian, of length 1
     checksum INTEGER,             -- CRC-32 of body
     body TEXT NOT NULL            -- JSON: text and metadata
   );`,

  // What is looked for in metadata: texts of at most 500 characters, numbers, booleans and null, alone or in a list.
  `CREATE TABLE vector_metadata (
     vector INTEGER NOT NULL,      -- the id of its row
     key TEXT NOT NULL,
     kind TEXT NOT NULL,           -- 'string', 'number', 'boolean' or 'null'
     value NOT NULL                -- 0 or 1 for a boolean, 0 for null
   );
   CREATE INDEX vector_metadata_value ON vector_metadata (key, kind, value, vector);
   CREATE INDEX vector_metadata_vector ON vector_metadata (vector);

   CREATE VIEW vector_metadata_in_body AS
     WITH member AS (
       SELECT vector.id AS vector, each.key, each.type, each.value
       FROM vector, json_each (iif (json_valid (body), body, '{}'), '$.metadata') AS each
     ), value AS (
       SELECT vector, key, type, value FROM member
       UNION
       SELECT vector, member.key, each.type, each.value
       FROM member, json_each (iif (member.type = 'array', member.value, '[]')) AS each
     )
     SELECT vector, key,
       CASE type WHEN 'text' THEN 'string' WHEN 'null' THEN 'null'
         WHEN 'true' THEN 'boolean' WHEN 'false' THEN 'boolean' ELSE 'number' END AS kind,
       coalesce (value, 0) AS value
     FROM value
     WHERE type NOT IN ('array', 'object') AND (type <> 'text' OR length (value) <= 500);

   INSERT INTO vector_metadata SELECT vector, key, kind, value FROM vector_metadata_in_body;

   CREATE TRIGGER vector_metadata_added AFTER INSERT ON vector
   BEGIN
     INSERT INTO vector_metadata
       SELECT vector, key, kind, value FROM vector_metadata_in_body WHERE vector = new.id;
   END;
   CREATE TRIGGER vector_metadata_removed AFTER DELETE ON vector
   BEGIN DELETE FROM vector_metadata WHERE vector = old.id; END;`,
];

/** Marks a file as ours (PRAGMA application_id): "BtsW" in ASCII. */
export const applicationId = 0x42747357;

/** What every connection is set to, before it is used. */
export const settings = 'PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON; PRAGMA temp_store = MEMORY;';

/**
 * Refuses, before anything is written, a file that is not ours or that a newer version has written.
 *
 * @throws LibError of kind `file`
 */
export function checkTables(path: string, database: Database): void {
  const mark = pragma(database, 'application_id');
  const isForeign = mark !== 0 || database.first('SELECT 1 FROM sqlite_schema') !== undefined;
  if (mark !== applicationId && isForeign) {
    throw new LibError(`${path} is the database of another program`, {
      kind: 'file',
      hint: 'Use another file name; conversations and vectors are kept in a file of their own. It was not changed.',
    });
  }
  const version = pragma(database, 'user_version');
  if (version > migrations.length) {
    throw new LibError(
      `${path} was written by a newer version (its tables have version ${version}, this one knows ${migrations.length})`,
      { kind: 'file', hint: 'Update this project (git pull), or use another file. It was not changed.' },
    );
  }
}

/**
 * Brings the tables to this version, in one transaction, and gives `true` when it changed the file. A file that may
 * only be read stays as it is, and can be read.
 *
 * @param before is run first, as the tables themselves are
 */
export function prepareTables(
  database: Database,
  before = '',
  steps: readonly string[] = migrations,
): boolean {
  const version = pragma(database, 'user_version');
  try {
    database.script(before);
    if (version >= steps.length) return false;
    // Must be chosen before the first table: it lets the file shrink when a session is deleted.
    if (version === 0) database.script('PRAGMA auto_vacuum = INCREMENTAL');
    return transact(database, () => {
      // Somebody else may have been faster.
      const missing = steps.slice(pragma(database, 'user_version'));
      for (const step of missing) database.script(step);
      database.script(`PRAGMA application_id = ${applicationId}; PRAGMA user_version = ${steps.length}`);
      return missing.length > 0;
    });
  } catch (error) {
    if (version === 0 || !isReadOnly(error)) throw error;
    return false;
  }
}

/** A file is checked whole when it is opened, unless it is larger than this: about 0.7 ms a megabyte. */
const checkedBytes = 256 * 1024 * 1024;

/** @throws LibError of kind `corrupt` when a page is damaged */
export function checkPages(path: string, database: Database): void {
  if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) > checkedBytes) return;
  const fault = database.first('PRAGMA quick_check(1)')?.quick_check;
  if (fault !== 'ok') throw corrupt(path, `is damaged (${fault})`);
}

function pragma(database: Database, name: 'application_id' | 'user_version'): number {
  return Number(database.first(`PRAGMA ${name}`)?.[name]);
}
