import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { HeadlessServer } from '../../lib/jupyter/headless-server.ts';
import { type LiveKernel, openLiveKernel } from './live-kernel.ts';
import { serverFor } from './runner.ts';

let server: HeadlessServer;
let kernel: LiveKernel;
beforeAll(async () => {
  server = await serverFor('lab');
  kernel = await openLiveKernel(server);
});
afterAll(async () => {
  await kernel?.shutdown();
  await server?.close();
});

describe('what a cell prints', () => {
  it('arrives whole, however many pieces it prints in one turn of the event loop', async () => {
    const { status, text } = await kernel.run(
      'for (let piece = 0; piece < 2_000; piece += 1) process.stdout.write(`${piece} `);',
    );
    expect(status).toBe('ok');
    expect(text).toBe(Array.from({ length: 2_000 }, (_, piece) => `${piece} `).join(''));
  });
});
