import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
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

/** What a kernel has for its cells where temporary files are in this folder, and what is there meanwhile. */
function startIn(temporary: string) {
  const program = `
    const { localEnvironment } = await import('./packages/workshop/src/kernel/local-environment.ts');
    await localEnvironment(process.env);
    const { readdirSync, statSync } = await import('node:fs');
    const folder = process.env.TMPDIR;
    const { AWS_ENDPOINT_URL_BEDROCK: url = '', AWS_ENDPOINT_URL_S3: s3, BEDROCK_BATCH_FOLDER: batch } = process.env;
    const names = statSync(folder).isDirectory() ? readdirSync(folder) : [];
    console.log(JSON.stringify({ isLocal: url.startsWith('http://127.0.0.1:') && s3 === url, batch, names, pid: process.pid }));
  `;
  const { BEDROCK_BATCH_FOLDER: _, ...env } = process.env;
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
    cwd: join(import.meta.dirname, '../../../..'),
    env: { ...env, TMPDIR: temporary, AWS_REGION: 'us-east-1' },
    encoding: 'utf8',
  });
  return { ...JSON.parse(stdout || stderr), stderr };
}

it('takes away what kernels that were killed have left, and nothing of those that run', () => {
  const temporary = join(folder, 'left');
  const [ended, running, other] = [
    'local-bedrock-4194305-Abc123',
    `local-bedrock-${process.pid}-Abc123`,
    'x',
  ];
  for (const name of [ended, running, other])
    mkdirSync(join(temporary, name, 'notebooks'), { recursive: true });
  const { names, pid } = startIn(temporary);
  expect(names.filter((name: string) => !name.startsWith(`local-bedrock-${pid}-`)).sort()).toEqual([
    running,
    other,
  ]);
  expect(names).toHaveLength(3);
  expect(readdirSync(temporary).sort()).toEqual([running, other]);
});

it('starts without a bucket where no temporary folder can be made', () => {
  const temporary = join(folder, 'no-folder');
  writeFileSync(temporary, '');
  const { stderr, ...started } = startIn(temporary);
  expect(started).toMatchObject({ isLocal: true, names: [] });
  expect(started).not.toHaveProperty('batch');
  expect(stderr).toMatch(/^There is no bucket for batch jobs: ENOTDIR.*\n$/);
});
