/** How deep lists and objects may be inside each other: the limit of the service's own JSON reader by default. */
export const depthLimit = 1_000;

/**
 * A body's JSON. Throws a `SyntaxError` when it is none, or nested deeper than `depthLimit`: everything behind this
 * may walk through the value without a thought for the stack.
 */
export function parseJson(body: Buffer): unknown {
  if (isDeep(body)) throw new SyntaxError(`JSON nested deeper than ${depthLimit} levels`);
  return JSON.parse(body.toString('utf8'));
}

const quote = 0x22;
const backslash = 0x5c;
const opening = { brace: 0x7b, bracket: 0x5b };
const closing = { brace: 0x7d, bracket: 0x5d };

function isDeep(body: Buffer): boolean {
  // A short body has no room for so many.
  if (body.length <= depthLimit) return false;
  // A picture is megabytes with hardly a brace in it: native search first, and byte by byte only where it matters.
  if (countUpTo(body, opening.brace) + countUpTo(body, opening.bracket) <= depthLimit) return false;
  let depth = 0;
  let isText = false;
  for (let index = 0; index < body.length; index += 1) {
    const byte = body[index];
    if (isText) {
      if (byte === backslash) index += 1;
      else if (byte === quote) isText = false;
    } else if (byte === quote) isText = true;
    else if (byte === opening.brace || byte === opening.bracket) {
      depth += 1;
      if (depth > depthLimit) return true;
    } else if (byte === closing.brace || byte === closing.bracket) depth -= 1;
  }
  return false;
}

function countUpTo(body: Buffer, byte: number): number {
  let count = 0;
  let index = body.indexOf(byte);
  while (index >= 0 && count <= depthLimit) {
    count += 1;
    index = body.indexOf(byte, index + 1);
  }
  return count;
}
