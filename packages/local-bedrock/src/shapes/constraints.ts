import { invalid } from '../http/refusal.ts';
import { isObject } from './body-schema.ts';
import type { ListShape, MapShape, NumberShape, Shape, StringShape } from './shape.ts';

/**
 * Refuses a deserialized request that breaks constraints of its shape, all at once and in the framework's words, such
 * as `1 validation error detected: Value '0' at 'inferenceConfig.maxTokens' failed to satisfy constraint: Member must
 * have value greater than or equal to 1`. Items of lists are counted from 1, as `messages.1.member.role`.
 */
export function checkConstraints(value: unknown, shape: Shape): void {
  const found: string[] = [];
  collect(value, shape, '', found);
  if (found.length === 0) return;
  const errors = found.length === 1 ? 'error' : 'errors';
  throw invalid(`${found.length} validation ${errors} detected: ${found.join('; ')}`);
}

/** A union that sets none of its members, or several, by the path of the service's own messages. */
export function checkUnions(value: unknown, shape: Shape, path = ''): void {
  if (shape.type === 'list' && Array.isArray(value)) {
    value.forEach((item, index) => {
      checkUnions(item, shape.member, `${path}${path === '' ? '' : '.'}${index}`);
    });
  }
  if (shape.type !== 'structure' || !isObject(value)) return;
  const names = Object.keys(value);
  if (shape.union !== undefined && names.length !== 1) {
    const keys = Object.keys(shape.members)
      .filter((name) => !shape.unlisted?.includes(name))
      .join(', ');
    const only = names.length === 0 ? 'one' : 'only one';
    throw invalid(`${shape.union} object at ${path} must set ${only} of the following keys: ${keys}.`);
  }
  for (const name of names) {
    const member = shape.members[name];
    if (member !== undefined) checkUnions(value[name], member, path === '' ? name : `${path}.${name}`);
  }
}

function collect(value: unknown, shape: Shape, path: string, found: string[]): void {
  switch (shape.type) {
    case 'string':
    case 'integer':
    case 'float':
      for (const constraint of brokenBy(value, shape)) found.push(report(value, path, constraint));
      return;
    case 'list':
      if (Array.isArray(value)) collectList(value, shape, path, found);
      return;
    case 'map':
      if (isObject(value)) collectMap(value, shape, path, found);
      return;
    case 'structure':
      if (!isObject(value)) return;
      for (const name of shape.required ?? []) {
        if (!Object.hasOwn(value, name)) {
          found.push(`Value at '${join(path, name)}' failed to satisfy constraint: Member must not be null`);
        }
      }
      for (const name in value) {
        const member = shape.members[name];
        if (member !== undefined) collect(value[name], member, join(path, name), found);
      }
  }
}

function collectList(value: readonly unknown[], shape: ListShape, path: string, found: string[]): void {
  for (const constraint of brokenLength(value.length, shape)) found.push(report(value, path, constraint));
  const { member } = shape;
  value.forEach((item, index) => {
    const itemPath = `${path}.${index + 1}.member`;
    if (item === null) {
      found.push(`Value at '${itemPath}' failed to satisfy constraint: Member must not be null`);
    } else if (member.type !== 'string') collect(item, member, itemPath, found);
  });
  if (member.type === 'string' && value.some((item) => brokenBy(item, member).length > 0)) {
    found.push(report(value, path, `Member must satisfy constraint: [${allOf(member).join(', ')}]`));
  }
}

function collectMap(value: Record<string, unknown>, shape: MapShape, path: string, found: string[]): void {
  const { key, value: member } = shape;
  for (const constraint of brokenLength(Object.keys(value).length, shape)) {
    found.push(report(value, path, constraint));
  }
  if (Object.keys(value).some((name) => brokenBy(name, key).length > 0)) {
    found.push(report(value, path, `Map keys must satisfy constraint: [${allOf(key).join(', ')}]`));
  }
  if (member.type === 'string') {
    if (Object.values(value).some((item) => brokenBy(item, member).length > 0)) {
      found.push(report(value, path, `Map value must satisfy constraint: [${allOf(member).join(', ')}]`));
    }
    return;
  }
  for (const name in value) collect(value[name], member, `${path}.${name}.member`, found);
}

