import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  connectRawClient,
  type RawClient,
  type RawKernel,
  type Received,
  request,
  type Sign,
  signer,
  startProgram,
  startRawKernel,
  untilConnected,
} from './raw-kernel.ts';

const require = createRequire(import.meta.url);

/** Milliseconds in which a kernel starts, also on a machine that is busy with other things. */
const toStart = 180_000;

const zeros: Sign = () => '0'.repeat(64);
const unsigned: Sign = () => '';
const delimiter = '<IDS|MSG>';
const hash = /[0-9a-f]{64}/i;
const harm = { code: 'globalThis.runs += 1; console.log("ran without the key")' };

type Sent = (client: RawClient) => Promise<void>;

/** Sends a request, and waits until the kernel is done with it, and with all that was sent before. */
async function ask(client: RawClient, sign: Sign, type: string, content: object = {}) {
  const { id, frames } = request(type, content, sign);
  const mine = (channel: string) => (message: Received) =>
    message.channel === channel && message.parent.msg_id === id;
  await client.sendShell(...frames);
  const { content: reply, header } = await client.receive(mine('shell'));
  await client.receive((message) => mine('iopub')(message) && message.content.execution_state === 'idle');
  const printed = client.received
    .filter((message) => mine('iopub')(message) && message.header.msg_type === 'stream')
    .map(({ content: { text } }) => text)
    .join('');
  return { id, frames, type: header.msg_type, reply, printed };
}

/** What anybody is told after something was sent, other than the answers to the questions that show that it is over. */
async function toldAfter(client: RawClient, sign: Sign, send: Sent): Promise<readonly Received[]> {
  const before = client.received.length;
  await send(client);
  const control = request('kernel_info_request', {}, sign);
  await client.sendControl(...control.frames);
  await client.receive(({ channel, parent }) => channel === 'control' && parent.msg_id === control.id);
  const ids = [control.id];
  for (let turn = 0; turn < 2; turn += 1) ids.push((await ask(client, sign, 'kernel_info_request')).id);
  return client.received.slice(before).filter(({ parent }) => !ids.includes(parent.msg_id ?? ''));
}

const everywhere =
  (...frames: readonly (Buffer | string)[]): Sent =>
  async (client) => {
    await client.sendShell(...frames);
    await client.sendControl(...frames);
  };

