import { randomUUID } from 'node:crypto';
import { LibError } from './errors.ts';

/** A value that has no business in a text, found while a template was filled in. */
export interface Unwritable {
  readonly path: string;
  readonly isList: boolean;
}

/** Numbers and false as objects that are written like them, and are told apart from true ones by `isFalse`. */
const falseValues = new WeakSet<object>();

/** Whether a value of a copy stands for 0 or false, which an `{{#if}}` must see. */
export function isFalse(value: unknown): boolean {
  return typeof value === 'object' && value !== null && falseValues.has(value);
}

/** Stands in a filled text where a list or an object was written: nobody's text holds it by chance. */
const mark = randomUUID();
const markPattern = new RegExp(`${mark}:(list|object):(.*?):${mark}`, 's');

/** The first list or object that a filled text would show; `undefined` when it shows none. */
export function findUnwritable(filled: string): Unwritable | undefined {
  const [, kind, path] = markPattern.exec(filled) ?? [];
  return path === undefined ? undefined : { path, isList: kind === 'list' };
}

/**
 * A deep copy of variables that holds only what a template can use: without prototypes, so that a forgotten
 * {{constructor}} is missing like any other name, and without `undefined` and `null`, so that they are missing, too.
 *
 * @throws LibError of kind `template` for a function, a promise or a symbol
 */
export function copyVariables(value: object, path = '', around: readonly object[] = []): object {
  if (around.includes(value))
    throw unusable(path, 'part of itself', 'Give the template a value that has an end.');
  const isList = Array.isArray(value);
  const target: object = isList ? [] : Object.create(null);
  for (const [key, member] of Object.entries(value)) {
    const isMissing = member === undefined || member === null;
    if (isMissing && isList)
      throw unusable(`${path}[${key}]`, 'missing', 'Leave it out of the list, or fill it in.');
    if (isMissing) continue;
    const place = isList ? `${path}[]` : path === '' ? key : `${path}.${key}`;
    Object.defineProperty(target, key, {
      value: copyMember(member, place, [...around, value]),
      enumerable: true,
    });
  }
  const written = `${mark}:${isList ? 'list' : 'object'}:${path}:${mark}`;
  Object.defineProperty(target, Symbol.toPrimitive, { value: () => written });
  return target;
}

/**
 * A number or a truth value as the text it is written as: Handlebars would add two numbers that stand side by side.
 * Those that count as false stay apart, see `isFalse`.
 */
export function asText(value: number | bigint | boolean): unknown {
  if (value) return String(value);
  const text: object = Object(String(value));
  falseValues.add(text);
  return text;
}

function copyMember(member: unknown, path: string, around: readonly object[]): unknown {
  switch (typeof member) {
    case 'string':
      return member;
    case 'number':
    case 'bigint':
    case 'boolean':
      return asText(member);
    case 'object':
      return copyVariables(plain(member as object, path), path, around);
    case 'function':
      throw unusable(path, 'a function', 'Call it, and pass what it gives.');
    default:
      throw unusable(path, `a ${typeof member}`, 'Pass a text.');
  }
}

/** Lists and objects have members to copy; what keeps its content elsewhere would come out empty. */
function plain(member: object, path: string): object {
  if (member instanceof Promise) throw unusable(path, 'a promise', 'Write await in front of it.');
  if (member instanceof Date) throw unusable(path, 'a Date', 'Pass the text that the model should read.');
  if (!Array.isArray(member) && (Symbol.iterator in member || Symbol.asyncIterator in member)) {
    throw unusable(path, 'a collection but no array', 'Write Array.from(…) around it.');
  }
  return member;
}

function unusable(path: string, what: string, hint: string): LibError {
  return new LibError(`The variable ${path} is ${what}`, { kind: 'template', hint });
}
