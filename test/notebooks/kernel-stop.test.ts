import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createHttp2Server } from 'node:http2';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { type LiveCell, useLiveKernel } from './live-kernel.ts';

const kernel = useLiveKernel();

/** Waits until the cell has printed, stops it, and gives time for whatever still goes on. */
async function stop(cell: LiveCell): Promise<void> {
  await expect.poll(cell.text, { interval: 20, timeout }).not.toBe('');
  await kernel().interrupt();
  expect((await cell.reply).status).toBe('error');
}

/** Milliseconds for a machine that is busy with other things. */
const timeout = 60_000;

const folder = mkdtempSync(join(tmpdir(), 'stop-'));
afterAll(() => rmSync(folder, { recursive: true }));

/**
 * Presses stop while no cell runs, and waits until the kernel has heard it. Nothing tells of that, and a cell that is sent
 * before is what is stopped then: an earlier cell leaves a file behind when it is.
 */
async function stopIdle(): Promise<void> {
  const file = join(folder, randomUUID());
  await kernel().run(
    `globalThis[Symbol.for('typescript-kernel.cells')].signal().addEventListener('abort', () => require('node:fs').writeFileSync('${file}', ''));`,
  );
  await kernel().interrupt();
  await expect.poll(() => existsSync(file), { timeout }).toBe(true);
}

/** Until a timer has run in the kernel that was begun now, and is slower than those that must not run any more. */
const slowerTimerRan = () => kernel().run('await new Promise((resolve) => setTimeout(resolve, 100));');

