import { checkInput, checkOptions } from '../base/check-input.ts';
import { isPostgres, type PostgresOptions } from '../postgres/open-postgres.ts';
import type { OpenOptions } from '../sqlite/open-database.ts';
import { checkedStore } from './checked-store.ts';
import type { StoredItem, VectorItem } from './vector-items.ts';
import type { Where } from './where.ts';

export interface VectorStoreOptions extends OpenOptions, PostgresOptions {
  /** How many numbers each vector has. Default: as many as the first one that is added, which the file remembers. */
  readonly dimensions?: number;
  /**
   * The embedding model. The file remembers it, so that vectors of two models, which mean nothing to each other, are
   * never mixed.
   */
  readonly modelId?: string;
}

export interface SearchOptions {
  /**
   * Only items whose metadata are so: `{ lang: 'ja', year: { gte: 2020 } }`. SQLite looks them up in an index, and only
   * their vectors are compared, so that it makes a search faster.
   */
  readonly where?: Where;
  /**
   * Keeps only the items for which it returns `true`; the result still has `k` items when there are so many. It is
   * called for one item after the other, so that one which keeps few of many makes a search slow: use `where`.
   */
  readonly filter?: (item: StoredItem) => boolean;
  /**
   * PostgreSQL: compares every vector, as a file does. Left out, more than 10,000 of them are looked for in an index
   * (HNSW), which is many times as fast and misses some: about one of a hundred.
   */
  readonly exact?: boolean;
  /**
   * Hybrid search: the question itself. Items that have its words are found as well, which names and numbers need whose
   * meaning no model knows. The order is that of both rankings together (reciprocal rank fusion, Cormack et al. 2009);
   * `score` stays the cosine. In a file, the first such search reads all texts into an index in memory, and words are
   * ranked by BM25; PostgreSQL keeps the index, and ranks by its own `ts_rank`. Not with sql.js.
   */
  readonly text?: string;
}

export interface ListOptions {
  readonly where?: Where;
  /** At most so many. Default: all. */
  readonly limit?: number;
  /** Goes on behind the item with this id: the last one of the list before. */
  readonly after?: string;
}

/** An item that was found. */
export interface FoundItem extends StoredItem {
  /** The cosine with the query: 1 for the same direction, 0 for nothing in common, -1 for the opposite. */
  readonly score: number;
}

export interface VectorStore {
  /**
   * Stores the items in one transaction, and gives their ids. An item with an id that is there already takes its
   * place; one without an id gets one made from its text and metadata, so that storing it again changes nothing.
   *
   * @throws LibError of kind `request` when a vector has another number of dimensions, is zero, or holds NaN; of kind
   *   `file` when it cannot be written. Nothing is stored then
   */
  add(items: readonly VectorItem[]): Promise<string[]>;
  /**
   * The `k` items nearest to the query by cosine, nearest first. In a file every vector is compared: the first search
   * reads all into memory, 4 bytes a dimension; what is added later is read when it is needed. PostgreSQL compares them
   * itself, and looks for them in an index where there are many (`exact`).
   */
  search(queryVector: ArrayLike<number>, k: number, options?: SearchOptions): Promise<FoundItem[]>;
  /** The item with this id; `undefined` when there is none. */
  get(id: string): Promise<StoredItem | undefined>;
  /** The items in the order in which they were stored. */
  list(options?: ListOptions): Promise<StoredItem[]>;
  /**
   * Removes the items with these ids, or those whose metadata are so, and gives how many there were. After
   * `delete({ where: { file: 'a.md' } })` and `add` of its new pieces, nothing is left of what the file said before.
   *
   * @throws LibError of kind `request` for a `where` that names nothing, which would be all
   */
  delete(items: readonly string[] | { readonly where: Where }): Promise<number>;
  /** How many items there are, or how many have such metadata. */
  count(options?: { readonly where?: Where }): Promise<number>;
  close(): Promise<void>;
}

/**
 * Opens the vectors in a file, or begins a new file; or those of a PostgreSQL database with pgvector. It may be that of
 * a history as well. Close it after the last use.
 *
 * @param location a path, relative to the current folder; or `:memory:`; or `postgres://…` or `pglite:…`, as for
 *   `openHistory`. A database has one store of vectors in each `schema`
 * @throws LibError of kind `file` or `corrupt` as `openHistory`; of kind `request` when the file has vectors of another
 *   model or of another number of dimensions
 * @example
 * const store = await openVectorStore('notes.db', { modelId });
 * await store.add(chunks.map(({ text }, n) => ({ text, vector: vectors[n], metadata: { file: 'notes.md' } })));
 * const found = await store.search(queryVector, 3, { where: { file: 'notes.md' } });
 */
export async function openVectorStore(
  location: string,
  options: VectorStoreOptions = {},
): Promise<VectorStore> {
  checkInput('openVectorStore', { location }, { location: 'text' });
  checkOptions('openVectorStore', options, {
    driver: 'text?',
    dimensions: 'amount?',
    modelId: 'text?',
    schema: 'text?',
    pool: 'object?',
  });
  if (isPostgres(location)) {
    const { openPostgresVectors } = await import('./postgres-vectors.ts');
    return checkedStore(await openPostgresVectors(location, options));
  }
  const { openSqliteVectors } = await import('./sqlite-vectors.ts');
  return checkedStore(await openSqliteVectors(location, options));
}
