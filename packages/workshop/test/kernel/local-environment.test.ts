import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'local-environment-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What a kernel's cells do, in a process that ends: S3's own client, with nothing said but the region. */
const cells = `
  const { localEnvironment } = await import('./packages/workshop/src/kernel/local-environment.ts');
  await localEnvironment(process.env);
  const { PutObjectCommand, ListObjectsV2Command, S3Client } = await import('@aws-sdk/client-s3');
  const s3 = new S3Client({ region: process.env.AWS_REGION });
  const [, Bucket, Prefix] = /^s3:\\/\\/([^/]+)\\/(.+)$/.exec(process.env.BEDROCK_BATCH_FOLDER);
  await s3.send(new PutObjectCommand({ Bucket, Key: Prefix + '/letters.jsonl', Body: '{}' }));
  const { Contents } = await s3.send(new ListObjectsV2Command({ Bucket }));
  const { readdirSync } = await import('node:fs');
  console.log(JSON.stringify({ keys: Contents.map(({ Key }) => Key), folders: readdirSync(process.env.TMPDIR).length }));
  s3.destroy();
`;

it('gives the cells a bucket of S3, in a temporary folder that goes with the kernel', () => {
  const { stdout, stderr, status } = spawnSync(process.execPath, ['--input-type=module', '-e', cells], {
    cwd: join(import.meta.dirname, '../../../..'),
    env: { ...process.env, TMPDIR: folder, AWS_REGION: 'us-east-1' },
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
  expect(status).toBe(0);
  expect(JSON.parse(stdout)).toEqual({ keys: ['batch/letters.jsonl'], folders: 1 });
  expect(readdirSync(folder)).toEqual([]);
});
