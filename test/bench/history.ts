/**
 * What it costs to append a turn to a history of 100, 10,000 and 100,000 stored messages: median of many, in
 * milliseconds, on disk. Both drivers write only what is new, so that it should not grow; to put the whole file in the
 * place of the old one at each turn, as notebook 003 begins, does. Reading a session of 2,000 turns, and listing the
 * sessions, for comparison.
 *
 *   node test/bench/history.ts
 */
import { mkdtempSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { addEntry, addSession, encodeEntry } from '../../lib/history/entries.ts';
import type { Turn } from '../../lib/history/history.ts';
import { openHistory } from '../../lib/history/open-history.ts';
import { transcriptOf } from '../../lib/history/transcript.ts';
import type { DatabaseDriver } from '../../lib/sqlite/database.ts';
import { openDatabase } from '../../lib/sqlite/open-database.ts';
import { loadSqlJs } from '../../lib/sqlite/sql-js.ts';
import { median, printTable, timed } from './measure.ts';

const sizes = [100, 10_000, 100_000];
const messageCharacters = 500;
const turnsPerSession = 2_000;
/** How much dearer the `node` driver may be with the most messages than with the fewest. */
const goal = 1.5;

function turnOf(n: number): Turn {
  const text = `${n} ${'word '.repeat(messageCharacters / 5)}`;
  return {
    messages: [
      { role: 'user', content: [{ text }] },
      { role: 'assistant', content: [{ text }] },
    ],
    modelId: 'amazon.nova-micro-v1:0',
    usage: { inputTokens: 100, outputTokens: 100, totalTokens: 200 },
  };
}

/** A file with this many messages, two a turn. */
async function fill(file: string, messages: number): Promise<void> {
  await (await openHistory(file, { driver: 'node' })).close();
  const database = await openDatabase(file, { driver: 'node' });
  const now = new Date().toISOString();
  await database.write((tables) => {
    let session = 0;
    for (let turn = 0; turn < messages / 2; turn++) {
      const place = turn % turnsPerSession;
      if (place === 0) session = addSession(tables, `session-${turn / turnsPerSession}`, now);
      addEntry(tables, session, place + 1, encodeEntry(turnOf(turn)), now);
    }
  });
  await database.close();
}

async function measure(file: string, driver: DatabaseDriver, messages: number) {
  const openMs = await timed(async () => (await openHistory(file, { driver })).close());
  const history = await openHistory(file, { driver });
  const appends: number[] = [];
  let { sequence } = await history.read('new');
  for (let append = 0; append < (driver === 'node' ? 200 : 15); append++) {
    const turn = turnOf(append);
    appends.push(
      await timed(async () => {
        sequence = await history.append('new', turn, sequence);
      }),
    );
  }
  const reads: number[] = [];
  const lists: number[] = [];
  for (let read = 0; read < 9; read++) {
    reads.push(await timed(async () => transcriptOf((await history.read('session-0')).entries)));
    lists.push(await timed(() => history.sessions()));
  }
  await history.close();
  return {
    driver,
    messages,
    appendMs: median(appends),
    openMs,
    readMs: median(reads),
    listMs: median(lists),
  };
}

/** As a program does that has nothing but sql.js: the database as bytes, beside the file, forced to disk, renamed. */
async function measureWholeFile(file: string, messages: number) {
  const SqlJs = await loadSqlJs();
  const database = new SqlJs.Database(readFileSync(file));
  const appends: number[] = [];
  for (let append = 0; append < 15; append++) {
    const body = JSON.stringify(turnOf(append));
    appends.push(
      await timed(() => {
        database.run(
          "INSERT INTO entry (session, sequence, kind, created_at, body) VALUES (1, ?, 'turn', '', ?)",
          [1_000_000 + append, body],
        );
        writeFileSync(`${file}-copy`, database.export(), { flush: true });
        renameSync(`${file}-copy`, file);
      }),
    );
  }
  database.close();
  return { driver: 'whole file', messages, appendMs: median(appends) };
}

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-history-'));
  try {
    const results = [];
    const wholeFiles = [];
    for (const messages of sizes) {
      const file = join(folder, `${messages}.sqlite`);
      await fill(file, messages);
      for (const driver of ['node', 'sql.js'] as const) {
        results.push({ ...(await measure(file, driver, messages)), bytes: statSync(file).size });
      }
      wholeFiles.push(await measureWholeFile(file, messages));
    }
    results.sort((one, other) => one.driver.localeCompare(other.driver));
    printTable([
      ...results.map((result) => ({
        driver: result.driver,
        messages: result.messages.toLocaleString('en'),
        'append a turn, ms': result.appendMs.toFixed(2),
        'open, ms': result.openMs.toFixed(0),
        'read 2,000 turns, ms': result.messages < 2 * turnsPerSession ? '' : result.readMs.toFixed(1),
        'list sessions, ms': result.listMs.toFixed(1),
        'file, MB': (result.bytes / 1e6).toFixed(1),
      })),
      ...wholeFiles.map((result) => ({
        driver: result.driver,
        messages: result.messages.toLocaleString('en'),
        'append a turn, ms': result.appendMs.toFixed(2),
      })),
    ]);
    const [first, , last] = results.filter(({ driver }) => driver === 'node');
    const ratio = (last?.appendMs ?? 0) / (first?.appendMs ?? 0);
    console.log(`node: ${ratio.toFixed(2)} times as much at the most messages as at the fewest`);
    console.log(`goal: at most ${goal} times: ${ratio <= goal ? 'met' : 'MISSED'}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

void main();
