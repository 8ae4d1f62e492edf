import { once } from 'node:events';
import { createServer, request, type Server } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import type { Chat } from '../../../lib/web/start-chat.ts';
import { useLocalBedrock } from '../../local-endpoint.ts';
import { call, startChatAt, visit } from './visitor.ts';

const endpoint = useLocalBedrock();
const prefix = '/user/aiko/proxy/chat';
let proxy: Server;
let chat: Chat;
afterEach(async () => {
  await chat.close();
  proxy.close();
});

/** A page behind a proxy that takes `prefix` off; it passes the browser's Host on, or puts the page's own in. */
async function startBehindProxy(host: 'kept' | 'replaced', isTold = true): Promise<string> {
  proxy = createServer((incoming, outgoing) => {
    if (!incoming.url?.startsWith(`${prefix}/`)) return outgoing.writeHead(404).end();
    // The header is for one connection, not for the next.
    const { connection: _, ...headers } = incoming.headers;
    if (host === 'replaced') headers.host = `127.0.0.1:${chat.port}`;
    const path = incoming.url.slice(prefix.length);
    const onward = request({ port: chat.port, path, method: incoming.method, headers }, (answer) => {
      const { connection: __, 'transfer-encoding': ___, ...own } = answer.headers;
      outgoing.writeHead(answer.statusCode ?? 502, own);
      answer.pipe(outgoing);
    });
    incoming.pipe(onward);
  }).listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  const front = `127.0.0.1:${(proxy.address() as { port: number }).port}`;
  chat = await startChatAt(endpoint().url, isTold ? { hosts: [front] } : {});
  return `http://${front}${prefix}${new URL(chat.url).pathname}`;
}

describe.each(['kept', 'replaced'] as const)('behind a proxy, with the Host %s', (host) => {
  it('every address of the page leads back through the prefix', async () => {
    const url = await startBehindProxy(host);
    const visitor = await visit(url);
    const page = (await visitor.get('')).text;
    const addresses = [...page.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, address]) => address ?? '');
    for (const file of ['chat.js', 'api.js', 'answer.js', 'approval.js', 'turn.js', 'conversation.js']) {
      // Types in comments name files of the sources, which no browser asks for.
      const script = (await visitor.get(file)).text.replaceAll(/\/\*[\s\S]*?\*\//g, '');
      const named = [...script.matchAll(/(?:call|post|from|import)[( ]\s*['`]([a-z./]+)/g)];
      addresses.push(...named.map(([, path]) => path ?? ''));
    }
    expect(addresses).toEqual(expect.arrayContaining(['chat.css', 'chat.js', 'models', 'sessions', 'turns']));
    for (const address of addresses)
      expect(new URL(address, url).href, address).toMatch(new RegExp(`^${url}`));
    for (const path of ['chat.css', 'icon.svg', './view.js', 'models', 'sessions'])
      expect((await visitor.get(path)).status).toBe(200);
  });

  it('the address without its last slash leads to the page', async () => {
    const url = await startBehindProxy(host);
    const { status, headers } = await call(url.slice(0, -1));
    expect(status).toBe(302);
    expect(new URL(headers.location ?? '', url.slice(0, -1)).href).toBe(url);
  });

  it('a turn is streamed and kept', async () => {
    const visitor = await visit(await startBehindProxy(host));
    const { status, text } = await visitor.say({ text: 'Hello' });
    expect(status).toBe(200);
    expect(text).toContain('"type":"end"');
    expect(JSON.parse((await visitor.get('sessions')).text)).toHaveLength(1);
  });

  it('a turn is refused unless the page was told of the proxy', async () => {
    const visitor = await visit(await startBehindProxy(host, false));
    expect((await visitor.say({ text: 'Hello' })).status).toBe(403);
  });
});
