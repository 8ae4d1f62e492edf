import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { copyHistory, openHistory } from 'lib/history';
import { copyVectors, openVectorStore } from 'lib/retrieval';
import { describe, expect, inject, it, onTestFinished } from 'vitest';
import { toolCall, turn, user } from '../lib/history/messages.ts';
import { newSchema } from './databases.ts';

const url = inject('postgresUrl');

function newFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'copy-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, 'chats.db');
}

describe.skipIf(url === '')('a SQLite file', () => {
  it('is copied as it is, goes on where it was interrupted, and leaves alone what went on since', async () => {
    const file = newFile();
    const source = await openHistory(file);
    await source.append('anna', turn('one \0 \ud83d', '1'), 0);
    await source.append('anna', { summary: 'We counted.', coversTo: 1 }, 1);
    const bytes = new Uint8Array([0, 255]);
    const image = { image: { format: 'png' as const, source: { bytes } } };
    await source.append(
      'ben',
      { messages: [{ role: 'user', content: [image] }, ...turn('', 'b').messages.slice(1)] },
      0,
    );
    await source.append('carl', { messages: [user('q')], open: true }, 0);
    await source.append('carl', { messages: [toolCall('t')], open: true }, 1);
    await source.append('anna', turn('two', '2'), 2);
    const [anna, ben, sessions] = [
      await source.read('anna'),
      await source.read('ben'),
      await source.sessions(),
    ];
    await source.close();
    const schema = newSchema();

    const target = await openHistory(url, { schema });
    onTestFinished(() => target.close());
    await target.append('carl', turn('of somebody else', 'x'), 0);
    await expect(copyHistory(file, url, { schema })).rejects.toMatchObject({
      kind: 'conflict',
      message: expect.stringContaining('"carl"'),
    });
    expect((await target.sessions()).map(({ sessionId }) => sessionId)).not.toContain('anna');
    expect(await target.read('ben')).toEqual(ben);
    await target.delete('carl');

    const progress: number[] = [];
    const options = { schema, onProgress: ({ done }: { done: number }) => progress.push(done) };
    expect(await copyHistory(file, url, options)).toEqual({ sessions: 3, entries: 5 });
    expect(progress).toEqual([1, 2, 3]);
    expect(await target.read('anna')).toEqual(anna);
    expect((await target.sessions()).map(({ sessionId }) => sessionId)).toEqual(
      sessions.map(({ sessionId }) => sessionId),
    );
    // Who had it open is not asked any more.
    expect((await target.read('carl')).repairs).toHaveLength(1);
    await target.append('ben', turn('later', 'x'), 1);
    expect(await copyHistory(file, url, { schema })).toEqual({ sessions: 3, entries: 0 });
    expect((await target.read('ben')).sequence).toBe(2);
  });

  it('is copied by the command, with its vectors, twice as well', async () => {
    const file = newFile();
    const store = await openVectorStore(file, { modelId: 'amazon.titan-embed-text-v2:0' });
    await store.add(
      Array.from({ length: 1_200 }, (_, n) => ({
        id: `${n}`,
        text: `text ${n}`,
        vector: [n + 1, 1],
        metadata: { n },
      })),
    );
    const query = [3, 1];
    const found = await store.search(query, 5, { where: { n: { gte: 100 } } });
    await store.close();
    const schema = newSchema();
    const script = join(import.meta.dirname, '..', '..', 'packages', 'workshop', 'src', 'copy-history.ts');
    for (let time = 0; time < 2; time++) {
      const { stdout, stderr } = spawnSync(process.execPath, [script, file, url, '--schema', schema], {
        encoding: 'utf8',
      });
      expect(stderr).toBe('');
      expect(stdout).toBe('0 sessions are there (0 entries were new), and 1200 vectors.\n');
    }
    const copied = await openVectorStore(url, { schema, modelId: 'amazon.titan-embed-text-v2:0' });
    onTestFinished(() => copied.close());
    const there = await copied.search(query, 5, { where: { n: { gte: 100 } } });
    expect(there.map(({ id }) => id)).toEqual(found.map(({ id }) => id));
  });

  it('that is not there is not begun, and an error names the next step', async () => {
    const file = newFile();
    await expect(copyHistory(file, url)).rejects.toMatchObject({
      kind: 'file',
      message: expect.stringContaining('no file'),
    });
    await expect(copyVectors(file, url)).rejects.toMatchObject({ kind: 'file' });
  });
});
