/**
 * The lines of a text, in UTF-8, that comes in pieces. A line ends with a line feed and with nothing else: JSON may hold
 * the other characters that end lines. Empty lines are left out.
 */
export async function* linesOf(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  let held: Uint8Array[] = [];
  for await (const piece of bytes) {
    let start = 0;
    for (let end = piece.indexOf(0x0a); end >= 0; end = piece.indexOf(0x0a, start)) {
      const line = Buffer.concat([...held, piece.subarray(start, end)]).toString('utf8');
      held = [];
      start = end + 1;
      if (line.trim() !== '') yield line;
    }
    if (start < piece.length) held.push(piece.subarray(start));
  }
  const last = Buffer.concat(held).toString('utf8');
  if (last.trim() !== '') yield last;
}
