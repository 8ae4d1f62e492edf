import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openHistory } from '../../../lib/history/open-history.ts';
import { openVectorStore, type VectorStoreOptions } from '../../../lib/retrieval/vector-store.ts';
import type { MetadataValue, Where } from '../../../lib/retrieval/where.ts';
import type { DatabaseDriver } from '../../../lib/sqlite/database.ts';
import fc from '../../properties.ts';

const drivers: readonly DatabaseDriver[] = ['node', 'sql.js'];

function newFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'vectors-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, 'notes.sqlite');
}

async function opened(location: string, options: VectorStoreOptions) {
  const store = await openVectorStore(location, options);
  onTestFinished(() => store.close());
  return store;
}

const east = { id: 'east', text: 'East', vector: [2, 0] };
const north = { id: 'north', text: 'North', vector: [0, 3], metadata: { page: 7 } };
const northEast = { id: 'north-east', text: 'North-east', vector: new Float32Array([1, 1]) };

describe.each(drivers)('a vector store through %s', (driver) => {
  it('finds the nearest by cosine, whatever the lengths, with text and metadata', async () => {
    const store = await opened(':memory:', { driver });
    expect(await store.add([east, north, northEast])).toEqual(['east', 'north', 'north-east']);

    const found = await store.search([0, 10], 2);

    expect(found).toEqual([
      { id: 'north', text: 'North', metadata: { page: 7 }, score: 1 },
      { id: 'north-east', text: 'North-east', score: expect.closeTo(Math.SQRT1_2, 6) },
    ]);
    expect(await store.search([-1, 0], 9)).toHaveLength(3);
    expect((await store.search([-1, 0], 9)).at(-1)).toMatchObject({ id: 'east', score: -1 });
    expect(await store.count()).toBe(3);
  });

  it('gives exactly what sorting all of them gives', async () => {
    const number = fc.integer({ min: -3, max: 3 });
    const cases = fc.integer({ min: 1, max: 6 }).chain((dimensions) => {
      const vector = fc
        .array(number, { minLength: dimensions, maxLength: dimensions })
        .filter((values) => values.some((value) => value !== 0));
      return fc.record({
        vectors: fc.array(vector, { maxLength: 60 }),
        removed: fc.array(fc.nat(59), { maxLength: 5 }),
        query: vector,
        k: fc.integer({ min: 1, max: 70 }),
        parity: fc.constantFrom(undefined, 0, 1),
      });
    });
    await fc.assert(
      fc.asyncProperty(cases, async ({ vectors, removed, query, k, parity }) => {
        const store = await openVectorStore(':memory:', { driver });
        const half = Math.floor(vectors.length / 2);
        const items = vectors.map((vector, n) => ({ id: `${n}`, text: `${n}`, vector, metadata: { n } }));
        await store.add(items.slice(0, half));
        await store.search(query, 1);
        await store.add(items.slice(half));
        await store.delete(removed.map(String));

        const filter = (item: { metadata?: { n?: unknown } }) => (item.metadata?.n as number) % 2 === parity;
        const found = await store.search(query, k, parity === undefined ? {} : { filter });
        await store.close();

        const candidates = items
          .filter(({ id }) => !removed.includes(Number(id)))
          .filter((item) => parity === undefined || filter(item));
        const cosines = new Map(candidates.map(({ id, vector }) => [id, cosine(vector, query)]));
        expect(found).toHaveLength(Math.min(k, candidates.length));
        expect(new Set(found.map(({ id }) => id)).size).toBe(found.length);
        // 32-bit floats have seven digits: nearly equal ones may come in either order.
        const best = [...cosines.values()].sort((one, other) => other - one);
        for (const [place, { id, score }] of found.entries()) {
          expect(Math.abs(score - (cosines.get(id) ?? Number.NaN))).toBeLessThan(1e-6);
          expect(Math.abs(score - (best[place] as number))).toBeLessThan(1e-6);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('gives equal ones in the order in which they were stored', async () => {
    const store = await opened(':memory:', { driver });
    const items = Array.from({ length: 40 }, (_, n) => ({ id: `${n}`, text: `${n}`, vector: [1, n % 2] }));
    await store.add(items);
    const found = await store.search([1, 1], 25);
    const numbers = found.map(({ id }) => Number(id));
    expect(numbers).toEqual([
      ...Array.from({ length: 20 }, (_, n) => 2 * n + 1),
      ...Array.from({ length: 5 }, (_, n) => 2 * n),
    ]);
  });

  it('keeps everything in the file, for either driver', async () => {
    const file = newFile();
    const first = await opened(file, { driver, modelId: 'amazon.titan-embed-text-v2:0' });
    await first.add([east, north]);
    await first.close();
    for (const other of drivers) {
      const store = await opened(file, { driver: other });
      expect((await store.search([1, 0], 1))[0]).toMatchObject({ id: 'east', text: 'East' });
      await store.close();
    }
  });

  it('sees what another store has written to the file, and the other way round', async () => {
    const file = newFile();
    const one = await opened(file, { driver });
    const other = await opened(file, { driver: driver === 'node' ? 'sql.js' : 'node' });
    await one.add([east]);
    expect(await other.search([1, 1], 5)).toHaveLength(1);
    await other.add([north]);
    expect((await one.search([0, 1], 5)).map(({ id }) => id)).toEqual(['north', 'east']);
    await one.delete(['east']);
    expect((await other.search([0, 1], 5)).map(({ id }) => id)).toEqual(['north']);
  });

  it('puts an item with a known id in the place of the old one; without an id, the text is its name', async () => {
    const store = await opened(':memory:', { driver });
    await store.add([east, north]);
    await store.add([{ ...east, text: 'Still east', vector: [1, 0.1] }]);
    expect(await store.count()).toBe(2);
    expect((await store.search([1, 0], 1))[0]?.text).toBe('Still east');

    const [id] = await store.add([{ text: 'a note', vector: [1, 1] }]);
    expect(await store.add([{ text: 'a note', vector: [1, 1] }])).toEqual([id]);
    expect(await store.add([{ text: 'a note', vector: [1, 1], metadata: { page: 2 } }])).not.toEqual([id]);
    expect(await store.count()).toBe(4);
  });

  it('does not touch the file when everything is there already', async () => {
    const file = newFile();
    const store = await opened(file, { driver });
    await store.add([east, north]);
    const before = readFileSync(file);
    expect(await store.add([north, east])).toEqual(['north', 'east']);
    expect(readFileSync(file)).toEqual(before);
    await store.add([{ ...north, metadata: { page: 8 } }]);
    expect((await store.search([0, 1], 1))[0]?.metadata).toEqual({ page: 8 });
  });

  it('removes what is named, says how many there were, and leaves no word of it in the file', async () => {
    const file = newFile();
    const store = await opened(file, { driver });
    const long = `secret recipe ${'of the house '.repeat(2000)}`;
    await store.add([east, { id: 'secret', text: long, vector: [1, 1] }]);
    const before = statSync(file).size;
    expect(readFileSync(file).includes('secret recipe')).toBe(true);

    expect(await store.delete(['secret', 'secret', 'nothing'])).toBe(1);

    expect(readFileSync(file).includes('secret recipe')).toBe(false);
    expect(readFileSync(file).includes('of the house')).toBe(false);
    expect(statSync(file).size).toBeLessThan(before);
    expect((await store.search([1, 1], 5)).map(({ id }) => id)).toEqual(['east']);
  });

  it('keeps awkward texts and metadata as they are', async () => {
    const store = await opened(':memory:', { driver });
    const item = {
      id: "a'b",
      text: 'NUL \0 half \ud83d "quote"',
      metadata: { bytes: new Uint8Array([1, 255]) },
    };
    await store.add([{ ...item, vector: [1e-300, 2e-300] }]);
    expect(await store.search([1e300, 2e300], 1)).toEqual([{ ...item, score: expect.closeTo(1, 6) }]);
  });

  it.each([
    ['a vector of zeros', [{ id: 'a', text: 'a', vector: [0, -0] }], 'The vector of "a" is zero'],
    ['an empty vector', [{ id: 'a', text: 'a', vector: [] }], 'The vector of "a" is empty'],
    ['NaN', [{ id: 'a', text: 'a', vector: [1, Number.NaN] }], 'holds NaN at position 1'],
    ['Infinity', [{ id: 'a', text: 'a', vector: [Number.POSITIVE_INFINITY] }], 'holds Infinity'],
    [
      'two numbers of dimensions',
      [east, { id: 'b', text: 'b', vector: [1, 2, 3] }],
      'The vector of "b" has 3',
    ],
    ['no text', [{ id: 'a', vector: [1, 2] } as never], 'no text'],
    ['an empty id', [{ ...east, id: '' }], 'The id ""'],
    ['metadata that is not JSON', [{ ...east, metadata: { big: 1n } }], 'metadata cannot be stored'],
  ])('refuses %s and stores nothing', async (_what, items, text) => {
    const store = await opened(':memory:', { driver });
    await store.add([north]);
    await expect(store.add([northEast, ...items])).rejects.toMatchObject({
      kind: 'request',
      message: expect.stringContaining(text),
      hint: expect.stringMatching(/^[A-Z].*\.$/),
    });
    expect(await store.count()).toBe(1);
  });

  it('refuses what does not fit the vectors that are there', async () => {
    const file = newFile();
    const store = await opened(file, { driver });
    await store.add([east]);
    const wrong = { kind: 'request', message: expect.stringContaining('3 dimensions') };
    await expect(store.add([{ text: 'x', vector: [1, 2, 3] }])).rejects.toMatchObject(wrong);
    await expect(store.search([1, 2, 3], 1)).rejects.toMatchObject(wrong);
    await expect(openVectorStore(file, { driver, dimensions: 3 })).rejects.toMatchObject(wrong);
    const empty = await opened(':memory:', { driver, dimensions: 3 });
    await expect(empty.add([east])).rejects.toMatchObject({ kind: 'request' });
    for (const k of [0, -1, 1.5, Number.NaN]) {
      await expect(store.search([1, 0], k)).rejects.toMatchObject({ message: `k is ${k}` });
    }
    await expect(store.search([0, 0], 1)).rejects.toMatchObject({
      message: expect.stringContaining('The query'),
    });
    expect(await empty.search([1, 0], 1)).toEqual([]);
  });

  it('never mixes the vectors of two models, also when both were opened before anything was stored', async () => {
    const file = newFile();
    const titan = await opened(file, { driver, modelId: 'amazon.titan-embed-text-v2:0' });
    const cohere = await opened(file, { driver, modelId: 'cohere.embed-english-v3' });
    await titan.add([east]);
    const mixed = {
      kind: 'request',
      message: expect.stringContaining('titan-embed-text-v2:0, not of cohere'),
    };
    await expect(cohere.add([north])).rejects.toMatchObject(mixed);
    await expect(cohere.search([1, 0], 1)).rejects.toMatchObject(mixed);
    await expect(openVectorStore(file, { driver, modelId: 'cohere.embed-english-v3' })).rejects.toMatchObject(
      mixed,
    );
    await opened(file, { driver, modelId: 'us.amazon.titan-embed-text-v2:0' });

    await titan.delete(['east']);
    await cohere.add([north]);
    expect(await cohere.count()).toBe(1);
  });

  it('finds, lists, counts and removes exactly what `where` says', async () => {
    const value = fc.constantFrom<MetadataValue>('ja', 'en', '', '1', 0, 1, 2.5, -3, true, false, null);
    const metadata = fc.dictionary(
      fc.constantFrom('lang', 'year', 'a"b', '日本 語', 'tags'),
      fc.oneof({ weight: 4, arbitrary: value }, { weight: 1, arbitrary: fc.array(value, { maxLength: 3 }) }),
      { maxKeys: 4 },
    );
    const bound = fc.constantFrom(0, 1, 2);
    const comparison = fc.oneof(
      value,
      fc.record({ ne: value }),
      fc.record({ in: fc.array(value, { maxLength: 3 }) }),
      fc.record({ gte: bound, lt: bound }),
      fc.record({ gt: fc.constantFrom('', 'en'), ne: value }),
    );
    const where = fc.dictionary(
      fc.constantFrom('lang', 'year', 'a"b', '日本 語', 'tags', 'none'),
      comparison,
      {
        maxKeys: 2,
      },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(metadata, { maxLength: 12 }), where, async (all, asked) => {
        const store = await openVectorStore(':memory:', { driver });
        const items = all.map((each, n) => ({
          id: `${n}`,
          text: `${n}`,
          vector: [1, n + 1],
          metadata: each,
        }));
        await store.add(items);
        const expected = items.filter((item) => matches(item.metadata, asked)).map(({ id }) => id);

        expect((await store.list({ where: asked })).map(({ id }) => id)).toEqual(expected);
        expect(await store.count({ where: asked })).toBe(expected.length);
        const found = await store.search([0, 1], 20, { where: asked });
        expect(found.map(({ id }) => id)).toEqual(expected.toReversed());
        const even = ({ id }: { id: string }) => Number(id) % 2 === 0;
        expect((await store.search([0, 1], 2, { where: asked, filter: even })).map(({ id }) => id)).toEqual(
          expected
            .filter((id) => even({ id }))
            .toReversed()
            .slice(0, 2),
        );
        if (Object.keys(asked).length > 0) {
          expect(await store.delete({ where: asked })).toBe(expected.length);
          expect(await store.count()).toBe(items.length - expected.length);
          expect(await store.count({ where: asked })).toBe(0);
        }
        await store.close();
      }),
      { numRuns: 150 },
    );
  });

  it('looks at the metadata that an item has now, and keeps none of one that is gone', async () => {
    const store = await opened(':memory:', { driver });
    await store.add([{ ...north, metadata: { page: 7 } }]);
    await store.add([{ ...north, metadata: { page: 8 } }]);
    expect(await store.count({ where: { page: 7 } })).toBe(0);
    expect(await store.count({ where: { page: 8 } })).toBe(1);
    await store.delete(['north']);
    await store.add([{ ...north, metadata: {} }]);
    expect(await store.count({ where: { page: 8 } })).toBe(0);
  });

  it('gets one item, and lists all, piece by piece', async () => {
    const store = await opened(':memory:', { driver });
    await store.add([east, north, northEast]);
    expect(await store.get('north')).toEqual({ id: 'north', text: 'North', metadata: { page: 7 } });
    expect(await store.get('south')).toBeUndefined();
    const first = await store.list({ limit: 2 });
    expect(first.map(({ id }) => id)).toEqual(['east', 'north']);
    expect((await store.list({ limit: 2, after: 'north' })).map(({ id }) => id)).toEqual(['north-east']);
    await expect(store.list({ after: 'south' })).rejects.toMatchObject({ kind: 'request' });
  });

  it('leaves nothing of a file that became shorter', async () => {
    const store = await opened(':memory:', { driver });
    const pieces = (count: number) =>
      Array.from({ length: count }, (_, n) => ({
        id: `a.md#${n}`,
        text: `Piece ${n}`,
        vector: [1, n],
        metadata: { file: 'a.md' },
      }));
    await store.add([...pieces(3), east]);
    expect(await store.delete({ where: { file: 'a.md' } })).toBe(3);
    await store.add(pieces(1));
    expect((await store.list()).map(({ id }) => id)).toEqual(['east', 'a.md#0']);
  });

  it.each([
    ['undefined', { lang: undefined }, 'where.lang cannot be looked for'],
    ['NaN', { year: Number.NaN }, 'where.year cannot be looked for'],
    ['an unknown comparison', { year: { from: 1 } }, 'where.year has the member "from"'],
    ['an empty comparison', { year: {} }, 'where.year is empty'],
    ['a bound without a value', { year: { gte: undefined } }, 'where.year cannot be looked for'],
    ['no list', { year: { in: 2020 } }, 'where.year.in is not a list'],
    ['bounds of two kinds', { year: { gte: 1, lt: '2' } }, 'compares with number and string'],
    ['a bound that has no order', { year: { gte: true } }, 'compares with boolean'],
    ['a long text', { note: 'x'.repeat(501) }, 'where.note cannot be looked for'],
    ['no object', 'lang', '`where` is not an object'],
  ])('refuses %s in `where`, and removes nothing', async (_what, where, message) => {
    const store = await opened(':memory:', { driver });
    await store.add([east, north]);
    const refused = { kind: 'request', message: expect.stringContaining(message) };
    await expect(store.delete({ where: where as never })).rejects.toMatchObject(refused);
    await expect(store.search([1, 0], 1, { where: where as never })).rejects.toMatchObject(refused);
    await expect(store.delete({ where: {} })).rejects.toMatchObject({ kind: 'request' });
    expect(await store.count()).toBe(2);
  });

  it.each([
    ['null', { where: null }],
    ['false', { where: false }],
    ['a map', { where: new Map([['lang', 'ja']]) }],
    ['a promise', { where: Promise.resolve({ lang: 'ja' }) }],
    ['a misspelt name', { were: { lang: 'ja' } }],
    ['options that are a text', 'lang=ja'],
    ['options that are null', null],
    ['options that are a promise', Promise.resolve({ where: { lang: 'ja' } })],
  ])('takes no %s for all that there is', async (_what, options) => {
    const store = await opened(':memory:', { driver });
    await store.add([east, north]);
    const wrong = options as never;
    const calls = [
      store.search([1, 0], 5, wrong),
      store.list(wrong),
      store.count(wrong),
      store.delete(wrong),
    ];
    for (const result of await Promise.allSettled(calls))
      expect(result).toMatchObject({ status: 'rejected', reason: { kind: 'request' } });
    expect(await store.count()).toBe(2);
  });

  it('refuses what is no filter, no item and no id', async () => {
    const store = await opened(':memory:', { driver });
    await store.add([east, north]);
    const refused = { kind: 'request' };
    for (const filter of [null, 'page = 7', { page: 7 }, async () => false])
      await expect(store.search([1, 0], 5, { filter: filter as never })).rejects.toMatchObject(refused);
    for (const items of [undefined, null, east, [null], 'east'])
      await expect(store.add(items as never)).rejects.toMatchObject(refused);
    for (const items of [undefined, null, 'east', [7], {}, { where: undefined }, { where: {} }])
      await expect(store.delete(items as never)).rejects.toMatchObject(refused);
    await expect(store.get(7 as never)).rejects.toMatchObject(refused);
    expect(await store.count()).toBe(2);
  });

  it('shares its file with a history', async () => {
    const file = newFile();
    const history = await openHistory(file, { driver });
    const store = await opened(file, { driver });
    const said = [
      { role: 'user', content: [{ text: 'q' }] },
      { role: 'assistant', content: [{ text: 'a' }] },
    ] as const;
    await Promise.all([store.add([east]), history.append('s', { messages: said }, 0)]);
    expect(await store.count()).toBe(1);
    expect((await history.read('s')).sequence).toBe(1);
    await history.close();
  });

  it('hands an error of the filter on as it is, and says that it was closed', async () => {
    const store = await opened(':memory:', { driver });
    await store.add([east]);
    const filter = () => {
      throw new TypeError('a mistake in the cell');
    };
    await expect(store.search([1, 0], 1, { filter })).rejects.toThrow(new TypeError('a mistake in the cell'));
    await store.close();
    await store.close();
    await expect(store.search([1, 0], 1)).rejects.toMatchObject({
      message: expect.stringContaining('was closed'),
    });
  });
});

describe('hybrid search', () => {
  const notes = [
    {
      id: 'error',
      text: 'Error E-4711 means that the pump is dry.',
      vector: [1, 0],
      metadata: { lang: 'en' },
    },
    { id: 'pump', text: 'A pump moves water.', vector: [0.9, 0.1], metadata: { lang: 'en' } },
    { id: 'cat', text: 'Cats sleep all day.', vector: [0, 1], metadata: { lang: 'en' } },
    { id: 'neko', text: '猫は一日中寝ています。', vector: [0.1, 1], metadata: { lang: 'ja' } },
  ];

  it('also finds by the words what the vectors do not see', async () => {
    const store = await opened(':memory:', {});
    await store.add(notes);
    const query = [0, 1];
    expect((await store.search(query, 1))[0]?.id).toBe('cat');
    const found = await store.search(query, 4, { text: 'E-4711?' });
    expect(found.map(({ id }) => id)).toEqual(['error', 'cat', 'neko', 'pump']);
    expect(found[0]?.score).toBeCloseTo(0, 6);
    expect((await store.search(query, 1, { text: '猫' }))[0]?.id).toBe('neko');
    expect(
      (await store.search(query, 4, { text: 'E-4711', where: { lang: 'ja' } })).map(({ id }) => id),
    ).toEqual(['neko']);
    const filter = ({ id }: { id: string }) => id !== 'error';
    expect((await store.search(query, 1, { text: 'pump', filter }))[0]?.id).toBe('pump');
    expect(await store.search(query, 1, { text: '?! "' })).toEqual(await store.search(query, 1));
  });

  it('knows what was added, changed and removed since, here and by another', async () => {
    const file = newFile();
    const store = await opened(file, {});
    await store.add(notes);
    const ids = async (text: string) => (await store.search([1, 0], 1, { text })).map(({ id }) => id);
    expect(await ids('sleep')).toEqual(['cat']);
    const other = await opened(file, { driver: 'sql.js' });
    await other.add([{ id: 'dog', text: 'Dogs run.', vector: [0, 1] }]);
    expect(await ids('dogs run')).toEqual(['dog']);
    await store.add([{ id: 'cat', text: 'Cats purr.', vector: [0, 1] }]);
    expect(await ids('purr')).toEqual(['cat']);
    expect(await ids('sleep')).toEqual(['error']);
    await store.delete(['dog']);
    expect(await ids('dogs run')).toEqual(['error']);
  });

  it('is refused by sql.js, with the next step', async () => {
    const store = await opened(':memory:', { driver: 'sql.js' });
    await store.add(notes);
    await expect(store.search([1, 0], 1, { text: 'pump' })).rejects.toMatchObject({
      kind: 'request',
      message: expect.stringContaining('no full-text search'),
      hint: expect.stringContaining("without { driver: 'sql.js' }"),
    });
  });
});

/** What `where` means, said once more without SQL. */
function matches(metadata: Record<string, unknown>, where: Where): boolean {
  return Object.entries(where).every(([key, wanted]) => {
    const given = Object.hasOwn(metadata, key) ? [metadata[key]].flat() : [];
    if (typeof wanted !== 'object' || wanted === null) return given.includes(wanted);
    const { ne, in: choices, ...range } = wanted;
    if ('ne' in wanted && given.includes(ne)) return false;
    if (choices && !given.some((value) => choices.includes(value as MetadataValue))) return false;
    const bounds = Object.entries(range) as [string, string | number][];
    return (
      bounds.length === 0 ||
      given.some((value) =>
        bounds.every(([name, bound]) => {
          if (typeof value !== typeof bound) return false;
          const place = (value as number) < (bound as number) ? -1 : value === bound ? 0 : 1;
          return name.startsWith('g') ? place > 0 || (place === 0 && name === 'gte') : place < 0;
        }),
      )
    );
  });
}

function cosine(one: readonly number[], other: readonly number[]): number {
  const dot = one.reduce((sum, value, axis) => sum + value * (other[axis] as number), 0);
  return dot / Math.hypot(...one) / Math.hypot(...other);
}
