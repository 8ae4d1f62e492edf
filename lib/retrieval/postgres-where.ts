import { type Condition, conditionsOf, longest, type Where } from './where.ts';

/** A part of a `WHERE`, with its values as `$n`. */
export interface Test {
  readonly sql: string;
  readonly values: readonly unknown[];
}

/**
 * The test of a row of `vector` for what `where` asks for.
 *
 * @param before how many values the query has before these
 * @throws LibError of kind `request` that names the member that cannot be looked for. Pure
 */
export function testOf(schema: string, where: Where, before: number): Test {
  const values: unknown[] = [];
  const value = (given: unknown) => `$${before + values.push(given)}`;

  function rowsWith({ key, choices = [], range }: Condition): string {
    const rows = `SELECT vector FROM ${schema}.vector_metadata WHERE key = ${value(key)}`;
    if (range === undefined) {
      const kinds = value(choices.map(([kind]) => kind));
      const texts = value(choices.map(([, wanted]) => String(wanted)));
      return `${rows} AND (kind, value) IN (SELECT * FROM unnest(${kinds}::text[], ${texts}::text[]))`;
    }
    const isNumber = range.kind === 'number';
    const tests = range.bounds.map(([operator, bound]) =>
      isNumber ? `number ${operator} ${value(bound)}::float8` : `value ${operator} ${value(bound)}::text`,
    );
    return `${rows} AND kind = '${range.kind}' AND ${tests.join(' AND ')}`;
  }

  const tests = conditionsOf(where).map(
    (condition) => `vector.id ${condition.not ? 'NOT IN' : 'IN'} (${rowsWith(condition)})`,
  );
  return { sql: ['TRUE', ...tests].join(' AND '), values };
}

/** What of an item's metadata can be looked for: the key, the kind, the value as text, and as a number. Pure. */
export function metadataOf(json: string): readonly (readonly [string, string, string, number | null])[] {
  const { metadata = {} } = JSON.parse(json) as { metadata?: Record<string, unknown> };
  return Object.entries(metadata).flatMap(([key, member]) => {
    const found = new Map<string, readonly [string, string, string, number | null]>();
    for (const value of Array.isArray(member) ? member : [member]) {
      const kind = value === null ? 'null' : typeof value;
      if (kind === 'object' || (kind === 'string' && [...value].length > longest)) continue;
      const text = kind === 'string' ? storable(value) : String(Number(value));
      found.set(`${kind} ${text}`, [storable(key), kind, text, kind === 'number' ? value : null]);
    }
    return [...found.values()];
  });
}

/** What PostgreSQL does not take, as its neighbour: such a text has its place in the order, and equals nothing. Pure. */
function storable(text: string): string {
  return text.replaceAll('\0', '\u0001').replace(/\p{Surrogate}/gu, '\ufffd');
}
