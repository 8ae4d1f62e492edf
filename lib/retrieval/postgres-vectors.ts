import { LibError } from '../base/errors.ts';
import { openPostgres } from '../postgres/open-postgres.ts';
import { numberOf, type Postgres, type PostgresRow, type Query } from '../postgres/postgres.ts';
import { prepareSchema } from '../postgres/schema.ts';
import type { SqlValue } from '../sqlite/database.ts';
import { checksumOf } from '../sqlite/json.ts';
import { checkEmbedding, type Embedding, type StoredEmbedding } from './embedding-table.ts';
import { fused, type Scored } from './nearest-vectors.ts';
import { vectorTables } from './postgres-tables.ts';
import { metadataOf, testOf } from './postgres-where.ts';
import { unitVector } from './unit-vector.ts';
import {
  checkWhole,
  commonDimensions,
  type EncodedItem,
  encodeItem,
  itemOf,
  notThere,
  type StoredItem,
} from './vector-items.ts';
import type { FoundItem, SearchOptions, VectorStore, VectorStoreOptions } from './vector-store.ts';
import type { Where } from './where.ts';
import { wordsOf } from './word-index.ts';

/** So many vectors are compared one by one, which is exact and takes milliseconds; more are looked for in an index. */
const comparedRows = 10_000;
/** The most that a search in the index looks for at once (`hnsw.ef_search`). */
const deepest = 1_000;
/** The most that the index takes, at half the precision. */
const indexedDimensions = 4_000;
/** Items that are stored by one statement. */
const batch = 500;
/** A text's first characters, whose words are indexed: PostgreSQL takes a megabyte of them. */
const indexedCharacters = 200_000;

