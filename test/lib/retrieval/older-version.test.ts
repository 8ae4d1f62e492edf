import { chmodSync, copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openVectorStore } from '../../../lib/retrieval/vector-store.ts';

const drivers = ['node', 'sql.js'] as const;

/** As lib wrote it in November 2026, with tables of version 1. */
function fileOf(writer: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'vectors-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'old.sqlite3');
  copyFileSync(join(import.meta.dirname, 'fixtures', `2026-11-${writer}.sqlite3`), file);
  return file;
}

describe.each(drivers.flatMap((writer) => drivers.map((driver) => [writer, driver] as const)))(
  'vectors that an older version wrote through %s, opened through %s',
  (writer, driver) => {
    it('are found as they were written, also by their metadata, and more are added', async () => {
      const file = fileOf(writer);
      const store = await openVectorStore(file, { driver, modelId: 'amazon.titan-embed-text-v2:0' });
      expect((await store.list()).map(({ id }) => id).slice(0, 3)).toEqual(['east', 'north', 'up']);
      expect(await store.search([0, 2, 0], 1)).toEqual([
        {
          id: 'north',
          text: '北極星は北にあります。',
          metadata: { lang: 'ja', year: 2024, draft: true },
          score: 1,
        },
      ]);
      expect((await store.get('up'))?.metadata).toEqual({ bytes: new Uint8Array([0, 255]), page: null });
      const ids = async (where: Parameters<typeof store.count>[0]) =>
        (await store.list(where)).map(({ id }) => id);
      expect(await ids({ where: { year: { gte: 2019, lt: 2024 } } })).toEqual(['east']);
      expect(await ids({ where: { tags: 'sky' } })).toEqual(['east']);
      expect(await ids({ where: { draft: true } })).toEqual(['north']);
      expect(await ids({ where: { page: null } })).toEqual(['up']);

      await store.add([{ id: 'west', text: 'West', vector: [-1, 0, 0], metadata: { lang: 'en' } }]);
      expect(await ids({ where: { lang: 'en' } })).toEqual(['east', 'west']);
      expect(await store.delete({ where: { lang: 'en' } })).toBe(2);
      await store.close();
      for (const other of drivers) {
        const again = await openVectorStore(file, { driver: other });
        expect(await again.count()).toBe(3);
        await again.close();
      }
    });
  },
);

it.each(drivers)(
  'a file of an older version that may only be read is searched through %s',
  async (driver) => {
    const file = fileOf(driver);
    chmodSync(file, 0o444);
    chmodSync(dirname(file), 0o555);
    onTestFinished(() => chmodSync(dirname(file), 0o755));
    if (process.getuid?.() === 0) {
      process.seteuid?.(65_534);
      onTestFinished(() => process.seteuid?.(0));
    }
    const store = await openVectorStore(file, { driver });
    expect((await store.search([0, 2, 0], 1))[0]?.id).toBe('north');
    await store.close();
  },
);
