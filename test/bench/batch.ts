/**
 * Time and memory of a batch job's texts in the program that prepares and collects them: 10,000 and 100,000 of about
 * 400 characters, against a local endpoint in a process of its own. What the job itself takes is the endpoint's.
 *
 *   node test/bench/batch.ts
 */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { BedrockClient } from '@aws-sdk/client-bedrock';
import { S3Client } from '@aws-sdk/client-s3';
import { batch, promptTask } from 'lib/tasks';
import { printTable } from './measure.ts';

const folder = mkdtempSync(join(tmpdir(), 'bench-batch-'));
mkdirSync(join(folder, 'bucket'));
const cli = join(import.meta.dirname, '..', '..', 'packages', 'local-bedrock', 'src', 'cli.ts');
const endpoint = spawn(process.execPath, [cli, '--quiet', '--s3', folder, '--port', '0'], {
  stdio: ['ignore', 'pipe', 'inherit'],
});
const url = await new Promise<string>((resolve) => {
  createInterface({ input: endpoint.stdout }).on('line', (line) => {
    const found = /http:\/\/[\d.]+:\d+/.exec(line)?.[0];
    if (found !== undefined) resolve(found);
  });
});
const connection = {
  endpoint: url,
  region: 'us-east-1',
  credentials: { accessKeyId: 'x', secretAccessKey: 'y' },
};
const [client, s3] = [new BedrockClient(connection), new S3Client({ ...connection, forcePathStyle: true })];
const words = 'word '.repeat(75);
const task = promptTask({ prompt: (text) => `What is ${text.slice(0, 12).trim()}?`, maxTokens: 20 });

let peak = 0;
const watch = setInterval(() => {
  peak = Math.max(peak, process.memoryUsage.rss());
}, 50);
const rows: Record<string, string>[] = [];
for (const records of [10_000, 100_000]) {
  peak = 0;
  function* texts(): Generator<string> {
    for (let n = 0; n < records; n++) yield `${n} + 1      ${words}`;
  }
  const begun = performance.now();
  const run = await batch(texts, task, {
    client,
    s3,
    modelId: 'amazon.nova-micro-v1:0',
    name: `bench-${records}`,
    folder: 's3://bucket/bench',
    roleArn: 'arn:aws:iam::123456789012:role/batch',
  });
  const prepared = performance.now();
  await run.wait({ pollMs: 500 });
  const waited = performance.now();
  let answered = 0;
  for await (const { value } of run.results({ pollMs: 500 })) if (value !== undefined) answered++;
  const collected = performance.now();
  const seconds = (from: number, to: number) => ((to - from) / 1000).toFixed(1);
  rows.push({
    records: `${records}`,
    jobs: `${run.plan.jobs.length}`,
    answered: `${answered}`,
    'prepared s': seconds(begun, prepared),
    'job s': seconds(prepared, waited),
    'collected s': seconds(waited, collected),
    'peak MB': `${Math.round(peak / 1e6)}`,
  });
}
clearInterval(watch);
printTable(rows);
endpoint.kill();
rmSync(folder, { recursive: true, force: true });