/** What `openVectorStore` does with the address of a PostgreSQL database. */
export async function openPostgresVectors(
  location: string,
  options: VectorStoreOptions,
): Promise<VectorStore> {
  const wanted: Embedding = { dimensions: options.dimensions, modelId: options.modelId };
  if (options.dimensions !== undefined) checkWhole(options.dimensions, 'dimensions');
  const postgres = await openPostgres(location, options);
  const { schema } = postgres;
  try {
    await prepareSchema(postgres, vectorTables).catch(explain);
    const stored = await postgres.read((query) => readEmbedding(query, schema));
    checkEmbedding(postgres.location, stored, wanted);
  } catch (error) {
    await postgres.close();
    throw error;
  }
  const from = `${schema}.vector`;

  /** The best `limit` by cosine. */
  async function nearest(
    query: Query,
    { dimensions }: StoredEmbedding,
    vector: string,
    limit: number,
    { where = {}, exact = false }: SearchOptions,
  ): Promise<Scored[]> {
    const test = testOf(schema, where, 2);
    const values = [vector, limit, ...test.values];
    const isCompared =
      exact || limit > deepest || dimensions > indexedDimensions || !(await hasMore(query, where));
    if (!isCompared) {
      await query(`SELECT set_config('hnsw.ef_search', $1, true)`, [`${Math.max(100, limit)}`]);
      // Goes on until there are enough that pass the test; pgvector before 0.8 does not know it.
      if (Object.keys(where).length > 0) await query("SET LOCAL hnsw.iterative_scan = 'strict_order'");
    }
    const distance = `${columnOf(dimensions)} <#> $1::${typeOf(dimensions)}`;
    const rows = await query(
      `SELECT id, -(vector <#> $1::vector) AS score FROM ${from} WHERE ${test.sql}
       ORDER BY ${isCompared ? '(vector <#> $1::vector) + 0, id' : distance} LIMIT $2`,
      values,
    );
    const scored = rows.map(scoredRow);
    return isCompared ? scored : scored.toSorted((a, b) => b.score - a.score || a.row - b.row);
  }

  async function hasMore(query: Query, where: Where): Promise<boolean> {
    const test = testOf(schema, where, 1);
    const sql = `SELECT count(*) AS count FROM (SELECT 1 FROM ${from} WHERE ${test.sql} LIMIT $1) AS counted`;
    const [row] = await query(sql, [comparedRows + 1, ...test.values]);
    return numberOf(row?.count) > comparedRows;
  }

  /** Those that have any of the words, those that have most of them first, with their cosines. */
  async function withWords(
    query: Query,
    vector: string,
    text: string,
    where: Where,
    limit: number,
  ): Promise<Scored[]> {
    const words = [...new Set(wordsOf(text))].map((word) => `'${cleaned(word).replace(/['\\]/g, '$&$&')}'`);
    if (words.length === 0) return [];
    const test = testOf(schema, where, 3);
    const rows = await query(
      `SELECT id, -(vector <#> $1::vector) AS score FROM ${from}, to_tsquery('simple', $2) AS asked
       WHERE words @@ asked AND ${test.sql} ORDER BY ts_rank(words, asked, 1) DESC, id LIMIT $3`,
      [vector, words.join(' | '), limit, ...test.values],
    );
    return rows.map(scoredRow);
  }

  async function items(query: Query, scored: readonly Scored[]): Promise<FoundItem[]> {
    const rows = await query(`SELECT id, ${itemColumns} FROM ${from} WHERE id = ANY ($1::bigint[])`, [
      scored.map(({ row }) => row),
    ]);
    const byRow = new Map(rows.map((row) => [numberOf(row.id), row]));
    return scored.map(({ row, score }) => ({ ...decoded(byRow.get(row) ?? {}), score }));
  }

  async function search(
    query: Query,
    asked: Float32Array,
    k: number,
    options: SearchOptions,
  ): Promise<FoundItem[]> {
    const { where = {}, filter, text } = options;
    const stored = await readEmbedding(query, schema);
    if (stored === undefined || stored.isEmpty) return [];
    checkEmbedding(postgres.location, stored, { ...wanted, dimensions: asked.length }, 'The query has');
    const vector = textOf(asked);

    async function best(limit: number): Promise<Scored[]> {
      if (text === undefined) return await nearest(query, stored as StoredEmbedding, vector, limit, options);
      // Deep enough that what both rankings find is known to be found by both.
      const depth = Math.max(100, limit);
      const rankings = [
        await nearest(query, stored as StoredEmbedding, vector, depth, options),
        await withWords(query, vector, text, where, depth),
      ];
      return fused(...rankings).slice(0, limit);
    }

    if (!filter) return await items(query, await best(k));
    const result: FoundItem[] = [];
    for (let limit = k * 4, seen = 0; ; limit *= 4) {
      const more = await best(limit);
      for (const item of await items(query, more.slice(seen)))
        if (result.length < k && filter(item)) result.push(item);
      if (result.length === k || more.length < limit) return result;
      seen = more.length;
    }
  }

  return {
    async add(given) {
      const encoded = given.map(encodeItem);
      if (encoded.length === 0) return [];
      const dimensions = commonDimensions(encoded, wanted.dimensions);
      // Of two with one id the later one stays, as if they came one after the other.
      const byId = new Map<string, EncodedItem>();
      for (const item of encoded) {
        byId.delete(item.id);
        byId.set(item.id, item);
      }
      const unique = [...byId.values()];
      await postgres.write(async (query) => {
        await lock(query, postgres);
        const stored = await readEmbedding(query, schema);
        checkEmbedding(postgres.location, stored, { ...wanted, dimensions }, 'What is to be added has');
        for (let start = 0; start < unique.length; start += batch)
          await store(query, schema, unique.slice(start, start + batch));
        await writeEmbedding(query, schema, stored, dimensions, wanted.modelId);
        if (await hasMore(query, {})) await ensureIndex(query, schema, dimensions);
      });
      return encoded.map(({ id }) => id);
    },
    async search(queryVector, k, options = {}) {
      const asked = unitVector(queryVector, 'The query');
      return await postgres.read((query) => search(query, asked, k, options));
    },
    async get(id) {
      const rows = await postgres.read((query) =>
        query(`SELECT ${itemColumns} FROM ${from} WHERE name = $1`, [id]),
      );
      return rows[0] && decoded(rows[0]);
    },
    async list({ where = {}, limit, after } = {}) {
      return await postgres.read(async (query) => {
        const [start] = after === undefined ? [{ id: 0 }] : await rowNamed(query, after);
        if (start === undefined) throw notThere(after ?? '');
        const test = testOf(schema, where, 2);
        const rows = await query(
          `SELECT ${itemColumns} FROM ${from} WHERE id > $1 AND ${test.sql} ORDER BY id LIMIT $2`,
          [start.id, limit ?? null, ...test.values],
        );
        return rows.map(decoded);
      });
    },
    async delete(what) {
      const where = 'where' in what ? what.where : undefined;
      const test = where ? testOf(schema, where, 0) : { sql: 'name = ANY ($1::text[])', values: [what] };
      return await postgres.write(async (query) => {
        await lock(query, postgres);
        return (await query(`DELETE FROM ${from} WHERE ${test.sql} RETURNING id`, test.values)).length;
      });
    },
    async count({ where = {} } = {}) {
      const test = testOf(schema, where, 0);
      const sql = `SELECT count(*) AS count FROM ${from} WHERE ${test.sql}`;
      const [row] = await postgres.read((query) => query(sql, test.values));
      return numberOf(row?.count);
    },
    close: () => postgres.close(),
  };

  function rowNamed(query: Query, id: string): Promise<PostgresRow[]> {
    return query(`SELECT id FROM ${from} WHERE name = $1`, [id]);
  }
}

/** One at a time fills a store, so that all its vectors are of one model. */
async function lock(query: Query, { schema }: Postgres): Promise<void> {
  await query('SELECT pg_advisory_xact_lock(hashtextextended($1, 2))', [`${schema} vectors`]);
}

async function readEmbedding(query: Query, schema: string): Promise<StoredEmbedding | undefined> {
  const [row] = await query(
    `SELECT dimensions, model_id, NOT EXISTS (SELECT 1 FROM ${schema}.vector) AS is_empty FROM ${schema}.embedding`,
  );
  if (row === undefined) return undefined;
  const modelId = typeof row.model_id === 'string' ? row.model_id : undefined;
  return { dimensions: numberOf(row.dimensions), modelId, isEmpty: row.is_empty === true, revision: 0 };
}

