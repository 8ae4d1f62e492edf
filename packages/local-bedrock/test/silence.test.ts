import type { ServerResponse } from 'node:http';
import { connect as connectHttp2 } from 'node:http2';
import { type AddressInfo, connect } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { createOnePort } from '../src/http/one-port.ts';

const open: { close(graceMs: number): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((port) => port.close(0)));
});

/**
 * A server that may be silent for a short time only, and answers a request that has come whole; one for `/slow` gets the
 * beginning of its answer, and the rest when `answerSlow` is called.
 */
async function start(atFirst = 100) {
  const slow: (() => void)[] = [];
  const port = createOnePort(
    (request, response) => {
      request.on('error', () => {});
      request.resume().once('end', () => {
        const answer = () => response.end('answered');
        if (request.url === '/slow') {
          (response as ServerResponse).write('slowly ');
          slow.push(answer);
        } else answer();
      });
    },
    false,
    { atFirst, between: 100, within: 100, whole: 500 },
  );
  open.push(port);
  await new Promise<void>((resolve) => port.server.listen(0, '127.0.0.1', resolve));
  const { port: number } = port.server.address() as AddressInfo;
  const answerSlow = () => {
    for (const answer of slow.splice(0)) answer();
  };
  return { number, url: `http://127.0.0.1:${number}`, answerSlow };
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

const begun = {
  'headers that stop': 'POST / HTTP/1.1\r\nHost: a\r\n',
  'a body that stops': 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n{',
  'a chunk that stops': 'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab',
};

it.each(Object.entries(begun))('ends a request of HTTP/1.1: %s', async (_, text) => {
  const { number } = await start();
  const socket = connect(number, '127.0.0.1')
    .on('error', () => {})
    .resume();
  socket.write(text);
  await closed(socket);
});

const post = { ':method': 'POST', ':path': '/' };

it('ends a request of HTTP/2 whose body stops, and then its connection', async () => {
  const { url } = await start();
  const session = connectHttp2(url).on('error', () => {});
  const stream = session.request(post).on('error', () => {});
  stream.write('{');
  await Promise.all([closed(stream), closed(session)]);
});

it('ends a request whose body comes byte by byte without an end', async () => {
  const { number, url } = await start();
  const socket = connect(number, '127.0.0.1').on('error', () => {});
  socket.write('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n');
  const session = connectHttp2(url).on('error', () => {});
  const stream = session.request(post).on('error', () => {});
  const drips = setInterval(() => {
    if (socket.writable) socket.write(' ');
    if (stream.writable) stream.write(' ');
  }, 20);
  await Promise.all([closed(socket.resume()), closed(stream)]);
  clearInterval(drips);
});

it('lets an answer take its time, over either protocol, once the request is whole', async () => {
  // Time enough for a busy machine to bring the first bytes of a connection, too.
  const { url, answerSlow } = await start(1_500);
  const session = connectHttp2(url);
  const stream = session.request({ ...post, ':path': '/slow' }).end('{}');
  let text = '';
  const done = new Promise<void>((resolve, reject) => {
    stream.on('data', (chunk) => {
      text += chunk;
    });
    stream.on('end', resolve).on('error', reject);
  });
  const answer = await fetch(`${url}/slow`, { method: 'POST', body: '{}' });
  // Other connections come and go in this time, several times each limit.
  for (let round = 0; round < 2; round += 1) await closed(connectHttp2(url).on('error', () => {}));
  expect(session.destroyed).toBe(false);
  answerSlow();
  await done;
  expect([text, await answer.text()]).toEqual(['slowly answered', 'slowly answered']);
  await closed(session);
});