describe('a kernel whose messages are signed', () => {
  let kernel: RawKernel;
  let client: RawClient;
  let sign: Sign;

  beforeAll(async () => {
    kernel = await startRawKernel();
    sign = signer(kernel.connection);
    client = connectRawClient(kernel.connection);
    await untilConnected(client, sign);
    // Whatever the kernel prints by itself later could be taken for this cell's.
    await ask(client, sign, 'execute_request', { code: 'globalThis.runs = 0; console.log("a cell")' });
  }, toStart);
  afterAll(async () => {
    client.close();
    await kernel.close();
  });
  afterEach(async () => {
    const { printed } = await ask(client, sign, 'execute_request', { code: 'console.log(globalThis.runs)' });
    expect(printed).toBe('0\n');
    expect(client.received.flatMap(({ parts }) => parts).filter((part) => hash.test(part))).toEqual([]);
    expect(kernel.log()).not.toMatch(hash);
  });

  it.each<[string, Sign]>([
    ['zeros', zeros],
    ['none', unsigned],
    ['one that is too short', () => '00'],
    ['one that is too long', () => '0'.repeat(4_096)],
    ['that of another key', signer({ key: 'another' })],
    ['that of no key', (parts) => createHmac('sha256', '').update(parts.join('')).digest('hex')],
  ])('drops in silence a request with a forged signature: %s', async (_, forge) => {
    const { frames } = request('execute_request', harm, forge);
    expect(await toldAfter(client, sign, everywhere(...frames))).toEqual([]);
    expect(kernel.log()).not.toContain('signature');
  });

  it('does not say in its log that somebody forges messages, who could fill it', async () => {
    const before = kernel.log();
    const { frames } = request('execute_request', harm, zeros);
    await toldAfter(client, sign, everywhere(...frames));
    expect(kernel.log()).toBe(before);
  });

  it('drops a request that it has received before, also on the other channel', async () => {
    const { frames } = await ask(client, sign, 'is_complete_request', { code: 'f(' });
    expect(await toldAfter(client, sign, everywhere(...frames))).toEqual([]);
  });

  it('drops what it has said itself, which everybody can listen to', async () => {
    const own = client.received.find(({ channel }) => channel === 'iopub');
    const frames = [delimiter, own?.signature ?? '', ...(own?.parts ?? [])];
    expect(await toldAfter(client, sign, everywhere(...frames))).toEqual([]);
    expect(kernel.log()).not.toContain('status');
  });

  const empty = ['{}', '{}', '{}', '{}'];
  it.each<[string, readonly (Buffer | string)[]]>([
    ['an empty frame', ['']],
    ['no delimiter', ['a', 'b', 'c', 'd', 'e', 'f']],
    ['nothing behind the delimiter', [delimiter]],
    ['a signature only', [delimiter, '0'.repeat(64)]],
    ['too few frames', [delimiter, '0'.repeat(64), '{}', '{}']],
    [
      'bytes that are no text',
      [delimiter, Buffer.alloc(64, 0xff), ...empty.map(() => Buffer.alloc(9, 0xfe))],
    ],
    ['many frames', Array.from({ length: 2_000 }, () => 'x')],
    ['a large frame', [delimiter, '', Buffer.alloc(5_000_000, '[')]],
  ])('is not disturbed by what is no message: %s', async (_, frames) => {
    expect(await toldAfter(client, sign, everywhere(...frames))).toEqual([]);
  });

  const header = JSON.stringify({ msg_id: '1', msg_type: 'execute_request' });
  it.each<[string, readonly string[]]>([
    ['no JSON', ['{', '}', 'x']],
    ['an empty header', empty],
    ['a header that is null', ['null', '{}', '{}', '{}']],
    ['a type that is no text', ['{"msg_id":"1","msg_type":{}}', '{}', '{}', '{}']],
    ['no id', ['{"msg_type":"execute_request"}', '{}', '{}', '{}']],
    ['a content that is a list', [header, '{}', '{}', '[]']],
    ['a content that is a number', [header, '{}', '{}', '7']],
  ])('is not disturbed by nonsense that is rightly signed: %s', async (_, parts) => {
    const send = (client: RawClient) => client.sendShell(delimiter, sign(parts), ...parts);
    expect(await toldAfter(client, sign, send)).toEqual([]);
  });

  it('is not disturbed by what is not even ZeroMQ', async () => {
    const send: Sent = async () => {
      const socket = connect(kernel.connection.shell_port, '127.0.0.1');
      socket.on('error', () => undefined);
      socket.end(Buffer.alloc(10_000, 0xff));
      socket.resume();
      await new Promise((resolve) => socket.on('close', resolve));
    };
    expect(await toldAfter(client, sign, send)).toEqual([]);
  });

  it.each(['nonsense_request', 'history', '__proto__', 'execute_reply', 'toString'])(
    'says to its log only that it does not know a message: %s',
    async (type) => {
      const { id, frames } = request(type, {}, sign);
      const told = await toldAfter(client, sign, (client) => client.sendShell(...frames));
      expect(told.map(({ header, parent }) => [header.msg_type, parent.msg_id])).toEqual([
        ['status', id],
        ['status', id],
      ]);
      expect(kernel.log()).toContain(type);
    },
  );

  it.each(['execute', 'complete', 'is_complete'])(
    'answers a request that it cannot serve with an error, and shows it nowhere: %s',
    async (name) => {
      const before = client.received.length;
      const { id, reply, type } = await ask(client, sign, `${name}_request`, {});
      expect(type).toBe(`${name}_reply`);
      expect(reply).toMatchObject({ status: 'error', ename: expect.any(String), evalue: expect.any(String) });
      const others = client.received.slice(before).filter(({ parent }) => parent.msg_id !== id);
      expect(others).toEqual([]);
      const shown = client.received.filter(
        ({ channel, parent }) => channel === 'iopub' && parent.msg_id === id,
      );
      expect(shown.map(({ content }) => content.execution_state)).toEqual(['busy', 'idle']);
    },
  );

  it('obeys a request that is rightly signed, with binary data behind it, which is not signed', async () => {
    const { id, frames } = request('kernel_info_request', {}, sign);
    await client.sendShell(...frames, Buffer.alloc(3));
    const { content } = await client.receive(
      ({ channel, parent }) => channel === 'shell' && parent.msg_id === id,
    );
    expect(content).toMatchObject({ status: 'ok', implementation: 'typescript-kernel' });
  });

  it('signs what it says, and names itself as the one who says it', () => {
    expect(client.received.map(({ signature }) => signature)).toEqual(
      client.received.map(({ parts }) => sign(parts)),
    );
    const sessions = new Set(client.received.map((message) => message.header.session));
    expect([...sessions]).toEqual([expect.stringMatching(/^[0-9a-f-]{36}$/)]);
  });
});

