import type { Part } from '../postgres/schema.ts';

/** The tables of vectors. The body is text for the sake of U+0000 and half characters, which `jsonb` does not keep. */
export const vectorTables: Part = {
  name: 'vectors',
  steps: [
    (schema) => [
      'CREATE EXTENSION IF NOT EXISTS vector',
      // One row: what all vectors have in common.
      `CREATE TABLE ${schema}.embedding (
         id integer PRIMARY KEY CHECK (id = 1),
         dimensions integer NOT NULL CHECK (dimensions > 0),
         model_id text
       )`,
      `CREATE TABLE ${schema}.vector (
         id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
         name text NOT NULL UNIQUE CHECK (name <> ''),
         vector vector NOT NULL,        -- of length 1
         words tsvector NOT NULL,       -- for hybrid search
         checksum bigint,               -- CRC-32 of body
         body text NOT NULL             -- JSON: text and metadata
       )`,
      `CREATE INDEX vector_words ON ${schema}.vector USING gin (words)`,
      // What is looked for in metadata: texts of at most 500 characters, numbers, booleans and null, alone or in a list.
      `CREATE TABLE ${schema}.vector_metadata (
         vector bigint NOT NULL REFERENCES ${schema}.vector ON DELETE CASCADE,
         key text COLLATE "C" NOT NULL,
         kind text NOT NULL,            -- 'string', 'number', 'boolean' or 'null'
         value text COLLATE "C" NOT NULL,
         number double precision        -- the value of a number
       )`,
      `CREATE INDEX vector_metadata_value ON ${schema}.vector_metadata (key, kind, value, vector)`,
      `CREATE INDEX vector_metadata_number ON ${schema}.vector_metadata (key, number, vector) WHERE number IS NOT NULL`,
      `CREATE INDEX vector_metadata_vector ON ${schema}.vector_metadata (vector)`,
    ],
  ],
};
