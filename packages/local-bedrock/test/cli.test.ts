import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BedrockRuntimeClient } from '@aws-sdk/client-bedrock-runtime';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { startLocalBedrock } from '../src/index.ts';
import { bodies, http2Client, invoke, novaMicro, titanExpress } from './endpoint.ts';

const cli = fileURLToPath(new URL('../src/cli.ts', import.meta.url));
const running = new Set<ChildProcess>();

afterEach(() => {
  for (const child of running) child.kill('SIGKILL');
  running.clear();
});

/** The command, with what it has printed so far and how it ended. */
function run(...args: string[]) {
  return runProgram(process.execPath, [cli, ...args]);
}

function runProgram(program: string, args: readonly string[], cwd?: string, more: NodeJS.ProcessEnv = {}) {
  // The command's first line looks for `node`: this one.
  const env = {
    ...process.env,
    ...more,
    PATH: `${dirname(process.execPath)}${delimiter}${process.env.PATH}`,
  };
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], env, ...(cwd && { cwd }) });
  running.add(child);
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk) => {
    output.stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    output.stderr += chunk;
  });
  const ended = once(child, 'close').then(([code]) => ({ code, ...output }));
  const line = Promise.race([
    once(child.stdout, 'data').then(([chunk]) => String(chunk)),
    ended.then(({ stderr }) => Promise.reject(new Error(`It ended early: ${stderr}`))),
  ]);
  line.catch(() => {});
  return { child, ended, line };
}

