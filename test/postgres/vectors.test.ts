import { type Metadata, openVectorStore, type VectorStore, type Where } from 'lib/retrieval';
import { beforeAll, describe, expect, inject, it, onTestFinished } from 'vitest';
import fc from '../properties.ts';
import { describeEach, newSchema } from './databases.ts';

describeEach((location) => {
  let kept: VectorStore;
  beforeAll(async () => {
    kept = await openVectorStore(location, { schema: newSchema() });
    return () => kept.close();
  });

  async function opened(schema = newSchema(), options = {}): Promise<VectorStore> {
    const store = await openVectorStore(location, { schema, ...options });
    onTestFinished(() => store.close());
    return store;
  }

  const value = fc.constantFrom<unknown>(
    null,
    true,
    false,
    0,
    -1.5,
    1e21,
    '',
    '1',
    'ja',
    'jä',
    '日本',
    'half \ud83d',
    'NUL \0',
    ['ja', 1, null],
    { a: 1 },
  );
  const metadata = fc.dictionary(fc.constantFrom('lang', 'year', 'x"y', "o'clock"), value, { maxKeys: 3 });
  const plain = fc.constantFrom<string | number | boolean | null>(
    null,
    true,
    0,
    -1.5,
    '1',
    'ja',
    '日本',
    1e21,
  );
  const wanted = fc.oneof(
    plain,
    fc.record({ ne: plain }),
    fc.record({ in: fc.array(plain, { maxLength: 3 }) }),
    fc.record({ gte: fc.constantFrom(-2, 0, 5), lt: fc.constantFrom(1, 1e22) }),
    fc.record({ gt: fc.constantFrom('', 'i', 'z') }),
  );
  const where = fc.dictionary(fc.constantFrom('lang', 'year', "o'clock"), wanted, { maxKeys: 2 });
  const vector = fc
    .tuple(fc.integer({ min: -3, max: 3 }), fc.integer({ min: -3, max: 3 }), fc.integer({ min: -3, max: 3 }))
    .filter((values) => values.some((axis) => axis !== 0));
  const item = fc.record({
    id: fc.constantFrom('a', 'b', 'c', "d'", 'é', undefined),
    text: fc.constantFrom('It rains.', 'Die Sonne', 'NUL \0 half \ud83d', '今日は雨です', ''),
    vector,
    metadata,
  });
  const step = fc.oneof(
    fc.record({ add: fc.array(item, { maxLength: 6 }) }),
    fc.record({ remove: fc.array(fc.constantFrom('a', 'b', "d'"), { maxLength: 2 }) }),
    fc.record({ removeWhere: where }),
    fc.record({ search: vector, k: fc.constantFrom(50, 200), where, filter: fc.boolean() }),
    fc.record({ list: where, limit: fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined }) }),
    fc.record({ count: where }),
  );

  it('does what a file does', async () => {
    const database = await opened();
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
        const file = await openVectorStore(':memory:');
        await database.delete((await database.list()).map(({ id }) => id));
        try {
          for (const each of steps)
            expect(await outcome(database, each as never)).toEqual(await outcome(file, each as never));
        } finally {
          await file.close();
        }
      }),
      { numRuns: 40 },
    );
  }, 300_000);

  it('keeps the vectors of one model, and refuses those of another with the next step', async () => {
    const schema = newSchema();
    const store = await opened(schema, { modelId: 'amazon.titan-embed-text-v2:0' });
    await store.add([{ text: 'a', vector: [1, 0] }]);
    await expect(store.search([1, 0, 0], 1)).rejects.toMatchObject({ kind: 'request' });
    await expect(store.add([{ text: 'b', vector: [1, 0, 0] }])).rejects.toMatchObject({ kind: 'request' });
    await expect(
      openVectorStore(location, { schema, modelId: 'cohere.embed-english-v3' }),
    ).rejects.toMatchObject({
      kind: 'request',
      message: expect.stringContaining('amazon.titan-embed-text-v2:0'),
    });
    await store.delete(await store.add([{ text: 'a', vector: [1, 0] }]));
    await store.add([{ text: 'b', vector: [1, 0, 0] }]);
    expect(await store.search([1, 0, 0], 1)).toHaveLength(1);
  });

  it('finds by words what the vectors do not see, in scripts without spaces as well', async () => {
    const store = await opened();
    await store.add([
      { id: 'other', text: 'The weather', vector: [1, 0.1] },
      { id: 'number', text: 'Article DX-7000 is sold out', vector: [-1, 0] },
      { id: 'japanese', text: '今日は雨です', vector: [-1, 0.1], metadata: { lang: 'ja' } },
    ]);
    const ids = async (text: string, where: Where = {}) =>
      (await store.search([1, 0], 2, { text, where })).map(({ id }) => id);
    expect(await ids('DX-7000')).toContain('number');
    expect(await ids('雨')).toContain('japanese');
    expect(await ids("o'clock \\ ' & | !")).toHaveLength(2);
    expect(await ids('DX-7000', { lang: 'ja' })).toEqual(['japanese']);
  });

  it('looks in an index where there are many, and compares all when it is asked to', async () => {
    const store = await opened();
    let seed = 1;
    const random = () => {
      seed = (seed * 48_271) % 2_147_483_647;
      return seed / 2_147_483_647 - 0.5;
    };
    const vectorOf = () => Array.from({ length: 16 }, random);
    const items = Array.from({ length: 10_400 }, (_, n) => ({
      id: `${n}`,
      text: `${n}`,
      vector: vectorOf(),
      metadata: { rest: n % 100, half: n % 2 },
    }));
    await store.add(items);
    let found = 0;
    for (let query = 0; query < 20; query++) {
      const asked = vectorOf();
      const exact = await store.search(asked, 10, { exact: true });
      const near = new Set((await store.search(asked, 10)).map(({ id }) => id));
      found += exact.filter(({ id }) => near.has(id)).length;
      const few = await store.search(asked, 10, { where: { rest: 7 } });
      expect(few).toEqual(await store.search(asked, 10, { where: { rest: 7 }, exact: true }));
      expect(await store.search(asked, 10, { where: { half: { in: [0, 1] } } })).toHaveLength(10);
    }
    expect(found).toBeGreaterThan(180);
  }, 300_000);
});

