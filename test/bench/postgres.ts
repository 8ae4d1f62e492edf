/**
 * PostgreSQL against a file: three processes that answer 20 users at once, and the index of 100,000 vectors of 256
 * numbers: how much of the exact answer it finds, and how long a search takes.
 *
 *   node test/bench/postgres.ts [number of vectors]
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openVectorStore, type SearchOptions } from 'lib/retrieval';
import { startServer } from '../postgres/server.ts';
import { runProcesses } from '../postgres/three-processes.ts';
import { median, printTable, timed } from './measure.ts';

const count = Number(process.argv[2] ?? 100_000);
const dimensions = 256;
const server = await startServer();
const folder = mkdtempSync(join(tmpdir(), 'bench-postgres-'));

const rows: Record<string, string>[] = [];
for (const [name, location] of Object.entries({ SQLite: join(folder, 'chats.db'), PostgreSQL: server.url })) {
  const { answered, conflicts, calls, stored, seconds } = await runProcesses(location, 20, 3);
  rows.push({
    '3 processes': name,
    answered: `${answered}`,
    conflicts: `${conflicts}`,
    paid: `${calls}`,
    stored: `${stored}`,
    s: seconds.toFixed(1),
  });
}
printTable(rows);

let seed = 1;
const random = () => {
  seed = (seed * 48_271) % 2_147_483_647;
  return seed / 2_147_483_647 - 0.5;
};
const random256 = () => Float32Array.from({ length: dimensions }, random);
/** Texts are about something: vectors lie around a few hundred topics. */
const topics = Array.from({ length: 300 }, random256);
const vectorOf = (n: number) => {
  const topic = topics[n % topics.length] ?? random256();
  return topic.map((axis) => axis + 0.6 * random());
};
const store = await openVectorStore(server.url);
const filled = await timed(async () => {
  for (let start = 0; start < count; start += 2_000) {
    await store.add(
      Array.from({ length: Math.min(2_000, count - start) }, (_, n) => ({
        id: `${start + n}`,
        text: `text ${start + n}`,
        vector: vectorOf(start + n),
        metadata: { rest: (start + n) % 100 },
      })),
    );
  }
});
const times: Record<'index' | 'exact' | 'filtered', number[]> = { index: [], exact: [], filtered: [] };
let found = 0;
const queries = 50;
for (let query = 0; query < queries; query++) {
  const asked = vectorOf(query * 7);
  const search = async (kind: keyof typeof times, options: SearchOptions) => {
    const begun = performance.now();
    const result = await store.search(asked, 10, options);
    times[kind].push(performance.now() - begun);
    return result;
  };
  const near = await search('index', {});
  const exact = await search('exact', { exact: true });
  await search('filtered', { where: { rest: 7 } });
  const ids = new Set(near.map(({ id }) => id));
  found += exact.filter(({ id }) => ids.has(id)).length;
}
printTable([
  {
    vectors: `${count}`,
    'filled s': (filled / 1000).toFixed(0),
    'index ms': median(times.index).toFixed(1),
    'exact ms': median(times.exact).toFixed(1),
    '1 % filter ms': median(times.filtered).toFixed(1),
    'recall@10': (found / (queries * 10)).toFixed(3),
  },
]);
await store.close();
await server.stop();
rmSync(folder, { recursive: true, force: true });
