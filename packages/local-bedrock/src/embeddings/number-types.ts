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
