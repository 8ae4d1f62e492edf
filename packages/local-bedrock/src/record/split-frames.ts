/** The smallest frame: no headers, no payload. */
const smallest = 16;

/** The whole frames at the beginning of some bytes, and what is left behind them. Pure. */
export function splitFrames(bytes: Buffer): { readonly frames: readonly Buffer[]; readonly rest: Buffer } {
  const frames: Buffer[] = [];
  let at = 0;
  while (bytes.length - at >= 4) {
    const length = bytes.readUInt32BE(at);
    if (length < smallest || bytes.length - at < length) break;
    frames.push(bytes.subarray(at, at + length));
    at += length;
  }
  return { frames, rest: bytes.subarray(at) };
}
