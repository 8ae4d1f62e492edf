/**
 * Cells run in the kernel's own realm, so a cell that changes what the language or Node gives to everybody, such as
 * `Array.prototype.map`, `JSON` or, by fake timers, `setTimeout`, changes it for the kernel and its compiler as well. What
 * the kernel does by itself is done with what there was before the first cell.
 */

/** What is put back, looked up once: these too may be changed. */
const { ownKeys, getOwnPropertyDescriptor, defineProperty, deleteProperty, getPrototypeOf, setPrototypeOf } =
  Reflect;
const { is } = Object;

/** What JavaScript and Node have at the top that the kernel and its compiler use. */
const names = [
  ...[
    'Object',
    'Function',
    'Array',
    'String',
    'Number',
    'Boolean',
    'Symbol',
    'BigInt',
    'RegExp',
    'Date',
    'Map',
    'Set',
  ],
  ...[
    'WeakMap',
    'WeakSet',
    'WeakRef',
    'FinalizationRegistry',
    'Promise',
    'Proxy',
    'Error',
    'TypeError',
    'RangeError',
  ],
  ...['SyntaxError', 'AggregateError', 'JSON', 'Math', 'Reflect', 'Atomics', 'Iterator', 'SharedArrayBuffer'],
  ...[
    'ArrayBuffer',
    'Uint8Array',
    'Int32Array',
    'Buffer',
    'URL',
    'TextEncoder',
    'TextDecoder',
    'AbortController',
  ],
  ...[
    'parseInt',
    'parseFloat',
    'isNaN',
    'isFinite',
    'setTimeout',
    'clearTimeout',
    'setInterval',
    'clearInterval',
  ],
  ...['setImmediate', 'clearImmediate', 'queueMicrotask', 'process', 'console', 'performance', 'crypto'],
];

/** One property as it was. */
interface Property {
  readonly key: string | symbol;
  readonly descriptor: PropertyDescriptor;
  /** Of a property that is no accessor. */
  readonly value: unknown;
  readonly isValue: boolean;
}

interface Kept {
  readonly object: object;
  readonly properties: readonly Property[];
  /** The keys that are no change; absent where a cell may add as many as it likes. */
  readonly keys?: Readonly<Record<string | symbol, true>>;
}

/** What a cell had made of a property. */
interface Change {
  readonly object: object;
  readonly key: string | symbol;
  /** Absent where the cell has taken it away. */
  readonly descriptor: PropertyDescriptor | undefined;
}

let kept: readonly Kept[] = [];
let isPutBack = false;

/** Remembers the language as it is now. */
export function keepLanguage(): void {
  const objects = new Set<object>([Object.prototype]);
  for (const name of names) {
    const value: unknown = getOwnPropertyDescriptor(globalThis, name)?.value;
    if (typeof value !== 'function' && (typeof value !== 'object' || value === null)) continue;
    if (['process', 'console'].includes(name)) continue;
    objects.add(value);
    const { prototype } = value as { prototype?: object };
    if (prototype !== undefined) objects.add(prototype);
  }
  const iterators = [
    [].values(),
    ''[Symbol.iterator](),
    new Map().values(),
    new Set().values(),
    ''.matchAll(/./g),
  ];
  const generators = [function* generator() {}, async function* generator() {}];
  for (const start of [Uint8Array, Uint8Array.prototype, ...iterators, ...generators.map((each) => each())]) {
    for (let next = getPrototypeOf(start); next !== null; next = getPrototypeOf(next)) objects.add(next);
  }
  const all = [...objects].map((object): Kept => {
    const properties = propertiesOf(object, ownKeys(object));
    const keys = Object.fromEntries(properties.map(({ key }) => [key, true as const]));
    return { object, properties, keys: Object.setPrototypeOf(keys, null) };
  });
  kept = [...all, { object: globalThis, properties: propertiesOf(globalThis, names) }];
}

function propertiesOf(object: object, keys: readonly (string | symbol)[]): readonly Property[] {
  return keys.flatMap((key): Property[] => {
    const descriptor = descriptorOf(object, key);
    if (descriptor === undefined) return [];
    const { value, get, set } = descriptor;
    return [{ key, descriptor, value, isValue: get === undefined && set === undefined }];
  });
}

/** One that does not inherit what a cell gives to all objects. */
function descriptorOf(object: object, key: string | symbol): PropertyDescriptor | undefined {
  const descriptor = getOwnPropertyDescriptor(object, key);
  if (descriptor !== undefined) setPrototypeOf(descriptor, null);
  return descriptor;
}

/**
 * Does work of the kernel's own, which runs no code of a cell's, with the language as it was kept; then the cells have
 * theirs again. Where the stop button ends the work half-way, they have lost their changes.
 */
export function inOwnLanguage<Result>(work: () => Result): Result {
  // What was put back stays so until the outermost work ends: no need to look again.
  if (isPutBack) return work();
  const changes = putBack() ?? [];
  isPutBack = true;
  try {
    return work();
  } finally {
    isPutBack = false;
    // What all objects inherit, which was put back first, comes last.
    for (let index = changes.length - 1; index >= 0; index -= 1) {
      const { object, key, descriptor } = changes[index] as Change;
      if (descriptor === undefined) deleteProperty(object, key);
      else defineProperty(object, key, descriptor);
    }
  }
}

/** Work that was ended by force, without its `finally`, is over: to be said where none can be under way. */
export function workHasEnded(): void {
  isPutBack = false;
}

/** Written without a method or an iterator: any of them may be a cell's. `undefined` where nothing was changed. */
function putBack(): readonly Change[] | undefined {
  let changes: Change[] | undefined;
  for (let at = 0; at < kept.length; at += 1) {
    const { object, properties, keys: known } = kept[at] as Kept;
    const keys = known === undefined ? properties : ownKeys(object);
    if (known !== undefined && keys.length !== properties.length) {
      for (let index = 0; index < keys.length; index += 1) {
        const key = keys[index] as string | symbol;
        const descriptor = known[key] ? undefined : descriptorOf(object, key);
        if (descriptor?.configurable !== true) continue;
        changes ??= [];
        changes[changes.length] = { object, key, descriptor };
        deleteProperty(object, key);
      }
    }
    for (let index = 0; index < properties.length; index += 1) {
      const property = properties[index] as Property;
      if (isUnchanged(object, property)) continue;
      const { key, descriptor } = property;
      const now = descriptorOf(object, key);
      if (!defineProperty(object, key, descriptor)) continue;
      changes ??= [];
      changes[changes.length] = { object, key, descriptor: now };
    }
  }
  return changes;
}

/** Who freezes an object has not changed what it does. A value is read rather than described: that is ten times as fast. */
function isUnchanged(object: object, { key, descriptor, value, isValue }: Property): boolean {
  if (!isValue) {
    const now = descriptorOf(object, key);
    return now?.get === descriptor.get && now?.set === descriptor.set;
  }
  try {
    const now = (object as Record<string | symbol, unknown>)[key];
    return now === value || is(now, value);
  } catch {
    return false;
  }
}
