import { Readable } from 'node:stream';
import { tool } from 'lib';
import { describe, expect, it } from 'vitest';
import { callTool, readyTools } from '../../../lib/agent/run-tools.ts';
import { maxResultCharacters, resultMessage } from '../../../lib/agent/tool-result.ts';
import { clientOver, serveScripts } from '../../scripted-endpoint.ts';
import { calls, messagesOf, modelId, says, withAgent } from './scripted-agent.ts';

const png = Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 1, 2, 3, 4]);
const picture = { image: { format: 'png', source: { bytes: png } } };

async function* yields(...parts: readonly unknown[]) {
  for (const part of parts) yield await part;
}

async function resultOf(run: () => unknown, more: object = {}) {
  const made = tool({ name: 'look', description: 'Looks.', input: { type: 'object' }, run, ...more });
  const call = { toolUseId: 't', name: 'look', input: {} };
  const outcome = await callTool(await readyTools([made]), call, new AbortController().signal);
  if (outcome === undefined) throw new Error('The call waits.');
  return outcome;
}

describe('What a tool gives', () => {
  it.each<[string, unknown, string]>([
    ['a map', new Map([['a', 1]]), '{"a":1}'],
    ['a map with keys that are no texts', new Map([[1, 'a']]), '[[1,"a"]]'],
    ['a set', new Set([1, 2]), '[1,2]'],
    ['a large number', { id: 12345678901234567890n }, '{"id":"12345678901234567890"}'],
    ['no number', [Number.NaN, -Number.POSITIVE_INFINITY], '["NaN","-Infinity"]'],
    ['no date', new Date(Number.NaN), '"Invalid Date"'],
    ['a date', new Date(0), '"1970-01-01T00:00:00.000Z"'],
    ['an error in it', { cause: new RangeError('deep') }, '{"cause":{"name":"RangeError","message":"deep"}}'],
    ['bytes of no known kind', new Uint8Array(3_000).fill(137), '"(3,000 bytes)"'],
    ['bytes in it', { file: Buffer.from('abc') }, '{"file":"(3 bytes)"}'],
    ['a function', () => 1, '"(a function)"'],
    ['an answer of fetch', new Response('{"a":1}'), '{"a":1}'],
    ['one that failed', new Response('Not there', { status: 404 }), '{"status":404,"body":"Not there"}'],
    ['a file', new File(['words'], 'a.txt'), 'words'],
    ['a blob of no text', new Blob([new Uint8Array([255, 254])]), '"(2 bytes)"'],
    ['parameters', new URLSearchParams('a=1&b=2'), '{"a":"1","b":"2"}'],
    ['parameters of one name', new URLSearchParams('a=1&a=2'), '[["a","1"],["a","2"]]'],
    ['headers in it', { headers: new Headers({ a: '1' }) }, '{"headers":{"a":"1"}}'],
    ['a stream in it', { body: Readable.from(['a']) }, '{"body":"(an object of the class Readable)"}'],
    ['a promise in it', { later: Promise.resolve(1) }, '{"later":"(an object of the class Promise)"}'],
    ['a member __proto__', JSON.parse('{"__proto__":{"a":1}}'), '{"__proto__":{"a":1}}'],
    ['a text in a record', { text: 'words' }, '{"text":"words"}'],
    ['a record named image', { image: 'a.png' }, '{"image":"a.png"}'],
  ])('%s is told as it is, as far as JSON goes', async (_, value, text) => {
    expect(await resultOf(() => value)).toMatchObject({ text, status: 'success' });
  });

  it.each<[string, () => unknown, string]>([
    ['an async generator of words', () => yields('a', 'b'), 'ab'],
    ['an async generator of records', () => yields({ a: 1 }, 'b'), '[{"a":1},"b"]'],
    ['an async generator of nothing', () => yields(), '(The tool has run, and gave nothing back.)'],
    [
      'a stream',
      () => Readable.from([Buffer.from('日').subarray(0, 1), Buffer.from('日').subarray(1)]),
      '日',
    ],
    ['a stream of the web', () => new Blob(['words']).stream(), 'words'],
    ['a generator', () => [1, 2].values(), '[1,2]'],
  ])('%s is read to its end', async (_, run, text) => {
    expect(await resultOf(run)).toMatchObject({ text, status: 'success' });
  });

  it('a stream that breaks is a failure, and one without an end takes no longer than the tool may', async () => {
    const broken = () => Readable.from(yields('a', Promise.reject(new Error('cut off'))));
    expect(await resultOf(broken)).toMatchObject({ text: 'The tool failed: cut off', failure: 'failed' });
    const endless = () => new ReadableStream();
    expect(await resultOf(endless, { timeoutMs: 20 })).toMatchObject({ failure: 'timeout' });
  });

  it('what stands in itself, or is without an end, is told up to there: the tool has run', async () => {
    const circle: Record<string, unknown> = { a: 1 };
    circle.self = circle;
    expect(await resultOf(() => circle)).toMatchObject({
      text: '{"a":1,"self":"(a circle)"}',
      status: 'success',
    });
    let deep: unknown = 'end';
    for (let level = 0; level < 20_000; level++) deep = [deep];
    expect((await resultOf(() => deep)).text).toContain('(left out: too deep)');
    const { text } = await resultOf(() => Array.from({ length: 300_000 }, (_each, index) => index));
    expect(text.length).toBeLessThan(maxResultCharacters + 100);
  });

  it('what cannot be read is told as that, and not as a failure: a model that hears of one runs it again', async () => {
    const trap = {
      get name() {
        throw new Error('closed');
      },
    };
    expect(await resultOf(() => trap)).toMatchObject({
      text: '(The tool has run; what it gave cannot be read.)',
      status: 'success',
    });
  });

  it('an error that it gives is told as one that it throws', async () => {
    const error = new Error('no such file');
    expect(await resultOf(() => error)).toMatchObject({
      status: 'error',
      failure: 'failed',
      text: 'The tool failed: no such file',
      cause: error,
    });
  });

  it.each<[string, unknown, string]>([
    ['a symbol', Symbol('s'), '(a symbol)'],
    ['an object without a prototype', Object.create(null), '{}'],
    ['an object', { code: 7 }, '{"code":7}'],
    ['a very long error', new Error('x'.repeat(100_000)), 'x'],
  ])('%s that it throws ends no run', async (_, thrown, words) => {
    const { text, failure } = await resultOf(() => {
      throw thrown;
    });
    expect(failure).toBe('failed');
    expect(text).toContain(words);
    expect(text.length).toBeLessThan(maxResultCharacters + 100);
  });
});

