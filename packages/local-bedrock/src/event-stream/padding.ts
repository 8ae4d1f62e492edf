const alphabet = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';

/** Shortest and longest padding seen in recorded streams, in characters. */
const shortest = 2;
const longest = 61;

/**
 * The values of the member `p` that Bedrock puts in each event so that its length does not tell its text: the
 * beginning of the alphabet, of a length that differs from frame to frame. Lengths follow from the request's hash, so
 * that the same request gets the same bytes.
 */
export function paddingFrom(requestHash: string): () => string {
  let state = Number.parseInt(requestHash.slice(0, 8), 16) | 0;
  return () => {
    // mulberry32: a small, well-mixed generator of 32-bit numbers.
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    const number = (mixed ^ (mixed >>> 14)) >>> 0;
    return alphabet.slice(0, shortest + (number % (longest - shortest + 1)));
  };
}