describe('other connections', { timeout: toStart }, () => {
  let kernel: RawKernel | undefined;
  let client: RawClient | undefined;
  afterEach(async () => {
    client?.close();
    await kernel?.close();
  });

  it('listens on files that are named as Jupyter names them, and takes them away', async () => {
    kernel = await startRawKernel({ transport: 'ipc' });
    const sign = signer(kernel.connection);
    client = connectRawClient(kernel.connection);
    await untilConnected(client, sign);
    expect(readdirSync(kernel.folder).sort()).toEqual(['connection.json', 'k-1', 'k-2', 'k-3', 'k-4', 'k-5']);
    const exit = once(kernel.process, 'exit');
    expect((await ask(client, sign, 'shutdown_request', { restart: false })).reply.status).toBe('ok');
    expect(await exit).toEqual([0, null]);
    expect(readdirSync(kernel.folder)).toEqual(['connection.json']);
  });

  it('signs nothing and checks nothing where Jupyter gives it an empty key', async () => {
    kernel = await startRawKernel({ key: '' });
    client = connectRawClient(kernel.connection);
    await untilConnected(client, unsigned);
    const cell = { code: 'console.log(40 + 2)' };
    expect((await ask(client, unsigned, 'execute_request', cell)).printed).toBe('42\n');
    expect((await ask(client, zeros, 'execute_request', cell)).printed).toBe('42\n');
    expect(new Set(client.received.map(({ signature }) => signature))).toEqual(new Set(['']));
  });

  it('signs with the hash that the connection file names', async () => {
    kernel = await startRawKernel({ signature_scheme: 'hmac-sha512' });
    const sign = signer(kernel.connection, 'sha512');
    client = connectRawClient(kernel.connection);
    await untilConnected(client, sign);
    expect(client.received.map(({ signature }) => signature)).toEqual(
      client.received.map(({ parts }) => sign(parts)),
    );
  });
});

describe('a start that cannot be', { timeout: toStart }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'kernel-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  /** Its exit code, and all that it says. */
  async function start(connection: string, nodeFlags: readonly string[] = []) {
    const file = join(folder, 'connection.json');
    writeFileSync(file, connection);
    const { child, log } = startProgram(file, nodeFlags);
    const [code] = await once(child, 'close');
    return { code, log: log().replaceAll(file, '<file>') };
  }

  it.each([
    ['{"key": ', 'it cannot read <file>: it is not JSON.'],
    ['{}', '<file> names no key.'],
    ['{"key":"k","signature_scheme":"md4"}', '<file> names a signature scheme that it does not know, md4.'],
  ])('ends with one sentence: %s', async (connection, sentence) => {
    expect(await start(connection)).toEqual({ code: 1, log: `The kernel cannot start: ${sentence}\n` });
  });

  it('ends with one sentence where it cannot listen', async () => {
    const ip = join(folder, 'none', 'k');
    const ports = { iopub_port: 1, shell_port: 2, stdin_port: 3, control_port: 4, hb_port: 5 };
    const { code, log } = await start(JSON.stringify({ transport: 'ipc', ip, key: 'k', ...ports }));
    expect(code).toBe(1);
    expect(log).toMatch(/^The kernel cannot listen at ipc:.*\n$/);
  });

  it.each([['tslab/dist/jupyter.js', 'lastWriteDisplayData']])(
    'ends with one sentence where tslab is another: %s',
    async (module, name) => {
      const preload = join(folder, 'preload.cjs');
      const path = JSON.stringify(require.resolve(module));
      const lacking = `const module_ = require(${path}); const own = Object.getOwnPropertyDescriptors(module_);`;
      const remove = `delete own.${name}; require.cache[${path}].exports = Object.defineProperties({}, own);`;
      writeFileSync(preload, lacking + remove);
      const { code, log } = await start('{"key":"k"}', ['--require', preload]);
      expect({ code, log }).toEqual({
        code: 1,
        log: `The kernel cannot start: ${module} has no ${name}, so it is not of the tslab that this project installs; run npm ci in the project's folder.\n`,
      });
    },
  );
});
