/**
 * How long a search among 100,000 vectors of 256 dimensions takes: median of 25, in milliseconds; then what comes
 * before it: adding them, opening the file, and the first search, which reads them all into memory. Then, among 20,000,
 * how much longer a search with `where` takes that keeps 1 % of them, and the same as a `filter`.
 *
 *   node test/bench/vectors.ts
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openVectorStore } from '../../lib/retrieval/vector-store.ts';
import type { DatabaseDriver } from '../../lib/sqlite/database.ts';
import { median, printTable, timed } from './measure.ts';

const count = 100_000;
const dimensions = 256;
const searches = 25;
const goalMs = 50;

async function measure(driver: DatabaseDriver, folder: string): Promise<Record<string, string>> {
  const file = join(folder, `${driver}.sqlite`);
  const store = await openVectorStore(file, { driver });
  const items = Array.from({ length: count }, (_, n) => ({
    id: `note-${n}`,
    text: `Note ${n}, about ${n % 97} words long.`,
    vector: randomVector(),
    metadata: { part: n % 10 },
  }));
  const addMs = await timed(() => store.add(items));
  const addOneMs = await timed(() => store.add([{ text: 'one more', vector: randomVector() }]));
  await store.close();

  const again = await openVectorStore(file, { driver });
  const firstMs = await timed(() => again.search(randomVector(), 10));
  const plain: number[] = [];
  const filtered: number[] = [];
  for (let search = 0; search < searches; search++) {
    plain.push(await timed(() => again.search(randomVector(), 10)));
    const filter = ({ metadata }: { metadata?: { part?: unknown } }) => metadata?.part === 3;
    filtered.push(await timed(() => again.search(randomVector(), 10, { filter })));
  }
  await again.close();
  return {
    driver,
    'search, ms': median(plain).toFixed(1),
    [`goal ${goalMs} ms`]: median(plain) <= goalMs ? 'met' : 'MISSED',
    'with a filter, ms': median(filtered).toFixed(1),
    'first search, ms': firstMs.toFixed(0),
    'add all, ms': addMs.toFixed(0),
    'add one, ms': addOneMs.toFixed(1),
    'file, MB': (statSync(file).size / 1e6).toFixed(0),
  };
}

const fewer = 20_000;
/** How much longer a search may take that `where` narrows. */
const goalTimes = 2;

async function measureWhere(driver: DatabaseDriver): Promise<Record<string, string>> {
  const store = await openVectorStore(':memory:', { driver });
  await store.add(
    Array.from({ length: fewer }, (_, n) => ({
      id: `note-${n}`,
      text: `Note ${n}, about ${n % 97} words long.`,
      vector: randomVector(),
      metadata: { part: n % 100, lang: n % 2 === 0 ? 'en' : 'ja' },
    })),
  );
  await store.search(randomVector(), 10);
  const plain: number[] = [];
  const where: number[] = [];
  const most: number[] = [];
  const filtered: number[] = [];
  for (let search = 0; search < searches; search++) {
    plain.push(await timed(() => store.search(randomVector(), 10)));
    where.push(await timed(() => store.search(randomVector(), 10, { where: { part: 3 } })));
    most.push(await timed(() => store.search(randomVector(), 10, { where: { part: { ne: 3 } } })));
    const filter = ({ metadata }: { metadata?: { part?: unknown } }) => metadata?.part === 3;
    filtered.push(await timed(() => store.search(randomVector(), 10, { filter })));
  }
  await store.close();
  const times = (values: readonly number[]) => (median(values) / median(plain)).toFixed(2);
  return {
    driver,
    'search, ms': median(plain).toFixed(1),
    'where keeps 1 %, times': times(where),
    [`goal ${goalTimes} times`]: Number(times(where)) <= goalTimes ? 'met' : 'MISSED',
    'where keeps 99 %, times': times(most),
    'filter keeps 1 %, times': times(filtered),
  };
}

function randomVector(): Float32Array {
  return Float32Array.from({ length: dimensions }, () => Math.random() - 0.5);
}

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-vectors-'));
  try {
    const rows = [await measure('node', folder), await measure('sql.js', folder)];
    console.log(`${count.toLocaleString('en')} vectors of ${dimensions} dimensions`);
    printTable(rows);
    console.log(`${fewer.toLocaleString('en')} vectors of ${dimensions} dimensions, in memory`);
    printTable([await measureWhere('node'), await measureWhere('sql.js')]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

void main();