type Step =
  | { add: { text: string; vector: number[]; metadata: Metadata; id?: string }[] }
  | { remove: string[] }
  | { removeWhere: Where }
  | { search: number[]; k: number; where: Where; filter: boolean }
  | { list: Where; limit?: number }
  | { count: Where };

/** What a store gives, or the kind of its error. */
async function outcome(store: VectorStore, step: Step): Promise<unknown> {
  const run = async () => {
    if ('add' in step)
      return await store.add(step.add.map(({ id, ...rest }) => (id === undefined ? rest : { id, ...rest })));
    if ('remove' in step) return await store.delete(step.remove);
    if ('removeWhere' in step) return await store.delete({ where: step.removeWhere });
    if ('count' in step) return await store.count({ where: step.count });
    if ('list' in step)
      return await store.list({ where: step.list, ...(step.limit && { limit: step.limit }) });
    const { search, k, where, filter } = step;
    const onlyRain = filter && { filter: ({ text }: { text: string }) => text.includes('rain') };
    const found = await store.search(search, k, { where, ...onlyRain });
    // Two that are equally near may come in either order, by the last digit of a sum.
    const rounded = found.map(({ score, ...item }) => ({ ...item, score: Math.round(score * 1e4) + 0 }));
    return rounded.toSorted((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1));
  };
  return await run().catch((error) => ({ failed: error.kind ?? String(error) }));
}

describe.skipIf(inject('postgresUrl') === '')('a server', () => {
  it('has a history and vectors side by side', async () => {
    const { openHistory } = await import('lib/history');
    const schema = newSchema();
    const history = await openHistory(inject('postgresUrl'), { schema });
    const store = await openVectorStore(inject('postgresUrl'), { schema });
    await store.add([{ text: 'a', vector: [1] }]);
    expect(await history.sessions()).toEqual([]);
    expect(await store.count()).toBe(1);
    await store.close();
    await history.close();
  });
});
