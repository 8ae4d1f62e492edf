import type { Part } from '../postgres/schema.ts';

/** The tables of conversations. The body is text, and not `jsonb`, which keeps neither U+0000 nor half a character. */
export const historyTables: Part = {
  name: 'history',
  steps: [
    (schema) => [
      `CREATE TABLE ${schema}.session (
         id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
         name text NOT NULL UNIQUE CHECK (name <> ''),
         created_at text NOT NULL
       )`,
      `CREATE TABLE ${schema}.entry (
         id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
         session bigint NOT NULL REFERENCES ${schema}.session ON DELETE CASCADE,
         sequence integer NOT NULL CHECK (sequence > 0),
         kind text NOT NULL CHECK (kind IN ('turn', 'summary')),
         open boolean NOT NULL DEFAULT false,    -- a turn that is not finished yet
         owner uuid,                             -- the history that is in the middle of it
         append uuid,                            -- known again when the answer to a COMMIT was lost
         created_at text NOT NULL,               -- ISO 8601, UTC
         checksum bigint,                        -- CRC-32 of body; NULL is not checked
         body text NOT NULL,                     -- JSON: the turn or the summary
         UNIQUE (session, sequence)
       )`,
      `CREATE FUNCTION ${schema}.refuse_change() RETURNS trigger LANGUAGE plpgsql AS
       $$ BEGIN RAISE EXCEPTION 'entries are only ever appended'; END $$`,
      `CREATE TRIGGER entry_is_never_changed BEFORE UPDATE ON ${schema}.entry
       FOR EACH ROW EXECUTE FUNCTION ${schema}.refuse_change()`,
      // A history that has a session or an open turn, and says again and again that it is still there.
      `CREATE TABLE ${schema}.owner (
         id uuid PRIMARY KEY,
         host text NOT NULL,
         pid integer NOT NULL,
         alive_until timestamptz NOT NULL
       )`,
      // Who has a session, and who waits for it: the lowest ticket of a living owner has it.
      `CREATE TABLE ${schema}.claim (
         ticket bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
         id uuid NOT NULL UNIQUE,
         session text NOT NULL,
         owner uuid NOT NULL REFERENCES ${schema}.owner ON DELETE CASCADE
       )`,
      `CREATE INDEX claim_of_session ON ${schema}.claim (session, ticket)`,
    ],
  ],
};
