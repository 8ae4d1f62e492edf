import { createServer, setGlobalProxyFromEnv } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findModel } from '../../../../bedrock-models/src/find.ts';
import { listModels } from '../../../../workshop/src/model/servers.ts';
import { collectAnswer } from '../../../src/words/answer.ts';
import { fetchDirect } from '../../../src/words/backend/fetch-direct.ts';
import { openAiCompatible } from '../../../src/words/backend/open-ai-compatible.ts';
import { fakeServer, json } from './fake-server.ts';

const request = {
  system: '',
  turns: [{ role: 'user' as const, text: 'Hello' }],
  maxTokens: 9,
  stopSequences: [],
};

describe('where a proxy is set', () => {
  const seen: string[] = [];
  const proxy = createServer((_, response) => response.writeHead(502).end());
  proxy.on('connect', ({ url = '' }, socket) => {
    seen.push(url);
    socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
  });
  let restore = () => {};

  beforeEach(async () => {
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    const address = proxy.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    restore = setGlobalProxyFromEnv({ http_proxy: `http://127.0.0.1:${port}` });
    seen.length = 0;
  });

  afterEach(async () => {
    restore();
    proxy.closeAllConnections();
    await new Promise((resolve) => proxy.close(resolve));
  });

  it('is asked for other machines', async () => {
    await expect(fetchDirect('http://model.invalid/v1/models')).rejects.toThrow();
    expect(seen).toEqual(['model.invalid:80']);
  });

  it('sees nothing of what a model on this machine is asked', async () => {
    const { url, received } = await fakeServer(
      (response) =>
        json(response, { choices: [{ message: { content: 'Good day.' }, finish_reason: 'stop' }] }),
      { '/tokenize': (response) => json(response, { count: 7 }) },
    );
    const words = openAiCompatible({ url });
    const model = findModel('amazon.nova-micro-v1:0');
    if (model === undefined) throw new Error('amazon.nova-micro-v1:0 is not in the catalogue.');
    expect(await words.countTokens(request, model)).toBe(7);
    const answer = await collectAnswer(words.answer(request, model, '', new AbortController().signal));
    expect(answer).toMatchObject({ blocks: [{ type: 'text', text: 'Good day.' }] });
    for (const host of ['127.0.0.1', 'localhost']) {
      expect(await listModels(url.replace('127.0.0.1', host))).toEqual(['first', 'second']);
    }
    expect(received.map(({ path }) => path)).toEqual([
      '/v1/models',
      '/tokenize',
      '/v1/chat/completions',
      '/v1/models',
      '/v1/models',
    ]);
    expect(seen).toEqual([]);
  });
});
