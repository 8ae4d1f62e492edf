import { featuresOf } from './features.ts';

/** The longest vector of any model; shorter ones are its beginning, as with models that were trained for it. */
const longest = 3_072;

/**
 * A text as a vector of length 1, without a language model: the features of the text (see `features.ts`), each spread
 * over all dimensions by signs that are drawn from its hash (a random projection; Johnson and Lindenstrauss, 1984).
 * Texts that share words, stems and synonyms are near each other; what only an understanding reader would find alike
 * is not. The same text gives the same vector, and each model has vectors of its own. A text without a word, such as
 * "…", is made of its characters.
 */
export function embedText(text: string, modelId: string, dimensions: number): Float32Array {
  return project(featuresOf(text), text, modelId, dimensions);
}

/** A picture, by its bytes: the same picture is the same vector, and nothing else is near it. */
export function embedBytes(base64: string, modelId: string, dimensions: number): Float32Array {
  return project(new Map([[`bytes ${base64}`, 1]]), base64, modelId, dimensions);
}

function project(
  features: ReadonlyMap<string, number>,
  text: string,
  modelId: string,
  dimensions: number,
): Float32Array {
  const vector = new Float64Array(Math.min(dimensions, longest));
  if (features.size === 0) spread(vector, `text ${text}`, 1, modelId);
  for (const [feature, weight] of features) spread(vector, feature, weight, modelId);
  const length = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
  return Float32Array.from(vector, (value) => value / length);
}

/** Adds the feature's weight to every dimension, with a sign that its hash decides: 32 signs a draw. */
function spread(vector: Float64Array, feature: string, weight: number, modelId: string): void {
  const twice = 2 * weight;
  let state = hash(`${modelId} ${feature}`) || 1;
  for (let start = 0; start < vector.length; start += 32) {
    // xorshift32 (Marsaglia, 2003), with a multiplication that mixes its low bits.
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    let signs = Math.imul(state, 0x9e3779b1) ^ (state >>> 15);
    const end = Math.min(start + 32, vector.length);
    for (let dimension = start; dimension < end; dimension += 1) {
      vector[dimension] = (vector[dimension] as number) + (signs & 1) * twice - weight;
      signs >>>= 1;
    }
  }
}

/** FNV-1a over UTF-16 units, with a last mixing of the bits (MurmurHash3's finalizer). */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  }
  value ^= value >>> 16;
  value = Math.imul(value, 0x85ebca6b);
  value ^= value >>> 13;
  value = Math.imul(value, 0xc2b2ae35);
  return value ^ (value >>> 16);
}

/**
 * A vector in the number types that embedding models offer. A value of the vector lies between -1 and 1; in a vector of
 * many dimensions most are near 0, so whole numbers are scaled by the largest one.
 */

/** Single-precision numbers, written as short as they can be told apart. */
export function toNumbers(vector: Float32Array): number[] {
  return Array.from(vector, (value) => Number(value.toPrecision(8)));
}

/** Whole numbers from -128 to 127. */
export function toInt8(vector: Float32Array): number[] {
  const largest = vector.reduce((most, value) => Math.max(most, Math.abs(value)), 0) || 1;
  return Array.from(vector, (value) => Math.round((value / largest) * 127));
}

/** Whole numbers from 0 to 255, with 128 for zero. */
export function toUint8(vector: Float32Array): number[] {
  return toInt8(vector).map((value) => value + 128);
}

/** One bit a dimension: whether its value is positive. */
export function toBits(vector: Float32Array): number[] {
  return Array.from(vector, (value) => (value > 0 ? 1 : 0));
}

/** Eight dimensions a byte, the first in its highest bit, from 0 to 255. */
export function toUnsignedBytes(vector: Float32Array): number[] {
  const bits = toBits(vector);
  return Array.from({ length: bits.length / 8 }, (_, index) =>
    bits.slice(index * 8, index * 8 + 8).reduce((byte, bit) => byte * 2 + bit, 0),
  );
}

/** The same as signed bytes, from -128 to 127. */
export function toSignedBytes(vector: Float32Array): number[] {
  return toUnsignedBytes(vector).map((byte) => byte - 128);
}
