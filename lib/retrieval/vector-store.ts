import type { OpenOptions } from '../sqlite/open-database.ts';
import type { StoredItem, VectorItem } from './vector-items.ts';

export interface VectorStoreOptions extends OpenOptions {
  /** How many numbers each vector has. Default: as many as the first one that is added, which the file remembers. */
  readonly dimensions?: number;
  /**
   * The embedding model. The file remembers it, so that vectors of two models, which mean nothing to each other, are
   * never mixed.
   */
  readonly modelId?: string;
}

export interface SearchOptions {
  /** Keeps only the items for which it returns `true`; the result still has `k` items when there are so many. */
  readonly filter?: (item: StoredItem) => boolean;
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
   * The `k` items nearest to the query by cosine, nearest first. Exact: every vector is compared. The first search reads
   * all vectors into memory, 4 bytes a dimension; what is added later is read when it is needed.
   */
  search(queryVector: ArrayLike<number>, k: number, options?: SearchOptions): Promise<FoundItem[]>;
  /** Removes the items, and gives how many there were. */
  delete(ids: readonly string[]): Promise<number>;
  count(): Promise<number>;
  close(): Promise<void>;
}

/**
 * Opens the vectors in a file, or begins a new file. It may be the file of a history as well. Close it after the last
 * use.
 *
 * @param location a path, relative to the current folder; or `:memory:`
 * @throws LibError of kind `file` or `corrupt` as `openHistory`; of kind `request` when the file has vectors of another
 *   model or of another number of dimensions
 */
export async function openVectorStore(
  location: string,
  options: VectorStoreOptions = {},
): Promise<VectorStore> {
  const { openSqliteVectors } = await import('./sqlite-vectors.ts');
  return await openSqliteVectors(location, options);
}