function brokenBy(value: unknown, shape: StringShape | NumberShape | Shape): string[] {
  const broken: string[] = [];
  if (shape.type === 'string' && typeof value === 'string') {
    const { minLength, maxLength, enum: values, pattern } = shape;
    if ((minLength ?? maxLength) !== undefined) broken.push(...brokenLength(charactersOf(value), shape));
    if (values?.includes(value) === false) broken.push(enumOf(values));
    if (pattern?.test(value) === false) broken.push(patternOf(pattern));
  }
  if ((shape.type === 'integer' || shape.type === 'float') && typeof value === 'number') {
    const { minimum = -Infinity, maximum = Infinity } = shape;
    if (value < minimum) broken.push(`Member must have value greater than or equal to ${minimum}`);
    if (value > maximum) broken.push(`Member must have value less than or equal to ${maximum}`);
  }
  return broken;
}

interface Lengths {
  readonly minLength?: number;
  readonly maxLength?: number;
}

function brokenLength(length: number, { minLength = 0, maxLength = Infinity }: Lengths): string[] {
  if (length > maxLength) return [atMost(maxLength)];
  return length < minLength ? [atLeast(minLength)] : [];
}

function allOf(shape: StringShape): string[] {
  return [
    ...(shape.maxLength === undefined ? [] : [atMost(shape.maxLength)]),
    ...(shape.minLength === undefined ? [] : [atLeast(shape.minLength)]),
    ...(shape.enum === undefined ? [] : [enumOf(shape.enum)]),
    ...(shape.pattern === undefined ? [] : [patternOf(shape.pattern)]),
  ];
}

const atLeast = (length: number) => `Member must have length greater than or equal to ${length}`;
const atMost = (length: number) => `Member must have length less than or equal to ${length}`;
const enumOf = (values: readonly string[]) => `Member must satisfy enum value set: [${values.join(', ')}]`;
const patternOf = ({ source }: RegExp) =>
  `Member must satisfy regular expression pattern: ${source.replace(/^\^|\$$/g, '').replaceAll('\\/', '/')}`;

/** The framework shows the value it refuses, lists and maps as Java writes them. */
function report(value: unknown, path: string, constraint: string): string {
  return `Value '${shown(value)}' at '${path}' failed to satisfy constraint: ${constraint}`;
}

function shown(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(shown).join(', ')}]`;
  if (!isObject(value)) return String(value);
  return `{${Object.entries(value)
    .map(([key, item]) => `${key}=${shown(item)}`)
    .join(', ')}}`;
}

function join(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}

/** The validator's words for a text or a list that is too short or too long. */
export function lengthViolation(
  path: string,
  length: number,
  { kind, minimum = 0, maximum = Number.POSITIVE_INFINITY }: LengthLimit,
): string[] {
  const isText = kind === 'text';
  if (length < minimum) {
    return [
      isText
        ? `${path}: expected minLength: ${minimum}, actual: ${length}`
        : `${path}: expected minimum item count: ${minimum}, found: ${length}`,
    ];
  }
  if (length > maximum) {
    return [
      isText
        ? `${path}: expected maxLength: ${maximum}, actual: ${length}`
        : `${path}: expected maximum item count: ${maximum}, found: ${length}`,
    ];
  }
  return [];
}

/** How long a text is as Smithy and JSON Schema count, and AWS with them: a character beyond U+FFFF is one. Pure. */
export function charactersOf(text: string): number {
  const pairs = text.match(/[\uD800-\uDBFF][\uDC00-\uDFFF]/g)?.length ?? 0;
  return text.length - pairs;
}

interface LengthLimit {
  readonly kind: 'text' | 'list';
  readonly minimum?: number;
  readonly maximum?: number | undefined;
}
