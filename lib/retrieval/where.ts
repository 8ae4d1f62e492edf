import { isForeign } from '../base/check-input.ts';
import { LibError } from '../base/errors.ts';
import type { Database } from '../sqlite/database.ts';

/** What can be looked for. Texts of at most 500 characters. */
export type MetadataValue = string | number | boolean | null;

/** All that is named must be true. Texts are ordered by their characters' numbers, as ISO 8601 dates are by time. */
export interface MetadataComparison {
  /** Another value than this, or none. */
  readonly ne?: MetadataValue;
  /** One of these. */
  readonly in?: readonly MetadataValue[];
  readonly gt?: string | number;
  readonly gte?: string | number;
  readonly lt?: string | number;
  readonly lte?: string | number;
}

/**
 * The items whose metadata have all of this: `{ lang: 'ja', year: { gte: 2020 } }`. Where the metadata hold a list, one
 * of its elements must be what is looked for. A number is never equal to a text or a boolean.
 */
export type Where = Readonly<Record<string, MetadataValue | MetadataComparison>>;

/** One thing that must be so of an item's metadata, or must not be. */
export interface Condition {
  readonly key: string;
  readonly not: boolean;
  /** One of these is the value: its kind, and the value. */
  readonly choices?: readonly (readonly [kind: string, value: string | number])[];
  /** The value is of this kind, and compares so. */
  readonly range?: {
    readonly kind: string;
    readonly bounds: readonly (readonly [string, string | number])[];
  };
}

/** A query for the rows of the vectors that are asked for, ascending, in the column `vector`. */
export interface RowQuery {
  readonly sql: string;
  readonly values: readonly (string | number)[];
}

/** Characters of a text that can be looked for. */
export const longest = 500;
const operators = { gt: '>', gte: '>=', lt: '<', lte: '<=' } as const;

/** The query for SQLite. @throws LibError of kind `request` that names the member that cannot be looked for. Pure */
export function rowQuery(where: Where): RowQuery {
  const conditions = conditionsOf(where).map((condition) => ({ ...condition, ...inSqlite(condition) }));
  const [base, ...others] = conditions.toSorted((one, other) => Number(one.not) - Number(other.not));
  const isBase = base !== undefined && !base.not;
  const rest = isBase || base === undefined ? others : [base, ...others];
  const from = isBase ? base.sql : 'SELECT id AS vector FROM vector';
  const tests = rest.map(({ not, sql }) => `vector ${not ? 'NOT IN' : 'IN'} (${sql})`);
  return {
    sql: `SELECT DISTINCT vector FROM (${from}) WHERE ${['TRUE', ...tests].join(' AND ')} ORDER BY vector`,
    values: [...(isBase ? base.values : []), ...rest.flatMap(({ values }) => values)],
  };
}

function inSqlite({ key, choices, range }: Condition): RowQuery {
  if (range === undefined) {
    return {
      sql: `SELECT vector FROM vector_metadata WHERE key = ? AND (kind, value) IN
      (SELECT value ->> 0, value ->> 1 FROM json_each (?))`,
      values: [key, JSON.stringify(choices)],
    };
  }
  const tests = range.bounds.map(([operator]) => `value ${operator} ?`);
  return {
    sql: `SELECT vector FROM vector_metadata WHERE key = ? AND kind = ? AND ${tests.join(' AND ')}`,
    values: [key, range.kind, ...range.bounds.map(([, value]) => value)],
  };
}

/** The rows of the vectors that are asked for, ascending. */
export function matchingRows(database: Database, where: Where): Float64Array {
  const { sql, values } = rowQuery(where);
  // One text in place of a row for each: several times as fast where many are found.
  const rows = database.first(`SELECT group_concat(vector) AS rows FROM (${sql})`, ...values)?.rows;
  return typeof rows === 'string' ? Float64Array.from(rows.split(','), Number).sort() : new Float64Array();
}

/** @throws LibError of kind `request` that names the member that cannot be looked for. Pure */
export function conditionsOf(where: Where): Condition[] {
  if (typeof where !== 'object' || where === null || Array.isArray(where) || isForeign(where)) {
    throw wrong('`where` is not an object', "Give { where: { lang: 'ja' } }.");
  }
  return Object.entries(where).flatMap(([key, wanted]) => conditionsOn(key, wanted));
}

function conditionsOn(key: string, wanted: Where[string]): Condition[] {
  if (typeof wanted !== 'object' || wanted === null) return [oneOf(key, [wanted])];
  const { ne, in: choices, ...range } = wanted;
  const names = Object.keys(wanted);
  const unknown = names.find((name) => !['ne', 'in', ...Object.keys(operators)].includes(name));
  if (unknown !== undefined || names.length === 0) {
    throw wrong(
      `where.${key} ${unknown === undefined ? 'is empty' : `has the member ${JSON.stringify(unknown)}`}`,
      'Give a value, or an object with ne, in, gt, gte, lt or lte.',
    );
  }
  if ('in' in wanted && !Array.isArray(choices)) {
    throw wrong(`where.${key}.in is not a list`, "Give a list, such as { in: ['en', 'ja'] }.");
  }
  return [
    ...(choices === undefined ? [] : [oneOf(key, choices)]),
    ...('ne' in wanted ? [{ ...oneOf(key, [ne]), not: true }] : []),
    ...(Object.keys(range).length === 0 ? [] : [between(key, range)]),
  ];
}

function oneOf(key: string, wanted: readonly (MetadataValue | undefined)[]): Condition {
  const choices = wanted.map((value) => {
    const kind = kindOf(key, value);
    return [kind, typeof value === 'boolean' ? +value : (value ?? 0)] as const;
  });
  return { key, not: false, choices };
}

function between(key: string, range: Pick<MetadataComparison, keyof typeof operators>): Condition {
  const asked = Object.entries(range) as [keyof typeof operators, string | number][];
  const kinds = new Set(asked.map(([, value]) => kindOf(key, value)));
  const [kind = ''] = kinds;
  if (kinds.size > 1 || !['string', 'number'].includes(kind)) {
    throw wrong(
      `where.${key} compares with ${[...kinds].join(' and ')}`,
      'Compare with numbers, or with texts.',
    );
  }
  const bounds = asked.map(([name, value]) => [operators[name], value] as const);
  return { key, not: false, range: { kind, bounds } };
}

/** What cannot be looked for is refused: left out, it would widen what is found, or deleted. */
function kindOf(key: string, value: unknown): string {
  if (value === null) return 'null';
  if (typeof value === 'number' && Number.isFinite(value)) return 'number';
  if (typeof value === 'boolean') return 'boolean';
  if (typeof value === 'string' && [...value].length <= longest && !/\p{Surrogate}|\0/u.test(value)) {
    return 'string';
  }
  throw wrong(
    `where.${key} cannot be looked for: it is ${typeof value === 'string' ? 'too long, or no text' : String(value)}`,
    `Give a text of at most ${longest} characters, a number, true, false or null.`,
  );
}

function wrong(message: string, hint: string): LibError {
  return new LibError(message, { kind: 'request', hint });
}
