import { crc32 } from 'node:zlib';
import type { SqlValue } from './database.ts';

/**
 * JSON that keeps bytes: the images and documents of a message are `Uint8Array`, which plain JSON turns into an object
 * of numbers. They are written as `{ "$bytes": "<base64>" }`; an object of the caller's that happens to look so gets
 * one more dollar sign, which is taken off again when it is read.
 */

const marker = /^\$+bytes$/;

/** @throws TypeError for what JSON cannot hold: a cycle, a BigInt */
export function toJson(value: unknown): string {
  return JSON.stringify(value, function (this: Record<string, unknown>, key, converted) {
    // The value itself: `converted` is what a Buffer's own toJSON has already made of it.
    const original = this[key];
    if (original instanceof Uint8Array) return { $bytes: Buffer.from(original).toString('base64') };
    const name = loneMarker(converted);
    return name === undefined ? converted : { [`$${name}`]: converted[name] };
  });
}

/** @throws SyntaxError when it is not JSON */
export function fromJson(text: string): unknown {
  if (!text.includes('bytes"')) return JSON.parse(text);
  return JSON.parse(text, (_key, value) => {
    const name = loneMarker(value);
    if (name === undefined) return value;
    if (name === '$bytes') return new Uint8Array(Buffer.from(value[name], 'base64'));
    return { [name.slice(1)]: value[name] };
  });
}

/** The checksum that is stored beside a text: a damaged byte in the middle of a page is not seen by SQLite. Pure. */
export function checksumOf(text: string): number {
  return crc32(text);
}

/** What a column holds as JSON; `undefined` when it is not what was stored. No checksum, no check. Pure. */
export function storedJson(text: SqlValue | undefined, checksum: SqlValue | undefined): unknown {
  if (typeof text !== 'string') return undefined;
  if (typeof checksum === 'number' && checksum !== checksumOf(text)) return undefined;
  try {
    return fromJson(text);
  } catch {
    return undefined;
  }
}

function loneMarker(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const [name, ...others] = Object.keys(value);
  return name !== undefined && others.length === 0 && marker.test(name) ? name : undefined;
}
