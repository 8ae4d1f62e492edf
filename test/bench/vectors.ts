/**
 * How long a search among 100,000 vectors of 256 dimensions takes: median of 25, in milliseconds; then what comes
 * before it: adding them, opening the file, and the first search, which reads them all into memory.
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

function randomVector(): Float32Array {
  return Float32Array.from({ length: dimensions }, () => Math.random() - 0.5);
}

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-vectors-'));
  try {
    const rows = [await measure('node', folder), await measure('sql.js', folder)];
    console.log(`${count.toLocaleString('en')} vectors of ${dimensions} dimensions`);
    printTable(rows);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

void main();
