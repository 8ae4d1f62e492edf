/**
 * The same value with every text in it, and every name of a member, well-formed: half a character (a lone surrogate),
 * as a cut by length leaves it, becomes U+FFFD. Services refuse the whole request for one. The value itself when there
 * is nothing to mend. Pure.
 */
export function wellFormed<Value>(value: Value): Value {
  return mend(value) as Value;
}

function mend(value: unknown): unknown {
  if (typeof value === 'string') return value.isWellFormed() ? value : value.toWellFormed();
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value;
  if (Array.isArray(value)) {
    const mended = value.map(mend);
    return mended.every((member, index) => Object.is(member, value[index])) ? value : mended;
  }
  const prototype = Object.getPrototypeOf(value);
  // What is more than data, such as a stream, is not taken apart.
  if (prototype !== Object.prototype && prototype !== null) return value;
  let isSame = true;
  const members = Object.entries(value).map(([name, member]) => {
    const entry = [mend(name) as string, mend(member)] as const;
    isSame &&= entry[0] === name && Object.is(entry[1], member);
    return entry;
  });
  return isSame ? value : Object.fromEntries(members);
}
