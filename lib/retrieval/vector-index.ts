import type { Database } from '../sqlite/database.ts';

/** All vectors in one flat array, so that a search reads memory from its beginning to its end. */
export interface VectorIndex {
  /** The revision of the table that it holds. */
  readonly revision: number;
  readonly dimensions: number;
  readonly count: number;
  /** The row of each vector, ascending. */
  readonly rows: Float64Array;
  /** `count * dimensions` numbers, then free space. */
  readonly vectors: Float32Array;
}

/** Brings the index up to what the table holds now: reads what is new, or everything when something was removed. */
export function readIndex(
  database: Database,
  revision: number,
  dimensions: number,
  known: VectorIndex | undefined,
): VectorIndex {
  if (known?.revision === revision) return known;
  const last = known && known.dimensions === dimensions ? (known.rows[known.count - 1] ?? 0) : 0;
  const kept = countRows(database, 'id <= ?', last);
  const isGrown = known !== undefined && kept === known.count && last > 0;
  const count = isGrown ? kept + countRows(database, 'id > ?', last) : countRows(database, 'id > ?', 0);
  const index = isGrown ? withRoom(known, count) : emptyIndex(dimensions, count);
  let next = isGrown ? kept : 0;
  const bytes = new Uint8Array(index.vectors.buffer);
  database.each('SELECT id, vector FROM vector WHERE id > ? ORDER BY id', [isGrown ? last : 0], (row) => {
    index.rows[next] = Number(row.id);
    bytes.set((row.vector as Uint8Array).subarray(0, dimensions * 4), next * dimensions * 4);
    next++;
  });
  return { ...index, count: next, revision };
}

function countRows(database: Database, where: string, id: number): number {
  return Number(database.first(`SELECT count(*) AS count FROM vector WHERE ${where}`, id)?.count);
}

function emptyIndex(dimensions: number, count: number): VectorIndex {
  const vectors = new Float32Array(count * dimensions);
  return { revision: -1, dimensions, count: 0, rows: new Float64Array(count), vectors };
}

/** Room for this many, and for half as many again, so that adding one by one does not copy everything each time. */
function withRoom(index: VectorIndex, count: number): VectorIndex {
  if (count <= index.rows.length) return index;
  const larger = emptyIndex(index.dimensions, Math.ceil(count * 1.5));
  larger.rows.set(index.rows.subarray(0, index.count));
  larger.vectors.set(index.vectors.subarray(0, index.count * index.dimensions));
  return { ...larger, count: index.count };
}
