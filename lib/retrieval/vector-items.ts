import { createHash } from 'node:crypto';
import { LibError } from '../base/errors.ts';
import type { Database, Row } from '../sqlite/database.ts';
import { checksumOf, storedJson, toJson } from '../sqlite/json.ts';
import { unitVector } from './unit-vector.ts';

/** Anything that JSON can hold, and bytes: where a text comes from, its date, its page. */
export type Metadata = Readonly<Record<string, unknown>>;

export interface StoredItem {
  readonly id: string;
  readonly text: string;
  readonly metadata?: Metadata;
}

export interface VectorItem {
  readonly id?: string;
  readonly text: string;
  /** What the embedding model made of the text. Its length does not matter: it is stored with length 1. */
  readonly vector: ArrayLike<number>;
  readonly metadata?: Metadata;
}

/** An item as it goes into its row. */
export interface EncodedItem {
  readonly id: string;
  readonly vector: Float32Array;
  readonly json: string;
}

/** @throws LibError of kind `request` when it cannot be stored. Pure */
export function encodeItem({ id, text, vector, metadata }: VectorItem): EncodedItem {
  if (typeof text !== 'string') throw refused('The item has no text', 'Give each item { text, vector }.');
  const json = bodyOf(text, metadata);
  // The same text with the same metadata is the same item: a cell that is run twice stores it once.
  const name = id ?? createHash('sha256').update(json).digest('hex').slice(0, 24);
  if (typeof name !== 'string' || name === '' || /\p{Surrogate}|\0/u.test(name)) {
    throw refused(
      `The id ${JSON.stringify(id)} cannot be stored`,
      'Use letters, digits and dashes, or leave it out.',
    );
  }
  return { id: name, vector: unitVector(vector, `The vector of "${name}"`), json };
}

function bodyOf(text: string, metadata: Metadata | undefined): string {
  try {
    return toJson({ text, ...(metadata !== undefined && { metadata }) });
  } catch (cause) {
    throw refused(
      `The metadata cannot be stored: ${(cause as Error).message}`,
      'Metadata is plain JSON: no BigInt, and no object that contains itself.',
      cause,
    );
  }
}

/** Stores the item, in the place of one with the same id; `false` when it is there already as it is. */
export function addItem(database: Database, { id, vector, json }: EncodedItem): boolean {
  const bytes = new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength);
  const same = 'SELECT 1 FROM vector WHERE name = ? AND body = ? AND vector = ?';
  if (database.first(same, id, json, bytes)) return false;
  database.run('DELETE FROM vector WHERE name = ?', id);
  database.run(
    'INSERT INTO vector (name, vector, checksum, body) VALUES (?, ?, ?, ?)',
    id,
    bytes,
    checksumOf(json),
    json,
  );
  return true;
}

/** @throws LibError of kind `corrupt` when the row is not what was stored */
export function readItem(database: Database, row: number): StoredItem {
  return itemOf(database.first('SELECT name, checksum, body FROM vector WHERE id = ?', row) ?? { name: row });
}

/** @throws LibError of kind `corrupt` when the row is not what was stored. Pure */
export function itemOf({ name = null, checksum, body: json }: Row): StoredItem {
  const body = storedJson(json, checksum) as Partial<StoredItem> | undefined;
  if (typeof body?.text !== 'string') {
    throw new LibError(`The item "${name}" is damaged`, {
      kind: 'corrupt',
      hint: 'Delete it and embed its text again, or restore the file from a copy.',
    });
  }
  const { text, metadata } = body;
  return { id: String(name), text, ...(metadata !== undefined && { metadata }) };
}

/** @throws LibError of kind `request` when they have not all the same number of dimensions, or not the wanted one */
export function commonDimensions(items: readonly EncodedItem[], wanted: number | undefined): number {
  const dimensions = wanted ?? items[0]?.vector.length ?? 0;
  const other = items.find(({ vector }) => vector.length !== dimensions);
  if (other === undefined) return dimensions;
  throw refused(
    `The vector of "${other.id}" has ${other.vector.length} dimensions, and the store has ${dimensions}`,
    'Embed all texts with the same model and the same number of dimensions.',
  );
}

export function checkWhole(value: number, name: string): void {
  if (Number.isSafeInteger(value) && value > 0) return;
  throw new LibError(`${name} is ${value}`, {
    kind: 'request',
    hint: `Give ${name} as a whole number above 0.`,
  });
}

export function nothingNamed(): LibError {
  const hint = 'Name what is to be removed. Nothing was removed.';
  return new LibError('`where` names nothing', { kind: 'request', hint });
}

export function notThere(id: string): LibError {
  return new LibError(`There is no item "${id}" to go on behind`, {
    kind: 'request',
    hint: 'List from the beginning, without { after }.',
  });
}

function refused(message: string, hint: string, cause?: unknown): LibError {
  return new LibError(message, { kind: 'request', hint: `${hint} Nothing was stored.`, cause });
}
