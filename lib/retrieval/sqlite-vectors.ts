import { LibError } from '../base/errors.ts';
import type { Database } from '../sqlite/database.ts';
import { openDatabase } from '../sqlite/open-database.ts';
import {
  checkEmbedding,
  type Embedding,
  mismatch,
  readEmbedding,
  writeEmbedding,
} from './embedding-table.ts';
import { bestOf, type Scored, scoresOf } from './nearest-vectors.ts';
import { unitVector } from './unit-vector.ts';
import { readIndex, type VectorIndex } from './vector-index.ts';
import { addItem, type EncodedItem, encodeItem, readItem, type StoredItem } from './vector-items.ts';
import type { FoundItem, SearchOptions, VectorStore, VectorStoreOptions } from './vector-store.ts';

/** What `openVectorStore` does. It is loaded with the first store that is opened. */
export async function openSqliteVectors(location: string, options: VectorStoreOptions): Promise<VectorStore> {
  const wanted: Embedding = { dimensions: options.dimensions, modelId: options.modelId };
  if (options.dimensions !== undefined) checkWhole(options.dimensions, 'dimensions');
  const file = await openDatabase(location, options);
  let index: VectorIndex | undefined;

  try {
    await file.read((database) => checkEmbedding(file.location, readEmbedding(database), wanted));
  } catch (error) {
    await file.close();
    throw error;
  }

  function search(database: Database, query: Float32Array, k: number, filter: SearchOptions['filter']) {
    const stored = readEmbedding(database);
    if (stored === undefined || stored.isEmpty) return [];
    checkEmbedding(file.location, stored, { ...wanted, dimensions: query.length }, 'The query has');
    index = readIndex(database, stored.revision, stored.dimensions, index);
    const scores = scoresOf(index, query);
    if (!filter) return bestOf(index, scores, k).map((scored) => found(database, scored));
    return filtered(database, index, scores, k, filter);
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
    async search(queryVector, k, { filter } = {}) {
      checkWhole(k, 'k');
      const query = unitVector(queryVector, 'The query');
      return await file.read((database) => search(database, query, k, filter));
    },
    delete: (ids) =>
      file.write((database) => {
        let removed = 0;
        for (const id of new Set(ids)) removed += database.run('DELETE FROM vector WHERE name = ?', id);
        if (removed > 0) {
          database.run('UPDATE embedding SET revision = revision + 1');
          database.all('PRAGMA incremental_vacuum');
        }
        return removed;
      }),
    count: () =>
      file.read((database) => Number(database.first('SELECT count(*) AS count FROM vector')?.count)),
    async close() {
      await file.close();
      index = undefined;
    },
  };
}

/** Goes through the best ones, more and more of them, until `k` have passed the filter. */
function filtered(
  database: Database,
  index: VectorIndex,
  scores: Float64Array,
  k: number,
  filter: (item: StoredItem) => boolean,
): FoundItem[] {
  const result: FoundItem[] = [];
  let seen = 0;
  for (let limit = k * 4; result.length < k && seen < index.count; limit *= 4) {
    for (const scored of bestOf(index, scores, limit).slice(seen)) {
      seen++;
      const item = found(database, scored);
      if (result.length < k && filter(item)) result.push(item);
    }
  }
  return result;
}

/** @throws LibError of kind `request` when they have not all the same number of dimensions, or not the wanted one */
function commonDimensions(items: readonly EncodedItem[], wanted: number | undefined): number {
  const dimensions = wanted ?? items[0]?.vector.length ?? 0;
  const other = items.find(({ vector }) => vector.length !== dimensions);
  if (other === undefined) return dimensions;
  throw mismatch(
    `The vector of "${other.id}" has ${other.vector.length} dimensions, and the store has ${dimensions}`,
    'Embed all texts with the same model and the same number of dimensions. Nothing was stored.',
  );
}

function found(database: Database, { row, score }: Scored): FoundItem {
  return { ...readItem(database, row), score };
}

function checkWhole(value: number, name: string): void {
  if (Number.isSafeInteger(value) && value > 0) return;
  throw new LibError(`${name} is ${value}`, {
    kind: 'request',
    hint: `Give ${name} as a whole number above 0.`,
  });
}
