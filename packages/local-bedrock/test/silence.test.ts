import { connect as connectHttp2 } from 'node:http2';
import { type AddressInfo, connect } from 'node:net';
import { afterEach, expect, it, vi } from 'vitest';
import { createOnePort } from '../src/http/one-port.ts';

vi.setConfig({ testTimeout: 60_000 });

const open: { close(graceMs: number): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((port) => port.close(0)));
});

/** A server that may be silent for a short time only; `/slow` is answered when `answerSlow` is called. */
async function start() {
  let answerSlow = () => {};
  const port = createOnePort(
    (request, response) => {
      const answer = () => response.end('answered');
      if (request.url === '/slow') answerSlow = answer;
      else answer();
    },
    false,
    { atFirst: 100, between: 100 },
  );
  open.push(port);
  await new Promise<void>((resolve) => port.server.listen(0, '127.0.0.1', resolve));
  const { port: number } = port.server.address() as AddressInfo;
  return { number, url: `http://127.0.0.1:${number}`, answerSlow: () => answerSlow() };
}

const closed = (connection: { once(name: 'close', listener: () => void): unknown }) =>
  new Promise<void>((resolve) => connection.once('close', resolve));

it('ends connections that say nothing, of either protocol, and those that say only which', async () => {
  const { number } = await start();
  const silent = connect(number, '127.0.0.1');
  const preface = connect(number, '127.0.0.1');
  preface.write('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
  for (const socket of [silent, preface]) socket.on('error', () => {}).resume();
  await Promise.all([closed(silent), closed(preface)]);
});

it('ends an HTTP/2 connection without a request, and one whose last request is long over', async () => {
  const { url } = await start();
  const unused = connectHttp2(url).on('error', () => {});
  await closed(unused);
  const used = connectHttp2(url).on('error', () => {});
  const ended = closed(used);
  used.request({ ':path': '/' }).resume();
  await ended;
});

it('lets a request take its time', async () => {
  const { url, answerSlow } = await start();
  const session = connectHttp2(url);
  const stream = session.request({ ':path': '/slow' });
  let text = '';
  const done = new Promise<void>((resolve, reject) => {
    stream.on('data', (chunk) => {
      text += chunk;
    });
    stream.on('end', resolve).on('error', reject);
  });
  // Other connections come and go in this time, several times the limit.
  for (let round = 0; round < 4; round += 1) await closed(connectHttp2(url).on('error', () => {}));
  expect(session.destroyed).toBe(false);
  answerSlow();
  await done;
  expect(text).toBe('answered');
  await closed(session);
});
