import { Refusal } from '../http/refusal.ts';
import { isObject } from './body-schema.ts';
import type { Shape } from './shape.ts';

/**
 * Reads a request's body by its shape: without the members that the shape does not name and those that are null.
 * An empty body is an empty structure. Throws a `Refusal`, the service framework's SerializationException, when the
 * body is not JSON or a value has another type than its shape. Of the texts, those about values are the framework's
 * own, seen from other services of AWS; the one about JSON is not backed by a recording.
 */
export function deserializeBody(body: Buffer, shape: Shape): Record<string, unknown> {
  if (body.length === 0) return {};
  let value: unknown;
  try {
    value = parseJson(body);
  } catch {
    throw unreadable('The request body is not valid JSON.');
  }
  return deserialize(value, shape) as Record<string, unknown>;
}

/** A value read by its shape, as `deserializeBody` reads a whole body. */
function deserialize(value: unknown, shape: Shape): unknown {
  switch (shape.type) {
    case 'document':
      return value;
    case 'string':
      if (typeof value !== 'string') throw cannotConvert(value, 'a String');
      if (shape.isBlob && !isBase64(value)) throw unreadable('Invalid base64 data.');
      return value;
    case 'integer':
      if (typeof value !== 'number' || !Number.isInteger(value)) throw cannotConvert(value, 'an Integer');
      return value;
    case 'float':
      if (typeof value !== 'number') throw cannotConvert(value, 'a Float');
      return value;
    case 'boolean':
      if (typeof value !== 'boolean') throw cannotConvert(value, 'a Boolean');
      return value;
    case 'list':
      if (!Array.isArray(value)) throw notACollection(value);
      return value.map((item) => (item === null ? null : deserialize(item, shape.member)));
    case 'map': {
      if (!isObject(value)) throw notACollection(value);
      const { value: member } = shape;
      return Object.fromEntries(
        Object.entries(value).flatMap(([key, item]) =>
          item === null ? [] : [[key, deserialize(item, member)]],
        ),
      );
    }
    case 'structure': {
      if (!isObject(value)) throw notACollection(value);
      const read: Record<string, unknown> = {};
      for (const name in shape.members) {
        const item = Object.hasOwn(value, name) ? value[name] : undefined;
        const member = shape.members[name];
        if (item !== undefined && item !== null && member !== undefined)
          read[name] = deserialize(item, member);
      }
      return read;
    }
  }
}

function unreadable(message: string): Refusal {
  return new Refusal('SerializationException', message);
}

function cannotConvert(value: unknown, type: string): Refusal {
  if (Array.isArray(value)) return unreadable('Start of list found where not expected');
  if (typeof value === 'object' && value !== null) {
    return unreadable('Start of structure or map found where not expected.');
  }
  return unreadable(`${tokenOf(value)} can not be converted to ${type}`);
}

function notACollection(value: unknown): Refusal {
  if (Array.isArray(value)) return unreadable('Start of list found where not expected');
  if (typeof value === 'object' && value !== null) {
    return unreadable('Start of structure or map found where not expected.');
  }
  return unreadable('Unexpected field type');
}

/** The framework's name for a JSON value that stands where another belongs. */
function tokenOf(value: unknown): string {
  if (typeof value === 'string') return 'STRING_VALUE';
  if (typeof value === 'boolean') return value ? 'TRUE_VALUE' : 'FALSE_VALUE';
  return Number.isInteger(value) ? 'NUMBER_VALUE' : 'DECIMAL_VALUE';
}

/** Base64 with or without its padding. Pictures are megabytes of it: the alphabet is checked, nothing is decoded. */
function isBase64(value: string): boolean {
  return /^[A-Za-z0-9+/]*={0,2}$/.test(value);
}

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
