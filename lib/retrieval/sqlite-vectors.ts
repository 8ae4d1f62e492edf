import type { Database } from '../sqlite/database.ts';
import { openDatabase } from '../sqlite/open-database.ts';
import { checkEmbedding, type Embedding, readEmbedding, writeEmbedding } from './embedding-table.ts';
import { bestOf, fused, type Scored, scoresOf } from './nearest-vectors.ts';
import { unitVector } from './unit-vector.ts';
import { readIndex, type VectorIndex } from './vector-index.ts';
import { addItem, checkWhole, commonDimensions, encodeItem, notThere, readItem } from './vector-items.ts';
import type { FoundItem, SearchOptions, VectorStore, VectorStoreOptions } from './vector-store.ts';
import { matchingRows, rowQuery } from './where.ts';
import { readWords, rowsWithWords, type WordIndex } from './word-index.ts';

/** What `openVectorStore` does. It is loaded with the first store that is opened. */
export async function openSqliteVectors(location: string, options: VectorStoreOptions): Promise<VectorStore> {
  const wanted: Embedding = { dimensions: options.dimensions, modelId: options.modelId };
  if (options.dimensions !== undefined) checkWhole(options.dimensions, 'dimensions');
  const file = await openDatabase(location, options);
  let index: VectorIndex | undefined;
  let words: WordIndex | undefined;

  try {
    await file.read((database) => checkEmbedding(file.location, readEmbedding(database), wanted));
  } catch (error) {
    await file.close();
    throw error;
  }

  function search(database: Database, query: Float32Array, k: number, options: SearchOptions): FoundItem[] {
    const { where, filter, text } = options;
    const stored = readEmbedding(database);
    if (stored === undefined || stored.isEmpty) return [];
    checkEmbedding(file.location, stored, { ...wanted, dimensions: query.length }, 'The query has');
    index = readIndex(database, stored.revision, stored.dimensions, index);
    const among = index;
    const items = where && placesOf(among, matchingRows(database, where));
    const scores = scoresOf(among, query, items);
    if (text === undefined) {
      return firstOf(database, k, filter, scores.length, (limit) => bestOf(among, scores, limit, items));
    }
    words = readWords(database, stored.revision, words);
    const withWords = rowsWithWords(database, text);
    return firstOf(database, k, filter, scores.length, (limit) => {
      // Deep enough that what both rankings find is known to be found by both.
      const nearest = bestOf(among, scores, filter ? scores.length : Math.max(100, limit), items);
      return fused(nearest, scoredOf(among, withWords, scores, items)).slice(0, limit);
    });
  }

  return {
    async add(items) {
      const encoded = items.map(encodeItem);
      if (encoded.length === 0) return [];
      const dimensions = commonDimensions(encoded, wanted.dimensions);
      await file.write((database) => {
        const stored = readEmbedding(database);
        checkEmbedding(file.location, stored, { ...wanted, dimensions }, 'What is to be added has');
        const added = encoded.filter((item) => addItem(database, item));
        if (added.length > 0) writeEmbedding(database, stored, dimensions, wanted.modelId);
      });
      return encoded.map(({ id }) => id);
    },
    async search(queryVector, k, options = {}) {
      const query = unitVector(queryVector, 'The query');
      return await file.read((database) => search(database, query, k, options));
    },
    get: (id) =>
      file.read((database) => {
        const row = database.first('SELECT id FROM vector WHERE name = ?', id);
        return row && readItem(database, Number(row.id));
      }),
    async list({ where = {}, limit, after } = {}) {
      return await file.read((database) => {
        const { sql, values } = rowQuery(where);
        const start = after === undefined ? 0 : rowOf(database, after);
        const rows = database.all(
          `SELECT vector FROM (${sql}) WHERE vector > ? LIMIT ?`,
          ...values,
          start,
          limit ?? -1,
        );
        return rows.map(({ vector }) => readItem(database, Number(vector)));
      });
    },
    async delete(what) {
      const where = 'where' in what ? what.where : undefined;
      return await file.write((database) => {
        let removed = 0;
        if (where) {
          const { sql, values } = rowQuery(where);
          removed = database.run(`DELETE FROM vector WHERE id IN (${sql})`, ...values);
        } else {
          for (const id of new Set(what as readonly string[]))
            removed += database.run('DELETE FROM vector WHERE name = ?', id);
        }
        if (removed > 0) {
          database.run('UPDATE embedding SET revision = revision + 1');
          database.all('PRAGMA incremental_vacuum');
        }
        return removed;
      });
    },
    async count({ where = {} } = {}) {
      const { sql, values } = rowQuery(where);
      const counted = `SELECT count(*) AS count FROM (${sql})`;
      return await file.read((database) => Number(database.first(counted, ...values)?.count));
    },
    async close() {
      await file.close();
      index = undefined;
    },
  };
}

/**
 * The first `k` that pass the filter, of a ranking of which more and more is asked for.
 *
 * @param count how many there are at most
 */
function firstOf(
  database: Database,
  k: number,
  filter: SearchOptions['filter'],
  count: number,
  best: (limit: number) => Scored[],
): FoundItem[] {
  if (!filter) return best(k).map((scored) => found(database, scored));
  const result: FoundItem[] = [];
  let seen = 0;
  for (let limit = k * 4; result.length < k && seen < count; limit *= 4) {
    for (const scored of best(limit).slice(seen)) {
      seen++;
      const item = found(database, scored);
      if (result.length < k && filter(item)) result.push(item);
    }
  }
  return result;
}

/** Where in the index these rows are. Both ascend. Pure. */
function placesOf(index: VectorIndex, rows: Float64Array): Int32Array {
  const places = new Int32Array(rows.length);
  let count = 0;
  let place = 0;
  for (const row of rows) {
    while (place < index.count && (index.rows[place] as number) < row) place++;
    if (place < index.count && index.rows[place] === row) places[count++] = place;
  }
  return places.subarray(0, count);
}

/** The cosines of these rows, in their order, of those that `where` asks for. Pure. */
function scoredOf(
  index: VectorIndex,
  rows: readonly number[],
  scores: Float64Array,
  items: Int32Array | undefined,
): Scored[] {
  const ofRow = new Map(
    Array.from(scores, (score, place) => [index.rows[items ? (items[place] as number) : place], score]),
  );
  return rows.flatMap((row) => {
    const score = ofRow.get(row);
    return score === undefined ? [] : [{ row, score }];
  });
}

function rowOf(database: Database, id: string): number {
  const row = database.first('SELECT id FROM vector WHERE name = ?', id);
  if (row) return Number(row.id);
  throw notThere(id);
}

function found(database: Database, { row, score }: Scored): FoundItem {
  return { ...readItem(database, row), score };
}
