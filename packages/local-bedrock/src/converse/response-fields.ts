import { isObject } from '../schema.ts';

/** Whether the text is a JSON Pointer that points into an object (RFC 6901). */
export function isPointer(text: string): boolean {
  return /^(?:\/(?:[^~/]|~[01])*)+$/.test(text);
}

/**
 * The parts of the model's own response that the pointers name, in an object of the same form; `undefined` when there
 * are none. A pointer to nothing is passed over. Pure.
 */
export function additionalFields(
  response: unknown,
  pointers: readonly string[],
): Record<string, unknown> | undefined {
  const picked: Record<string, unknown> = Object.create(null);
  for (const pointer of pointers) {
    const keys = pointer
      .slice(1)
      .split('/')
      .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
    const value = keys.reduce<unknown>(
      (parent, key) =>
        (isObject(parent) || Array.isArray(parent)) && Object.hasOwn(parent, key)
          ? (parent as Record<string, unknown>)[key]
          : undefined,
      response,
    );
    if (value !== undefined) place(picked, keys, value);
  }
  return Object.keys(picked).length === 0 ? undefined : picked;
}

function place(target: Record<string, unknown>, keys: readonly string[], value: unknown): void {
  let parent = target;
  for (const key of keys.slice(0, -1)) {
    const next = parent[key];
    const child: Record<string, unknown> = isObject(next) ? next : Object.create(null);
    parent[key] = child;
    parent = child;
  }
  parent[keys.at(-1) ?? ''] = value;
}
