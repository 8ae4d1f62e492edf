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
];

/** Marks a file as ours (PRAGMA application_id): "BtsW" in ASCII. */
export const applicationId = 0x42747357;
