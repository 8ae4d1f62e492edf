import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { Reply, Router, XPublisher } from 'zeromq';
import { serve } from '../src/server.ts';
import { createWire } from '../src/wire-message.ts';
import { connectRawClient, request, signer } from './raw-kernel.ts';

it('reads from no socket while one is being bound: ZeroMQ would refuse, and nobody would read from it again', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'kernel-'));
  const steps: string[] = [];
  for (const { prototype } of [Router, XPublisher, Reply]) {
    const { bind, receive } = prototype;
    vi.spyOn(prototype, 'bind').mockImplementation(async function listen(this: Router, address: string) {
      await bind.call(this, address);
      // A busy machine: somebody has connected, and sent, before this thread knows that it listens.
      await new Promise((resolve) => setTimeout(resolve, 100));
      steps.push('bound');
    });
    vi.spyOn(prototype, 'receive').mockImplementation(function read(this: Router) {
      steps.push('reads');
      return receive.call(this);
    });
  }
  const connection = {
    ...{ transport: 'ipc' as const, ip: join(folder, 'k'), key: 'key', hash: 'sha256' },
    ...{ signature_scheme: 'hmac-sha256', shell_port: 1, iopub_port: 2, stdin_port: 3 },
    ...{ control_port: 4, hb_port: 5 },
  };
  const client = connectRawClient(connection);
  const { id, frames } = request('kernel_info_request', {}, signer(connection));
  await client.sendShell(...frames);
  const { sockets } = await serve(createWire(connection), connection, { kernel_info_request: () => ({}) });
  const { content } = await client.receive(
    ({ channel, parent }) => channel === 'shell' && parent.msg_id === id,
  );
  expect(content).toEqual({ status: 'ok' });
  expect(steps.filter((step) => step === 'bound')).toHaveLength(5);
  expect(steps.indexOf('reads')).toBeGreaterThan(steps.lastIndexOf('bound'));
  client.close();
  for (const socket of Object.values(sockets)) socket.close();
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true });
});
