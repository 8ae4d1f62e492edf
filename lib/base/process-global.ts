/** A value that all copies of `lib` in this process have in common, made by the first one that asks for it. */
export function processGlobal<Value>(name: string, make: () => Value): Value {
  const values = globalThis as unknown as Record<symbol, Value>;
  const key = Symbol.for(name);
  values[key] ??= make();
  return values[key];
}