describe('the stop button', () => {
  it('says that the cell was stopped, and nothing else', async () => {
    const cell = kernel().send("console.log('begun');\nawait new Promise(() => {});");
    await stop(cell);
    expect(cell.outputs()).toMatchObject([
      { text: 'begun\n' },
      {
        output_type: 'error',
        ename: 'Interrupted',
        evalue: 'The cell was stopped.',
        traceback: [expect.any(String), '', '  more: docs/troubleshooting.md#stopped'],
      },
    ]);
  });

  it.each([
    ['a timer of the global ones', 'await new Promise((resolve) => setTimeout(resolve, 30));'],
    ['a promised timer', "await require('node:util').promisify(setTimeout)(30);"],
    ['a timer of node:timers/promises', "await require('node:timers/promises').setTimeout(30);"],
  ])('ends a loop that waits for %s', async (_, pause) => {
    const cell = kernel().send(
      `globalThis.turns = 0;\nfor (;;) {\n  globalThis.turns += 1;\n  console.log('turn');\n  ${pause}\n}`,
    );
    await stop(cell);
    const { text: before } = await kernel().run('console.log(globalThis.turns);');
    const printed = cell.text();
    await slowerTimerRan();
    const { text: after } = await kernel().run('console.log(globalThis.turns);');
    expect(Number(after) - Number(before)).toBeLessThanOrEqual(1);
    expect(cell.text()).toBe(printed);
  });

  it('ends an interval, and leaves alone those of earlier cells', async () => {
    await kernel().run(
      'globalThis.kept = 0;\nglobalThis.keeps = setInterval(() => { globalThis.kept += 1; }, 20);',
    );
    const cell = kernel().send(
      "globalThis.ended = 0;\nsetInterval(() => { globalThis.ended += 1; }, 20);\nconsole.log('begun');\nawait new Promise(() => {});",
    );
    await stop(cell);
    await slowerTimerRan();
    const read = async () =>
      JSON.parse(
        (await kernel().run('console.log(JSON.stringify([globalThis.ended, globalThis.kept]));')).text,
      );
    const [ended, kept] = await read();
    await slowerTimerRan();
    const [endedLater] = await read();
    expect(endedLater).toBe(ended);
    await expect.poll(async () => (await read())[1], { timeout }).toBeGreaterThan(kept);
  });

  it('ends what earlier cells left running, when no cell runs', async () => {
    await stopIdle();
    const read = async () => Number((await kernel().run('console.log(globalThis.kept);')).text);
    const kept = await read();
    await slowerTimerRan();
    expect(await read()).toBe(kept);
  });

  it('hides what goes on of a stopped cell by other means, also from the cells after it', async () => {
    const cell = kernel().send(
      "import { once, EventEmitter } from 'node:events';\nglobalThis.bell = new EventEmitter();\nconsole.log('begun');\nawait once(globalThis.bell, 'ring');\nconsole.log('went on');",
    );
    await stop(cell);
    const next = kernel().send(
      "globalThis.bell.emit('ring');\nawait new Promise((resolve) => setTimeout(resolve, 100));",
    );
    expect((await next.reply).status).toBe('ok');
    expect(next.text()).toBe('');
    expect(cell.text()).toBe('begun\n');
  });

  it('stops a loop that never waits, with the timers it has made', async () => {
    const cell = kernel().send(
      "globalThis.fired = 0;\nsetInterval(() => { globalThis.fired += 1; }, 10);\nconsole.log('begun');\nfor (;;);",
    );
    await stop(cell);
    expect(cell.outputs().at(-1)).toMatchObject({ output_type: 'error', ename: 'Interrupted' });
    await slowerTimerRan();
    expect((await kernel().run('console.log(globalThis.fired);')).text).toBe('0\n');
  });

  it.each([
    ['that never waits, behind an await', 'for (;;);'],
    ['that waits for what is there already', 'for (;;) await null;'],
  ])('stops a loop %s', async (_, loop) => {
    const cell = kernel().send(
      `console.log('begun');\nawait new Promise((resolve) => setTimeout(resolve, 1));\n${loop}`,
    );
    await stop(cell);
    expect(cell.outputs().at(-1)).toMatchObject({ output_type: 'error', ename: 'Interrupted' });
    const { status, text } = await kernel().run("console.log(await Promise.resolve('goes on'));");
    expect({ status, text }).toEqual({ status: 'ok', text: 'goes on\n' });
  });

  it.each([
    ['a timer', 'setTimeout(stuck, 50);'],
    // Later, as the kernel answers a cell only after what comes at once.
    ['an event', "setTimeout(() => require('node:http').get('http://127.0.0.1:9').on('error', stuck), 50);"],
    ['the next tick', 'setTimeout(() => process.nextTick(stuck), 50);'],
  ])('stops what an earlier cell computes at %s, when no cell runs', async (_, start) => {
    const begun = join(folder, randomUUID());
    const stopped = join(folder, randomUUID());
    await kernel().run(`globalThis.ticks = 0;\nsetInterval(() => { globalThis.ticks += 1; }, 10);
globalThis[Symbol.for('typescript-kernel.cells')].signal().addEventListener('abort', () => require('node:fs').writeFileSync('${stopped}', ''));
const stuck = () => { require('node:fs').writeFileSync('${begun}', ''); for (;;); };\n${start}`);
    await expect.poll(() => existsSync(begun), { timeout }).toBe(true);
    await kernel().interrupt();
    await expect.poll(() => existsSync(stopped), { timeout }).toBe(true);
    expect((await kernel().run("console.log('goes on');")).text).toBe('goes on\n');
    const read = async () => Number((await kernel().run('console.log(globalThis.ticks);')).text);
    const ticks = await read();
    await slowerTimerRan();
    expect(await read()).toBe(ticks);
  });

  it.each([
    ['of fetch', 'await fetch(url);'],
    ['of node:http', "await new Promise((resolve) => require('node:http').get(url, resolve));"],
    ["of the SDK's own client, over HTTP/2", 'await bare({}).send(hello);'],
    [
      "of the SDK's own client, over HTTP/1.1",
      'await bare({ requestHandler: new NodeHttpHandler() }).send(hello);',
    ],
  ])('closes a request %s', async (_, request) => {
    const { url, opened, closed, close } = await silentServer();
    const cell = kernel().send(
      `import { BedrockRuntimeClient, ConverseCommand } from '@aws-sdk/client-bedrock-runtime';
import { NodeHttpHandler } from '@smithy/node-http-handler';
const url = '${url}';
const bare = (options: object) => new BedrockRuntimeClient({ endpoint: url, ...options });
const hello = new ConverseCommand({ modelId: 'amazon.nova-micro-v1:0', messages: [] });
console.log('begun');
${request}`,
    );
    await Promise.race([opened, cell.reply]);
    await stop(cell);
    await closed;
    close();
  });
});

/** A server of both kinds of HTTP that takes requests and never answers one. */
async function silentServer() {
  let open = (_: unknown) => {};
  let end = (_: unknown) => {};
  const opened = new Promise((resolve) => {
    open = resolve;
  });
  const closed = new Promise((resolve) => {
    end = resolve;
  });
  const silent = (request: { once(event: 'close', listener: () => void): unknown }) => {
    open(undefined);
    request.once('close', () => end(undefined));
  };
  const http1 = createServer((request) => silent(request));
  const http2 = createHttp2Server().on('stream', silent);
  // HTTP/2 says so in its first bytes.
  const either = createTcpServer((socket) => {
    socket.once('readable', () => {
      const first = socket.read();
      if (first === null) return;
      socket.unshift(first);
      (String(first).startsWith('PRI ') ? http2 : http1).emit('connection', socket);
    });
  }).listen(0, '127.0.0.1');
  await once(either, 'listening');
  const { port } = either.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, opened, closed, close: () => either.close() };
}