describe('Pictures and documents of a tool', () => {
  const words = { type: 'text', text: 'The roof:' };
  const image = { type: 'image', mimeType: 'image/png', data: Buffer.from(png).toString('base64') };
  const protocol = (...content: readonly object[]) => ({ content });
  const pdf = { document: { format: 'pdf', name: 'invoice', source: { bytes: Buffer.from('%PDF-1.7') } } };

  it.each<[string, unknown, readonly string[]]>([
    ['a content block', picture, ['image']],
    ['blocks with words', [{ text: 'The roof:' }, picture, pdf], ['text', 'image', 'document']],
    ['the bytes of a picture', png, ['image']],
    ['the bytes of a PDF', Buffer.from('%PDF-1.7 …'), ['document']],
    ['the bytes of two pictures', [png, png], ['image', 'image']],
    ['a record with a picture', { caption: 'The roof', image: png }, ['text', 'image']],
    ['a picture in a file', new File([png], 'roof.png'), ['image']],
    ['a picture in pieces', Readable.from([png.subarray(0, 9), png.subarray(9)]), ['image']],
    ['words and a picture by MCP', protocol(words, image), ['text', 'image']],
    ['a file by MCP', protocol({ type: 'resource', resource: { uri: 'a', blob: image.data } }), ['image']],
    ['blocks of words', [{ text: 'a' }, { text: ' ' }, { text: 'b' }], ['text', 'text']],
  ])('%s goes to the model as content', async (_, value, kinds) => {
    const outcome = await resultOf(() => value);
    const sent = resultMessage(outcome).content[0]?.toolResult?.content ?? [];
    expect(sent.map((block) => Object.keys(block)[0])).toEqual(kinds);
    expect(outcome.status).toBe('success');
  });

  it('a record says which picture is which', async () => {
    const { content = [] } = await resultOf(() => ({ rooms: [{ name: 'roof', image: png }] }));
    expect(content[0]).toEqual({ text: '{"rooms":[{"name":"roof","image":"(attached: file 1)"}]}' });
  });

  it('an error by MCP is one, with its words, and as data where they come from outside', async () => {
    const error = { ...protocol({ type: 'text', text: 'No such city.' }), isError: true };
    const told = { text: 'No such city.', status: 'error', failure: 'failed' };
    expect(await resultOf(() => error)).toMatchObject(told);
    const { text, status } = await resultOf(() => error, { untrusted: true });
    expect(status).toBe('error');
    expect(text).toContain('data from outside');
    const silent = await resultOf(() => ({ content: [], isError: true }));
    expect(silent).toMatchObject({ status: 'error', failure: 'failed' });
  });

  it('its words are data from outside where it says so, and no longer than a result may be', async () => {
    const words = { text: 'w'.repeat(maxResultCharacters + 5) };
    const { content = [] } = await resultOf(() => [words, picture], { untrusted: true });
    expect(content[0]?.text).toMatch(/^<result>/);
    expect(content[0]?.text?.length).toBeLessThan(maxResultCharacters + 400);
    const alone = await resultOf(() => picture, { untrusted: true });
    expect(alone.content?.[1]?.text).toContain('data from outside');
  });

  it('arrives at the model over the wire, and a tool may use its bytes again', async () => {
    const buffer = Buffer.from(png);
    const camera = tool({
      name: 'look',
      description: 'Looks.',
      input: { type: 'object' },
      run: () => ({ image: { format: 'png', source: { bytes: buffer } } }),
    });
    await withAgent(
      [calls(['a', 'look', {}]), says('A roof.'), says('Yes.')],
      async (agent, server) => {
        const { steps } = await agent.run('What do you see?');
        expect(steps[0]?.tools[0]).toMatchObject({ text: '[picture]', status: 'success' });
        buffer.fill(0);
        await agent.run('Again?');
        for (const index of [1, 2]) {
          const result = messagesOf(server, index)[2]?.content[0];
          expect(result).toMatchObject({
            toolResult: {
              content: [{ image: { format: 'png', source: { bytes: Buffer.from(png).toString('base64') } } }],
            },
          });
        }
      },
      { tools: [camera], modelId: 'amazon.nova-lite-v1:0' },
    );
  });

  it('a check is given the words of a document that is text', async () => {
    const note = {
      document: { format: 'txt', name: 'note', source: { bytes: Buffer.from('call +49 170 1234567') } },
    };
    const seen: string[] = [];
    const look = tool({ name: 'look', description: 'Looks.', input: { type: 'object' }, run: () => note });
    await withAgent(
      [calls(['a', 'look', {}]), says('Done.')],
      async (agent, server) => {
        await agent.run('Go.');
        expect(seen[0]).toContain('+49 170');
        expect(JSON.stringify(messagesOf(server, 1))).not.toContain('KzQ5');
      },
      {
        tools: [look],
        guardrails: {
          toolResult: [
            (text) => {
              seen.push(text);
              return text.includes('+49') ? { check: 'telephone', reason: 'A number.' } : undefined;
            },
          ],
        },
      },
    );
  });
});