describe('the command', () => {
  it('is a program of its own, wherever it is called from', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'local-bedrock-'));
    const bin = fileURLToPath(new URL('../../../node_modules/.bin/local-bedrock', import.meta.url));
    const { child, ended, line } = runProgram(bin, ['--quiet'], folder);
    expect(await line).toMatch(/^Local Bedrock \(lab, stand-in answers\) listening on http:/);
    child.kill('SIGTERM');
    expect(await ended).toMatchObject({ code: 0, stderr: '' });
    expect(readdirSync(folder)).toEqual([]);
    rmSync(folder, { recursive: true });
  });

  it.each(['SIGTERM', 'SIGINT'] as const)('prints one line, answers, and ends on %s', async (signal) => {
    const { child, ended, line } = run();
    const [, url = ''] =
      /^Local Bedrock \(lab, stand-in answers\) listening on (http:\/\/127\.0\.0\.1:\d+)\n$/.exec(
        await line,
      ) ?? [];
    expect(await invoke(http2Client(url), titanExpress, bodies.titan('2 + 2'))).toMatchObject({
      results: [{ outputText: '\n2 + 2 = 4' }],
    });
    child.kill(signal);
    expect(await ended).toEqual({
      code: 0,
      stdout: await line,
      stderr: expect.stringMatching(
        /^\d\d:\d\d:\d\d InvokeModel amazon\.titan-text-express-v1 200 \d+ in \d+ out \d+ ms\n$/,
      ),
    });
  });

  it('takes a port, an era and a date', async () => {
    const free = await startLocalBedrock();
    await free.close();
    const { line } = run('--port', String(free.port), '--today', '--date', '2025-01-01');
    expect(await line).toBe(`Local Bedrock (today, stand-in answers) listening on ${free.url}\n`);
    expect(await invoke(http2Client(free.url), titanExpress, bodies.titan('2 + 2'))).toBeDefined();
  });

  it('refuses retired models with --today', async () => {
    const { line } = run('--today');
    const url = (await line).trim().split(' ').at(-1) ?? '';
    await expect(invoke(http2Client(url), titanExpress, bodies.titan('2 + 2'))).rejects.toThrow(
      'end of its life',
    );
    expect(await invoke(http2Client(url), novaMicro, bodies.nova('2 + 2'))).toBeDefined();
  });

  it('ends a stream that is being sent before it ends itself', async () => {
    const { child, ended, line } = run('--quiet', '--fault', 'slow:ms=20');
    const url = (await line).trim().split(' ').at(-1) ?? '';
    const response = await fetch(`${url}/model/${novaMicro}/invoke-with-response-stream`, {
      method: 'POST',
      body: JSON.stringify(bodies.nova('2 + 2')),
    });
    child.kill('SIGTERM');
    expect((await response.arrayBuffer()).byteLength).toBeGreaterThan(200);
    expect(await ended).toMatchObject({ code: 0, stderr: '' });
  });

  it('writes a journal and a log to files, and takes faults, access and keys', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'local-bedrock-'));
    const [log, journal] = [join(directory, 'log'), join(directory, 'journal')];
    const { child, ended, line } = run(
      ...['--log', log, '--journal', journal, '--region', 'eu-west-1', '--host', 'localhost'],
      ...[
        '--fault',
        'html:times=1,model=amazon.nova-micro-v1:0',
        '--access',
        'amazon.nova-lite-v1:0=no-access',
      ],
      ...['--auth', 'bearer', '--api-key', 'one', '--api-key', 'two'],
    );
    const url = (await line).trim().split(' ').at(-1) ?? '';
    expect(url).toMatch(/^http:\/\/localhost:/);
    const ask = async (modelId: string, key: string) =>
      (
        await fetch(`${url}/model/${modelId}/invoke`, {
          method: 'POST',
          headers: { authorization: `Bearer ${key}` },
          body: JSON.stringify(bodies.nova('2 + 2')),
        })
      ).status;
    expect([
      await ask(`eu.${novaMicro}`, 'one'),
      await ask(`eu.${novaMicro}`, 'two'),
      await ask('eu.amazon.nova-lite-v1:0', 'one'),
      await ask(novaMicro, 'three'),
    ]).toEqual([502, 200, 403, 403]);
    child.kill('SIGTERM');
    expect(await ended).toMatchObject({ code: 0, stderr: '' });
    const entries = readFileSync(journal, 'utf8')
      .trim()
      .split('\n')
      .map((text) => JSON.parse(text));
    expect(entries.map(({ status }) => status)).toEqual([502, 200, 403, 403]);
    expect(entries[1]).toMatchObject({ operation: 'InvokeModel', body: bodies.nova('2 + 2') });
    expect(readFileSync(log, 'utf8').trim().split('\n')).toHaveLength(4);
    rmSync(directory, { recursive: true });
  });

  it('checks signatures with the keys it is given', async () => {
    const { line } = run('--quiet', '--auth', 'sigv4', '--access-key', 'ID:SECRET:TO:KEN');
    const endpoint = (await line).trim().split(' ').at(-1) ?? '';
    const client = (sessionToken: string) =>
      new BedrockRuntimeClient({
        endpoint,
        region: 'us-east-1',
        credentials: { accessKeyId: 'ID', secretAccessKey: 'SECRET', sessionToken },
      });
    expect(await invoke(client('TO:KEN'), novaMicro, bodies.nova('2 + 2'))).toBeDefined();
    await expect(invoke(client('other'), novaMicro, bodies.nova('2 + 2'))).rejects.toThrow('security token');
  });

  it('takes keys from the environment', async () => {
    const environment = { LOCAL_BEDROCK_API_KEY: 'secret' };
    const { line } = runProgram(
      process.execPath,
      [cli, '--quiet', '--auth', 'bearer'],
      undefined,
      environment,
    );
    const url = (await line).trim().split(' ').at(-1) ?? '';
    const statusWith = async (key: string) =>
      (await fetch(`${url}/foundation-models`, { headers: { authorization: `Bearer ${key}` } })).status;
    expect([await statusWith('secret'), await statusWith('local')]).toEqual([200, 403]);
  });

  it('records and replays', async () => {
    const upstream = await startLocalBedrock();
    const directory = mkdtempSync(join(tmpdir(), 'local-bedrock-'));
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'local');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'local');
    const recording = run('--record', directory, '--upstream', upstream.url);
    expect(await recording.line).toMatch(`Local Bedrock (lab, recording in ${directory}) listening on `);
    const ask = async (line: string) =>
      await invoke(http2Client(line.trim().split(' ').at(-1) ?? ''), novaMicro, bodies.nova('2 + 2'));
    const answer = await ask(await recording.line);
    await upstream.close();
    const replaying = run('--replay', directory);
    expect(await replaying.line).toMatch(`Local Bedrock (lab, replaying from ${directory}) listening on `);
    expect(await ask(await replaying.line)).toEqual(answer);
    vi.unstubAllEnvs();
    rmSync(directory, { recursive: true });
  });

  it('explains itself', async () => {
    const { code, stdout, stderr } = await run('--help').ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('Usage: node packages/local-bedrock/src/cli.ts [options]');
  });

  it('says in a line what is wrong with its arguments', async () => {
    expect(await run('--prot', '8790').ended).toEqual({
      code: 2,
      stdout: '',
      stderr: "Unknown option '--prot'. Use --help to see what can be given.\n",
    });
  });

  it.each([
    [['--journal', '/no/such/folder/file'], '--journal /no/such/folder/file cannot be written: ENOENT'],
    [['--replay', '/no/such/folder'], '/no/such/folder'],
  ])('says in a line why it cannot start with %j', async (args, sentence) => {
    const { code, stderr } = await run(...args).ended;
    expect(code).toBe(1);
    expect(stderr).toContain(sentence);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });

  it('says when the port is taken', async () => {
    const { port, close } = await startLocalBedrock();
    expect(await run('--port', String(port)).ended).toEqual({
      code: 1,
      stdout: '',
      stderr: `Port ${port} on 127.0.0.1 is already taken. Choose another with --port, or leave it out for a free one.\n`,
    });
    await close();
  });
});
