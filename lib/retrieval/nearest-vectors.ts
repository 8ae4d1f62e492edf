import type { VectorIndex } from './vector-index.ts';

export interface Scored {
  readonly row: number;
  /** The cosine with the query, from -1 to 1. */
  readonly score: number;
}

/**
 * The cosine of each vector with the query. Both are of length 1. Pure.
 *
 * @param items the places of those that are asked for, ascending. Default: all
 */
export function scoresOf(index: VectorIndex, query: Float32Array, items?: Int32Array): Float64Array {
  const { dimensions, vectors } = index;
  const scores = new Float64Array(items?.length ?? index.count);
  const even = dimensions - (dimensions % 4);
  for (let place = 0; place < scores.length; place++) {
    let at = (items ? (items[place] as number) : place) * dimensions;
    // Four sums at once: the processor need not wait for one addition before it begins the next.
    let a = 0;
    let b = 0;
    let c = 0;
    let d = 0;
    for (let axis = 0; axis < even; axis += 4, at += 4) {
      a += (vectors[at] as number) * (query[axis] as number);
      b += (vectors[at + 1] as number) * (query[axis + 1] as number);
      c += (vectors[at + 2] as number) * (query[axis + 2] as number);
      d += (vectors[at + 3] as number) * (query[axis + 3] as number);
    }
    for (let axis = even; axis < dimensions; axis++, at++)
      a += (vectors[at] as number) * (query[axis] as number);
    scores[place] = Math.max(-1, Math.min(1, a + b + (c + d)));
  }
  return scores;
}

/**
 * The `limit` best, best first; of equal ones that which was stored first. A heap with the worst of the best on top
 * looks at each score once. Pure.
 *
 * @param items whose the scores are, as in `scoresOf`
 */
export function bestOf(
  index: VectorIndex,
  scores: Float64Array,
  limit: number,
  items?: Int32Array,
): Scored[] {
  const heap: number[] = [];
  /** Whether one item comes after the other in the result. Rows ascend, so that the higher item was stored later. */
  const isWorse = (one: number, other: number) =>
    scores[one] === scores[other] ? one > other : (scores[one] as number) < (scores[other] as number);

  for (let place = 0; place < scores.length; place++) {
    if (heap.length < limit) raise(heap, place, isWorse);
    else if (limit > 0 && isWorse(heap[0] as number, place)) sink(heap, place, isWorse);
  }
  heap.sort((one, other) => (isWorse(one, other) ? 1 : -1));
  return heap.map((place) => ({
    row: index.rows[items ? (items[place] as number) : place] as number,
    score: scores[place] as number,
  }));
}

type IsWorse = (one: number, other: number) => boolean;

function raise(heap: number[], item: number, isWorse: IsWorse): void {
  let place = heap.length;
  heap.push(item);
  while (place > 0) {
    const parent = (place - 1) >> 1;
    if (!isWorse(item, heap[parent] as number)) break;
    heap[place] = heap[parent] as number;
    place = parent;
  }
  heap[place] = item;
}

/** Puts the item in the place of the top. */
function sink(heap: number[], item: number, isWorse: IsWorse): void {
  let place = 0;
  for (;;) {
    let child = 2 * place + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && isWorse(heap[child + 1] as number, heap[child] as number)) child++;
    if (!isWorse(heap[child] as number, item)) break;
    heap[place] = heap[child] as number;
    place = child;
  }
  heap[place] = item;
}

/** How much the first places of a ranking count more than the later ones: the constant of the paper. */
const fusionConstant = 60;

/** Both rankings as one: an item gets 1 / (60 + its place) from each that has it (Cormack et al. 2009). Pure. */
export function fused(...rankings: readonly (readonly Scored[])[]): Scored[] {
  const points = new Map<number, number>();
  const scores = new Map<number, number>();
  for (const ranking of rankings) {
    for (const [place, { row, score }] of ranking.entries()) {
      points.set(row, (points.get(row) ?? 0) + 1 / (fusionConstant + place + 1));
      scores.set(row, score);
    }
  }
  return [...points]
    .toSorted(([one, ofOne], [other, ofOther]) => ofOther - ofOne || one - other)
    .map(([row]) => ({ row, score: scores.get(row) ?? 0 }));
}
