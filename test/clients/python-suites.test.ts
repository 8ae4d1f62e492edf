import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { credentials, useEndpoint } from './endpoint.ts';
import { python } from './install.ts';
import { knownFailures } from './known-failures.ts';

const endpoint = useEndpoint();
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'python-suites-'));
});
afterAll(() => rm(folder, { recursive: true }));

interface Outcome {
  readonly name: string;
  readonly status: 'passed' | 'failed' | 'skipped';
  readonly message: string;
}

/** Runs a file of pytest, and reads what came of each test. */
async function runSuite(file: string): Promise<readonly Outcome[]> {
  const report = join(folder, `${file}.xml`);
  const args = [
    '-m',
    'pytest',
    '-p',
    'no:cacheprovider',
    '-q',
    '-o',
    'asyncio_mode=auto',
    `--junitxml=${report}`,
  ];
  const env = {
    ...process.env,
    LOCAL_BEDROCK: endpoint().url,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
  };
  // A red exit code is told by the report, and a missing report by the reading of it.
  const output = await new Promise<string>((resolve) => {
    execFile(
      python,
      [...args, file],
      { cwd: join(import.meta.dirname, 'python'), env },
      (_, stdout, stderr) => resolve(stdout + stderr),
    );
  });
  const xml = await readFile(report, 'utf8').catch(() => {
    throw new Error(`pytest wrote no report: ${output}`);
  });
  return [...xml.matchAll(/<testcase ([^>]*?)(?:\/>|>(.*?)<\/testcase>)/gs)].map(
    ([, attributes = '', inside = '']) => {
      const read = (name: string) => new RegExp(`\\b${name}="([^"]*)"`).exec(attributes)?.[1] ?? '';
      const name = `${read('classname').split('.').at(-1)}.${read('name')}`;
      const message = /message="([^"]*)"/.exec(inside)?.[1] ?? '';
      if (/<(?:failure|error) /.test(inside)) return { name, status: 'failed', message };
      return { name, status: inside.includes('<skipped') ? 'skipped' : 'passed', message };
    },
  );
}

function grouped<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return groups;
}

/** Prints a row for each class: what passed, what did not, and why. */
function printTable(outcomes: readonly Outcome[]): void {
  const rows = grouped(outcomes, ({ name }) => name.split('.')[0] ?? name);
  const count = (all: readonly Outcome[], status: Outcome['status']) =>
    all.filter((outcome) => outcome.status === status).length;
  for (const [suite, all] of rows) {
    const reasons = all.flatMap(({ name, status }) =>
      status === 'failed' ? (knownFailures.find(({ tests }) => tests.test(name))?.reason ?? 'unknown') : [],
    );
    const why = [...grouped(reasons, (reason) => reason)].map(
      ([reason, { length }]) => `${length} ${reason}`,
    );
    console.log(
      `${suite}: ${count(all, 'passed')} passed, ${count(all, 'failed')} failed (${why.join(', ') || 'none'}), ${count(all, 'skipped')} skipped`,
    );
  }
}

describe.each([
  ['Pydantic AI, and the SDKs of Anthropic, OpenAI and AWS', 'test_probes.py', 20],
  ["LangChain's standard suites", 'test_langchain.py', 100],
])('%s', (_, file, atLeast) => {
  it('fails where the list says, and nowhere else', { timeout: 900_000 }, async () => {
    const outcomes = await runSuite(file);
    printTable(outcomes);
    expect(outcomes.filter(({ status }) => status === 'passed').length).toBeGreaterThan(atLeast);
    const unknown = outcomes.filter(
      ({ name, status }) => status === 'failed' && !knownFailures.some(({ tests }) => tests.test(name)),
    );
    expect(unknown).toEqual([]);
  });
});
