import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { nameOf } from '../../src/setup/processes.mjs';

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
  const { stdout, stderr } = runIn(temporary, program);
  return { ...JSON.parse(stdout || stderr), stderr };
}

function runIn(temporary: string, program: string) {
  const { BEDROCK_BATCH_FOLDER: _, ...env } = process.env;
  return spawnSync(process.execPath, ['--input-type=module', '-e', program], {
    cwd: join(import.meta.dirname, '../../../..'),
    env: { ...env, TMPDIR: temporary, AWS_REGION: 'us-east-1' },
    encoding: 'utf8',
  });
}

it('takes away what kernels that were killed have left, and nothing of those that run or of anybody else', () => {
  const temporary = join(folder, 'left');
  mkdirSync(temporary);
  const kernel = `
    const { localEnvironment } = await import('./packages/workshop/src/kernel/local-environment.ts');
    await localEnvironment(process.env);
    process.kill(process.pid, 'SIGKILL');
  `;
  expect(runIn(temporary, kernel).signal).toBe('SIGKILL');
  const [killed = ''] = readdirSync(temporary);
  const marker = readdirSync(join(temporary, killed)).find((name) => name !== 'notebooks') ?? '';
  const text = readFileSync(join(temporary, killed, marker), 'utf8');
  const put = (name: string, mark: string) => {
    mkdirSync(join(temporary, name, 'notebooks'), { recursive: true });
    writeFileSync(join(temporary, name, marker), mark);
  };
  const numbers = / \d+ (\S+)$/;
  put('local-bedrock-running', text.replace(numbers, ` ${nameOf(process.pid)}`));
  // A number that another process has now.
  put('local-bedrock-reused', text.replace(numbers, ` ${process.pid} 1`));
  put('local-bedrock-unread', 'x');
  for (const name of ['local-bedrock-20261130-recordings', 'local-bedrock-4194305-Abc123', 'x'])
    mkdirSync(join(temporary, name));
  const kept = [
    'local-bedrock-20261130-recordings',
    'local-bedrock-4194305-Abc123',
    ...(process.platform === 'linux' ? [] : ['local-bedrock-reused']),
    'local-bedrock-running',
    'local-bedrock-unread',
    'x',
  ];
  const { names, pid } = startIn(temporary);
  expect(names.filter((name: string) => !name.startsWith(`local-bedrock-${pid}-`)).sort()).toEqual(kept);
  expect(names).toHaveLength(kept.length + 1);
  expect(readdirSync(temporary).sort()).toEqual(kept);
});

it('starts without a bucket where no temporary folder can be made', () => {
  const temporary = join(folder, 'no-folder');
  writeFileSync(temporary, '');
  const { stderr, ...started } = startIn(temporary);
  expect(started).toMatchObject({ isLocal: true, names: [] });
  expect(started).not.toHaveProperty('batch');
  expect(stderr).toMatch(/^There is no bucket for batch jobs: ENOTDIR.*\n$/);
});
