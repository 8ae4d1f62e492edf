import { afterEach, describe, expect, it } from 'vitest';
import { findModel } from '../../../../bedrock-models/src/find.ts';
import { collectAnswer } from '../../../src/words/answer.ts';
import { openAiCompatible } from '../../../src/words/backend/open-ai-compatible.ts';
import { longestQueue, type ModelServer, startModelServer } from '../../../src/words/model/server.ts';
import { type FakeEngine, fakeEngine } from './fake-engine.ts';

const key = 'secret';
let server: ModelServer | undefined;
afterEach(() => server?.close());

async function serve(engine: FakeEngine, onUnused?: () => void): Promise<string> {
  server = await startModelServer({ engine: Promise.resolve(engine), key, ...(onUnused && { onUnused }) });
  return server.url;
}

function ask(url: string, content = 'Hi', signal = new AbortController().signal) {
  const model = findModel('amazon.nova-micro-v1:0');
  if (model === undefined) throw new Error('It is not in the catalogue.');
  const request = {
    system: '',
    turns: [{ role: 'user' as const, text: content }],
    maxTokens: 50,
    stopSequences: ['!'],
  };
  return collectAnswer(openAiCompatible({ url, apiKey: key }).answer(request, model, '', signal));
}

function later() {
  let say: (text: string) => void = () => {};
  const text = new Promise<string>((resolve) => {
    say = resolve;
  });
  return { text, say: (words: string) => say(words) };
}

/** Waits until it is so. */
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 5));
}

describe('the process that holds a model', () => {
  it('answers the backend: words, the sequence that ended them, and the tokens', async () => {
    const url = await serve(fakeEngine(['Good day! And more']));
    expect(await ask(url)).toMatchObject({
      text: 'Good day',
      ending: { reason: 'stopSequence', sequence: '!' },
      inputTokens: 'user:Hi\nassistant:'.length,
      outputTokens: 8,
    });
  });

  it('counts with template and tokenizer', async () => {
    const url = await serve(fakeEngine([]));
    const response = await fetch(`${url}/tokenize`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}` },
      body: JSON.stringify({ messages: [{ role: 'user', content: 'Hi' }] }),
    });
    expect(await response.json()).toEqual({ count: 'user:Hi\nassistant:'.length, max_model_len: 2_000 });
  });

  it('answers nobody without the key', async () => {
    const url = await serve(fakeEngine(['secret words']));
    for (const path of ['/v1/models', '/v1/chat/completions', '/hold']) {
      expect((await fetch(url + path)).status).toBe(401);
    }
  });

  it('lets the second wait for the first', async () => {
    const first = later();
    const engine = fakeEngine([first.text, 'two']);
    const url = await serve(engine);
    const answers = [ask(url, 'a')];
    await until(() => engine.asked.length === 1);
    answers.push(ask(url, 'b'));
    first.say('one');
    expect((await Promise.all(answers)).map(({ text }) => text)).toEqual(['one', 'two']);
    expect(engine.asked.map(({ prompt }) => prompt[5])).toEqual(['a', 'b']);
  });

  it('is free at once when its caller goes, and never begins what nobody waits for', async () => {
    const never = later();
    const engine = fakeEngine([never.text, 'next']);
    const url = await serve(engine);
    const [one, two] = [new AbortController(), new AbortController()];
    const left = ask(url, 'a', one.signal).catch(() => 'left');
    await until(() => engine.asked.length === 1);
    const waiting = ask(url, 'b', two.signal).catch(() => 'left');
    two.abort();
    expect(await waiting).toBe('left');
    one.abort();
    expect(await left).toBe('left');
    expect((await ask(url, 'c')).text).toBe('next');
    expect(engine.asked.map(({ prompt }) => prompt[5])).toEqual(['a', 'c']);
  });

  it('throttles as Bedrock does when too many wait', async () => {
    const first = later();
    const engine = fakeEngine([first.text, ...Array(longestQueue).fill('ok')]);
    const url = await serve(engine);
    const accepted = Array.from({ length: longestQueue + 1 }, () => ask(url));
    const refused = await Promise.race([...accepted, ask(url)].map((one) => one.catch((error) => error)));
    expect(refused).toMatchObject({
      errorName: 'ThrottlingException',
      message: 'Too many requests, please wait before trying again.',
    });
    first.say('ok');
    expect(await Promise.allSettled(accepted)).toHaveLength(longestQueue + 1);
  });

  it('refuses a prompt that is too long in the words of Bedrock', async () => {
    const url = await serve(fakeEngine([]));
    await expect(ask(url, 'x'.repeat(2_000))).rejects.toMatchObject({
      errorName: 'ValidationException',
      message: 'Input is too long for requested model.',
    });
  });

  it('says in the stream that the model failed, and goes on with the next', async () => {
    const engine = fakeEngine([new Error('no memory'), 'fine']);
    const url = await serve(engine);
    await expect(ask(url)).rejects.toMatchObject({
      errorName: 'ModelErrorException',
      message: expect.stringContaining('no memory'),
    });
    expect((await ask(url)).text).toBe('fine');
  });

  it('is held as long as somebody needs it', async () => {
    let unused = 0;
    const url = await serve(fakeEngine([]), () => unused++);
    const hold = async () => {
      const controller = new AbortController();
      const response = await fetch(`${url}/hold`, {
        headers: { authorization: `Bearer ${key}` },
        signal: controller.signal,
      });
      const { value } = (await response.body?.getReader().read()) ?? {};
      return { told: JSON.parse(new TextDecoder().decode(value)), release: () => controller.abort() };
    };
    const [one, two] = [await hold(), await hold()];
    expect(one.told).toEqual({ name: 'fake', contextSize: 2_000 });
    one.release();
    await ask(url);
    expect(unused).toBe(0);
    two.release();
    await until(() => unused === 1);
  });

  it('tells those who hold it why it cannot be loaded', async () => {
    server = await startModelServer({ engine: Promise.reject(new Error('no GGUF')), key });
    const response = await fetch(`${server.url}/hold`, { headers: { authorization: `Bearer ${key}` } });
    const { value } = (await response.body?.getReader().read()) ?? {};
    expect(new TextDecoder().decode(value)).toBe('{"error":"no GGUF"}\n');
    await response.body?.cancel().catch(() => undefined);
  });

  it('makes vectors where it has a model for them', async () => {
    const embedding = fakeEngine([], {
      embed: async (texts) => texts.map((text) => ({ vector: [1, 0], tokens: text.length })),
    });
    server = await startModelServer({
      engine: Promise.resolve(fakeEngine([])),
      embedding: Promise.resolve(embedding),
      key,
    });
    const post = (input: unknown) =>
      fetch(`${server?.url}/v1/embeddings`, {
        method: 'POST',
        headers: { authorization: `Bearer ${key}` },
        body: JSON.stringify({ input }),
      });
    expect(await (await post(['a', 'bc'])).json()).toMatchObject({
      data: [{ embedding: [1, 0] }, { index: 1 }],
      usage: { prompt_tokens: 3 },
    });
  });
});