async function writeEmbedding(
  query: Query,
  schema: string,
  before: StoredEmbedding | undefined,
  dimensions: number,
  modelId: string | undefined,
): Promise<void> {
  const known = before?.isEmpty ? undefined : before?.modelId;
  // The index is of vectors of one length.
  if (before !== undefined && before.dimensions !== dimensions)
    await query(`DROP INDEX IF EXISTS ${schema}.vector_nearest`);
  await query(
    `INSERT INTO ${schema}.embedding (id, dimensions, model_id) VALUES (1, $1, $2)
     ON CONFLICT (id) DO UPDATE SET dimensions = excluded.dimensions, model_id = excluded.model_id`,
    [dimensions, modelId ?? known ?? null],
  );
}

/** Stores the items, in the place of those with the same ids; what is there already as it is stays. */
async function store(query: Query, schema: string, items: readonly EncodedItem[]): Promise<void> {
  const columns = [
    items.map(({ id }) => id),
    items.map(({ vector }) => textOf(vector)),
    items.map(({ json }) => cleaned(wordsOf(storedText(json).slice(0, indexedCharacters)).join(' '))),
    items.map(({ json }) => checksumOf(json)),
    items.map(({ json }) => json),
  ];
  const item = 'unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::text[]) WITH ORDINALITY';
  const added = await query(
    `WITH item AS (SELECT * FROM ${item} AS item (name, vector, words, checksum, body, place)),
       changed AS (SELECT item.* FROM item LEFT JOIN ${schema}.vector AS old ON old.name = item.name
         WHERE old.id IS NULL OR old.body <> item.body OR old.vector <> item.vector::vector),
       removed AS (DELETE FROM ${schema}.vector USING changed WHERE vector.name = changed.name RETURNING 1)
     SELECT name, (SELECT count(*) FROM removed) AS removed FROM changed`,
    columns,
  );
  const names = new Set(added.map(({ name }) => name));
  const rows = await query(
    `INSERT INTO ${schema}.vector (name, vector, words, checksum, body)
     SELECT name, vector::vector, to_tsvector('simple', words), checksum, body
     FROM ${item} AS item (name, vector, words, checksum, body, place)
     WHERE name = ANY ($6::text[]) ORDER BY place RETURNING id, name`,
    [...columns, [...names]],
  );
  const rowOf = new Map(rows.map(({ id, name }) => [name, id]));
  const metadata = items.flatMap(({ id, json }) => {
    const row = rowOf.get(id);
    return row === undefined ? [] : metadataOf(json).map((member) => [row, ...member] as const);
  });
  if (metadata.length === 0) return;
  await query(
    `INSERT INTO ${schema}.vector_metadata (vector, key, kind, value, number)
     SELECT * FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::float8[])`,
    [0, 1, 2, 3, 4].map((column) => metadata.map((member) => member[column])),
  );
}

/** Made when there are so many that it pays; from then on it grows with them. */
async function ensureIndex(query: Query, schema: string, dimensions: number): Promise<void> {
  if (dimensions > indexedDimensions) return;
  const operators = dimensions > 2_000 ? 'halfvec_ip_ops' : 'vector_ip_ops';
  const [there] = await query('SELECT to_regclass($1) IS NOT NULL AS yes', [`${schema}.vector_nearest`]);
  if (there?.yes === true) return;
  await query(
    `CREATE INDEX vector_nearest ON ${schema}.vector USING hnsw ((${columnOf(dimensions)}) ${operators})`,
  );
}

/** The vectors as they stand in the index, which takes 2,000 dimensions, or 4,000 of half the precision. */
function columnOf(dimensions: number): string {
  return `vector::${typeOf(dimensions)}`;
}

function typeOf(dimensions: number): string {
  return `${dimensions > 2_000 ? 'halfvec' : 'vector'}(${dimensions})`;
}

function textOf(vector: Float32Array): string {
  return `[${vector.join(',')}]`;
}

function storedText(json: string): string {
  return (JSON.parse(json) as { text: string }).text;
}

/** What PostgreSQL takes: no U+0000, and no half of a character. Only words are looked for in it. */
function cleaned(text: string): string {
  return text.replaceAll('\0', ' ').replace(/\p{Surrogate}/gu, '\ufffd');
}

function scoredRow({ id, score }: PostgresRow): Scored {
  return { row: numberOf(id), score: Math.max(-1, Math.min(1, numberOf(score))) };
}

const itemColumns = 'name, checksum::float8 AS checksum, body';

function decoded(row: PostgresRow): StoredItem {
  return itemOf(row as Record<string, SqlValue>);
}

function explain(error: unknown): never {
  const { message = '' } = (error ?? {}) as { message?: string };
  if (!/extension "vector"|vector\.control/.test(message)) throw error;
  throw new LibError('This PostgreSQL has no vectors: its extension pgvector is missing', {
    kind: 'file',
    hint: 'Install pgvector on the server (Debian: postgresql-17-pgvector; RDS and Aurora have it), and let a superuser run CREATE EXTENSION vector in the database.',
    cause: error,
  });
}
