import { LibError } from '../base/errors.ts';

/**
 * The vector in the same direction with length 1, as 32-bit floats: the cosine of two of them is their dot product.
 * Pure.
 *
 * @param what names the vector in the error, such as `The vector of "note-7"`
 * @throws LibError of kind `request` for a vector without a direction: of zeros only, with NaN or Infinity, or empty
 */
export function unitVector(vector: ArrayLike<number>, what: string): Float32Array {
  let largest = 0;
  for (let index = 0; index < (vector?.length ?? 0); index++) {
    const size = Math.abs(vector[index] as number);
    if (!Number.isFinite(size)) throw useless(what, `holds ${vector[index]} at position ${index}`);
    if (size > largest) largest = size;
  }
  if (largest === 0) throw useless(what, vector?.length ? 'is zero' : 'is empty');

  // Divided by the largest number first, so that the squares neither vanish nor overflow.
  let squares = 0;
  for (let index = 0; index < vector.length; index++) {
    const share = (vector[index] as number) / largest;
    squares += share * share;
  }
  const length = Math.sqrt(squares);
  const unit = new Float32Array(vector.length);
  for (let index = 0; index < vector.length; index++)
    unit[index] = (vector[index] as number) / largest / length;
  return unit;
}

function useless(what: string, why: string): LibError {
  return new LibError(`${what} ${why}, so it has no direction to compare`, {
    kind: 'request',
    hint: 'Look at what the embedding model was given: an empty text, or an answer that was not checked.',
  });
}
