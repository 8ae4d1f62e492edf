/** So many values are looked at; what follows would not be sent anyway. */
const maxValues = 100_000;
const maxDepth = 100;
/** A generator may have no end. */
const maxItems = 10_000;

/**
 * Any value as JSON text. What JSON does not know is written as what is nearest to it, and never left out in silence:
 * maps and sets as objects and lists, errors by name and message, numbers that are none and large ones as text, bytes
 * by their number, a circle and an object of a class without members, such as a stream, by what it is.
 *
 * @throws whatever a getter or `toJSON` of the value throws
 */
export function jsonOf(value: unknown): string {
  let values = 0;
  const ancestors = new Set<object>();

  function plain(given: unknown, name: string): unknown {
    if (++values > maxValues) return '(left out: too much)';
    if (typeof given === 'number') return Number.isFinite(given) ? given : String(given);
    if (typeof given === 'bigint') return String(given);
    if (typeof given === 'function' || typeof given === 'symbol') return `(a ${typeof given})`;
    if (typeof given !== 'object' || given === null) return given;
    if (given instanceof Date && Number.isNaN(given.getTime())) return 'Invalid Date';
    const bytes = given instanceof ArrayBuffer || ArrayBuffer.isView(given) ? given.byteLength : undefined;
    if (bytes !== undefined) return `(${bytes.toLocaleString('en-US')} bytes)`;
    if (ancestors.has(given)) return '(a circle)';
    if (ancestors.size >= maxDepth) return '(left out: too deep)';
    ancestors.add(given);
    try {
      const { toJSON } = given as { toJSON?: unknown };
      if (typeof toJSON === 'function') return plain(toJSON.call(given, name), name);
      return members(given);
    } finally {
      ancestors.delete(given);
    }
  }

  function members(given: object): unknown {
    if (given instanceof Error) {
      const { name, message, cause } = given;
      return record([
        ['name', name],
        ['message', message],
        ...(cause === undefined ? [] : ([['cause', cause]] as const)),
      ]);
    }
    if (given instanceof Map) {
      const entries = [...given];
      const isNamed = entries.every((entry): entry is [string, unknown] => typeof entry[0] === 'string');
      return isNamed ? record(entries) : list(entries);
    }
    if (given instanceof Set) return list([...given]);
    if (Array.isArray(given)) return list(given);
    const isStream = Symbol.asyncIterator in given;
    const entries = isStream ? [] : Object.entries(given);
    if (entries.length === 0 && !isStream && isIterable(given)) return iterated(given);
    const { name = 'Object' } = (Object.getPrototypeOf(given)?.constructor ?? {}) as { name?: string };
    if (entries.length === 0 && name !== 'Object') return `(an object of the class ${name})`;
    return record(entries);
  }

  /** Headers, forms, and what a generator yields; pairs with names of their own are a record. */
  function iterated(given: Iterable<unknown>): unknown {
    const items: unknown[] = [];
    for (const item of given) if (items.push(item) >= maxItems) break;
    const isRecord =
      items.length > 0 &&
      items.every(isPair) &&
      new Set(items.map((item) => (item as readonly unknown[])[0])).size === items.length;
    return isRecord ? record(items as [string, unknown][]) : list(items);
  }

  function list(given: readonly unknown[]): unknown[] {
    const most = Math.max(0, maxValues - values);
    const kept = given.slice(0, most).map((item, index) => plain(item, String(index)));
    return given.length <= most ? kept : [...kept, `(left out: ${given.length - most} more)`];
  }

  function record(entries: readonly (readonly [string, unknown])[]): unknown {
    const told = entries.filter(([, member]) => member !== undefined);
    return Object.fromEntries(told.map(([name, member]) => [name, plain(member, name)]));
  }

  return JSON.stringify(plain(value, '')) ?? '';
}

function isIterable(value: object): value is Iterable<unknown> {
  return Symbol.iterator in value && typeof value[Symbol.iterator] === 'function';
}

function isPair(value: unknown): value is readonly [string, unknown] {
  return Array.isArray(value) && value.length === 2 && typeof value[0] === 'string';
}
