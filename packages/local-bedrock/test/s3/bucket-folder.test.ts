import { mkdir, mkdtemp, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openBucketFolder } from '../../src/s3/bucket-folder.ts';

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'bucket-folder-'));
  await mkdir(join(root, 'a-bucket'));
});
afterAll(() => rm(root, { recursive: true }));

it('a list that goes round more files than are remembered does not read all of them anew', async () => {
  const folder = await openBucketFolder(root, 2);
  const keys = ['one', 'two', 'three'];
  const etags = () =>
    Promise.all(
      keys.map(async (key) => {
        const object = await folder.open('a-bucket', key);
        await object.close();
        return object.etag;
      }),
    );
  const write = async (words: string, time = new Date('2026-01-01')) => {
    for (const key of keys) {
      const path = join(root, 'a-bucket', key);
      await writeFile(path, words);
      await utimes(path, time, time);
    }
  };
  await write('first');
  for (const key of keys) await (await folder.open('a-bucket', key)).close();
  const [one, two, three] = await etags();
  // Another content of the same size and time shows what is read again.
  await write('other');
  expect((await stat(join(root, 'a-bucket', 'one'))).size).toBe(5);
  const again = await etags();
  expect(again.slice(0, 2)).toEqual([one, two]);
  expect(again[2]).not.toBe(three);
  // With another time, all are.
  await write('third', new Date('2026-02-01'));
  expect((await etags()).filter((etag) => again.includes(etag))).toEqual([]);
  await folder.close();
});
