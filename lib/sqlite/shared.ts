/**
 * A value that all copies of `lib` in this process have in common: a kernel may load one by `import` and another by
 * `require`.
 */
export function shared<Value>(name: string, make: () => Value): Value {
  const values = globalThis as unknown as Record<symbol, Value>;
  const key = Symbol.for(name);
  values[key] ??= make();
  return values[key];
}
