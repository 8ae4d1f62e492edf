import { expect, it, vi } from 'vitest';
import { codespaceHosts } from '../../../lib/web/proxies.ts';
import { useLocalBedrock } from '../../local-endpoint.ts';
import { call, modelId, startChatAt } from './visitor.ts';

const endpoint = useLocalBedrock();
const env = { CODESPACE_NAME: 'Fuzzy-waffle-x1', GITHUB_CODESPACES_PORT_FORWARDING_DOMAIN: 'app.github.dev' };

it('names the forwarded address of this port, in a codespace only', () => {
  expect(codespaceHosts(env, 8791)).toEqual(['fuzzy-waffle-x1-8791.app.github.dev']);
  expect(codespaceHosts({}, 8791)).toEqual([]);
  expect(codespaceHosts({ CODESPACE_NAME: 'x' }, 8791)).toEqual([]);
});

it('in a codespace, a message from the forwarded page is answered, and one from another page is not', async () => {
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
  const chat = await startChatAt(endpoint().url);
  vi.unstubAllEnvs();
  const send = async (origin: string) => {
    const headers = { host: `localhost:${chat.port}`, origin };
    return call(`${chat.url}turns`, { method: 'POST', headers, body: { text: 'Hello', modelId } });
  };
  const own = await send(`https://fuzzy-waffle-x1-${chat.port}.app.github.dev`);
  expect(own.status).toBe(200);
  for (const origin of [
    `https://fuzzy-waffle-x1-${chat.port + 1}.app.github.dev`,
    `https://another-${chat.port}.app.github.dev`,
    `https://fuzzy-waffle-x1-${chat.port}.app.github.dev.example.com`,
  ]) {
    expect((await send(origin)).status, origin).toBe(403);
  }
  await chat.close();
});