describe('Calls with ids of their own', () => {
  const echo = tool({ name: 'echo', description: 'Echo.', input: { type: 'object' }, run: () => 'echo' });

  it('also where the model gives the same in two answers, two turns, or gives none', async () => {
    await withAgent(
      [
        calls(['', 'echo', {}], ['', 'echo', {}]),
        calls(['call', 'echo', {}]),
        says('One.'),
        calls(['call', 'echo', {}]),
        says('Two.'),
      ],
      async (agent) => {
        await agent.run('First');
        await agent.run('Second');
        const ids = agent.messages.flatMap(({ content }) =>
          content.flatMap(({ toolUse }) => toolUse?.toolUseId ?? []),
        );
        expect(ids).toEqual(['call', 'call_2', 'call_3', 'call_4']);
      },
      { tools: [echo] },
    );
  });

  it('and its events name it by the same id', async () => {
    const server = await serveScripts(calls(['a', 'echo', {}], ['a', 'echo', {}]), says('Done.'));
    const client = clientOver('HTTP/1.1', server.url);
    const { Agent } = await import('lib');
    // A model that cannot stream tools gives its answer whole, in pieces.
    const agent = new Agent({ client, modelId: 'us.meta.llama3-1-70b-instruct-v1:0', tools: [echo] });
    const ids: Record<string, string[]> = { toolUse: [], toolInput: [], toolStart: [] };
    for await (const event of agent.stream('Go.'))
      if ('toolUseId' in event) ids[event.type]?.push(event.toolUseId);
    expect(ids).toEqual({
      toolUse: ['a', 'a_2'],
      toolInput: ['a', 'a_2'],
      toolStart: ['a', 'a_2'],
    });
    client.destroy();
    await server.close();
  });
});

describe('A tool that nobody can be asked about', () => {
  it('is not run, and is told as not run', async () => {
    let ran = false;
    const outcome = await resultOf(
      () => {
        ran = true;
      },
      {
        approve: () => {
          throw new Error('the page is closed');
        },
      },
    );
    expect(ran).toBe(false);
    expect(outcome).toMatchObject({ failure: 'declined', status: 'error' });
    expect(outcome.text).toContain('the page is closed');
    expect(outcome.text).not.toContain('failed');
  });
});

it('a time limit that no timer holds does not end at once', async () => {
  for (const timeoutMs of [Number.POSITIVE_INFINITY, 1e12]) {
    const slow = () => new Promise((resolve) => setTimeout(() => resolve('done'), 20));
    expect(await resultOf(slow, { timeoutMs })).toMatchObject({ text: 'done' });
  }
  await withAgent(
    [says('Hello.')],
    async (agent) => {
      expect(await agent.run('Hi.')).toMatchObject({ outcome: 'answered' });
    },
    { modelId, limits: { maxMs: 1e12 }, idleTimeoutMs: 1e12 },
  );
});
