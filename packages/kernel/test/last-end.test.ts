import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  connectRawClient,
  type RawKernel,
  request,
  signer,
  startProgram,
  startRawKernel,
  untilConnected,
} from './raw-kernel.ts';

describe('a kernel that is started again with the connection file of one before', () => {
  let kernel: RawKernel;
  let running: ReturnType<typeof startProgram>;
  beforeAll(async () => {
    kernel = await startRawKernel();
    running = { child: kernel.process, log: kernel.log };
  });
  afterAll(async () => {
    running.child.kill('SIGKILL');
    await kernel.close();
  });

  /** Runs a cell, and gives what is shown below it; nothing more when the kernel dies of it. */
  async function run(code: string): Promise<string> {
    const client = connectRawClient(kernel.connection);
    const sign = signer(kernel.connection);
    await untilConnected(client, sign);
    const { id, frames } = request('execute_request', { code }, sign);
    const isEnd = client.receive(
      ({ channel, parent, header, content }) =>
        channel === 'iopub' &&
        parent.msg_id === id &&
        header.msg_type === 'status' &&
        content.execution_state === 'idle',
    );
    await client.sendShell(...frames);
    await Promise.race([isEnd, once(running.child, 'exit')]);
    client.close();
    return client.received
      .filter(({ parent, header }) => parent.msg_id === id && header.msg_type === 'stream')
      .map(({ content }) => content.text)
      .join('');
  }

  async function startAgain(nodeFlags: readonly string[] = []): Promise<void> {
    if (running.child.exitCode === null && running.child.signalCode === null)
      await once(running.child, 'exit');
    running = startProgram(join(kernel.folder, 'connection.json'), nodeFlags);
  }

  it('tells in its first cell that the other was killed, and only there', async () => {
    expect(await run('console.log("a");')).toBe('a\n');
    running.child.kill('SIGKILL');
    await startAgain(['--max-old-space-size=250']);
    const said = await run('console.log("b");');
    expect(said).toMatch(/^The kernel before this one was killed.*Run All Above.*\nb\n$/s);
    expect(running.log()).toContain('The kernel before this one was killed');
    expect(await run('console.log("c");')).toBe('c\n');
  }, 300_000);

  it('tells that memory was used up, where it was', async () => {
    await run('const all: number[][] = []; for (;;) all.push(new Array(100_000).fill(0.5));');
    await startAgain();
    expect(await run('')).toMatch(/^The kernel before this one had used up its memory/);
  }, 300_000);

  it('tells nothing where the other ended in order', async () => {
    running.child.kill('SIGTERM');
    await startAgain();
    expect(await run('console.log("d");')).toBe('d\n');
  }, 300_000);
});
