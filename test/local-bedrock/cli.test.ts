import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { startLocalBedrock } from '../../lib/local-bedrock/index.ts';
import { bodies, http2Client, invoke, novaMicro, titanExpress } from './endpoint.ts';

const cli = fileURLToPath(new URL('../../lib/local-bedrock/cli.ts', import.meta.url));
const running = new Set<ChildProcess>();

afterEach(() => {
  for (const child of running) child.kill('SIGKILL');
  running.clear();
});

/** The command, with what it has printed so far and how it ended. */
function run(...args: string[]) {
  const child = spawn(process.execPath, [cli, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
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
    expect(await ended).toEqual({ code: 0, stdout: await line, stderr: '' });
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

  it('explains itself', async () => {
    const { code, stdout, stderr } = await run('--help').ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    for (const flag of ['--port', '--lab', '--today', '--date', '--help']) expect(stdout).toContain(flag);
  });

  it.each([
    [['--prot', '8790'], "Unknown option '--prot'"],
    [['8790'], "Unexpected argument '8790'"],
    [['--port'], "Option '--port <value>' argument missing. Use --help to see what can be given.\n"],
    [
      ['--port', 'http'],
      '--port http is not a port. Give a number from 0 to 65535, or leave it out for a free one.\n',
    ],
    [['--port', '70000'], '--port 70000 is not a port.'],
    [['--lab', '--today'], '--lab and --today exclude each other. Give one of them.\n'],
    [['--date', '2025-01-01'], '--date only goes with --today. Add --today or leave --date out.\n'],
    [['--today', '--date', '1.1.2025'], '--date 1.1.2025 is not a day. Write it as 2026-11-23.\n'],
  ])('answers %j in a sentence', async (args, sentence) => {
    const { code, stdout, stderr } = await run(...args).ended;
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
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
