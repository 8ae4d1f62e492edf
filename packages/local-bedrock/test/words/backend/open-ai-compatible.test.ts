import { describe, expect, it, vi } from 'vitest';
import { findModel } from '../../../../bedrock-models/src/find.ts';
import type { ModelAnswer, ModelRequest } from '../../../src/invoke/family.ts';
import { type AnswerEvent, collectAnswer } from '../../../src/words/answer.ts';
import { openAiCompatible } from '../../../src/words/backend/open-ai-compatible.ts';
import { countRequest, countTokens } from '../../../src/words/tokens.ts';
import { closedServer, delta, events, type FakeServer, fakeServer, json, raw } from './fake-server.ts';

const request: ModelRequest = {
  system: 'Be brief.',
  turns: [{ role: 'user', text: 'Hello' }],
  maxTokens: 50,
  stopSequences: [],
};
const tools = [
  {
    name: 'get_weather',
    description: 'Weather',
    schema: { type: 'object', properties: { city: { type: 'string' } } },
  },
];
const usage = { choices: [], usage: { prompt_tokens: 11, completion_tokens: 7, total_tokens: 18 } };

function model() {
  const found = findModel('amazon.nova-micro-v1:0');
  if (found === undefined) throw new Error('amazon.nova-micro-v1:0 is not in the catalogue.');
  return found;
}

function stream(
  { url }: { url: string },
  own: Partial<ModelRequest> = {},
  lead = '',
  signal = new AbortController().signal,
): AsyncIterable<AnswerEvent> {
  return openAiCompatible({ url }).answer({ ...request, ...own }, model(), lead, signal);
}

function ask(server: { url: string }, own: Partial<ModelRequest> = {}, lead = ''): Promise<ModelAnswer> {
  return collectAnswer(stream(server, own, lead));
}

async function failureOf(server: { url: string }, own: Partial<ModelRequest> = {}) {
  try {
    await ask(server, own);
  } catch (error) {
    return error as { errorName: string; status: number; message: string; members: Record<string, unknown> };
  }
  throw new Error('It did not fail.');
}

/** The body of the last chat request. */
function sent({ received }: FakeServer) {
  return received.findLast(({ path }) => path === '/v1/chat/completions')?.body;
}

describe('what a backend answers', () => {
  it('streams as it comes, with its own count of tokens', async () => {
    const server = await fakeServer(
      events(delta({ role: 'assistant', content: '' }), delta('Good '), delta('day.', 'stop'), usage),
    );
    const found: AnswerEvent[] = [];
    for await (const event of stream(server)) found.push(event);
    expect(found).toEqual([
      { type: 'text', text: 'Good ' },
      { type: 'text', text: 'day.' },
      { type: 'end', ending: { reason: 'end' }, inputTokens: 11, outputTokens: 7 },
    ]);
  });

  it('is counted by the endpoint where the backend counts nothing', async () => {
    const server = await fakeServer(events(delta('Good '), delta('day.', 'stop')));
    const { inputTokens, outputTokens } = await ask(server);
    expect([inputTokens, outputTokens]).toEqual([
      countRequest(request),
      countTokens('Good ') + countTokens('day.'),
    ]);
  });

  it('gets the lead of the model family before its first words only', async () => {
    const server = await fakeServer(events(delta('Good '), delta('day.', 'stop')));
    expect((await ask(server, {}, '\n')).text).toBe('\nGood day.');
    const spaced = await fakeServer(events(delta(' Good', 'stop')));
    expect((await ask(spaced, {}, '\n')).text).toBe(' Good');
  });

  it.each(['reasoning_content', 'reasoning'])('may hold what it thought, as %s', async (member) => {
    const server = await fakeServer(
      events(delta({ [member]: 'Hm. ' }), delta({ [member]: 'Yes.' }), delta('42', 'stop')),
    );
    expect((await ask(server)).blocks).toEqual([
      { type: 'reasoning', text: 'Hm. Yes.' },
      { type: 'text', text: '42' },
    ]);
  });

  it.each([
    ['length', { reason: 'maxTokens' }],
    ['stop', { reason: 'end' }],
    ['content_filter', { reason: 'end' }],
  ])('ends for the reason %s', async (finish, ending) => {
    const server = await fakeServer(events(delta('x', finish)));
    expect((await ask(server)).ending).toEqual(ending);
  });

  it('names the stop sequence where the server does, and may end with [DONE] alone', async () => {
    const chunk = {
      choices: [{ index: 0, delta: { content: 'x' }, finish_reason: 'stop', stop_reason: 'END' }],
    };
    expect((await ask(await fakeServer(events(chunk)))).ending).toEqual({
      reason: 'stopSequence',
      sequence: 'END',
    });
    expect((await ask(await fakeServer(events(delta('x'))))).ending).toEqual({ reason: 'end' });
  });

  it('may come whole, from a server that does not stream', async () => {
    const message = {
      role: 'assistant',
      content: [{ type: 'text', text: 'Good day.' }],
      tool_calls: [
        { id: 'a', type: 'function', function: { name: 'get_weather', arguments: { city: 'Lima' } } },
      ],
    };
    const server = await fakeServer((response) =>
      json(response, { choices: [{ message, finish_reason: 'tool_calls' }], usage: usage.usage }),
    );
    const answer = await ask(server, { tools });
    expect(answer).toMatchObject({ text: 'Good day.', ending: { reason: 'toolUse' }, inputTokens: 11 });
    expect(answer.blocks[1]).toMatchObject({ name: 'get_weather', input: { city: 'Lima' } });
  });

  it('is read whatever line ends, comments and event names the stream has, and where blank lines are missing', async () => {
    const [one, two] = [JSON.stringify(delta('日本')), JSON.stringify(delta('語', 'stop'))];
    for (const text of [
      `: ping\r\n\r\nevent: message\r\nid: 1\r\ndata: ${one}\r\n\r\ndata:${two}\r\n\r\ndata: [DONE]\r\n\r\n`,
      `data: ${one}\ndata: ${two}\ndata: [DONE]`,
      `data: ${one}\r\rdata: ${two}\r\r`,
    ]) {
      expect((await ask(await fakeServer(raw(text)))).text).toBe('日本語');
    }
  });
});

describe('tool calls', () => {
  const part = (own: Record<string, unknown>) => delta({ tool_calls: [own] });
  const wanted = [
    { name: 'get_weather', input: { city: 'Lima' } },
    { name: 'get_weather', input: { city: 'Rome' } },
  ];

  it.each([
    [
      'in pieces, by index',
      [
        part({ index: 0, id: 'a', type: 'function', function: { name: 'get_weather', arguments: '' } }),
        part({ index: 0, function: { arguments: '{"city":' } }),
        part({ index: 0, function: { arguments: '"Lima"}' } }),
        part({ index: 1, id: 'b', function: { name: 'get_weather', arguments: '{"city"' } }),
        part({ index: 1, function: { arguments: ':"Rome"}' } }),
      ],
    ],
    [
      'in turns',
      [
        part({ index: 0, id: 'a', function: { name: 'get_weather', arguments: '{"city"' } }),
        part({ index: 1, id: 'b', function: { name: 'get_weather', arguments: '{"city"' } }),
        part({ index: 0, function: { arguments: ':"Lima"}' } }),
        part({ index: 1, function: { arguments: ':"Rome"}' } }),
      ],
    ],
    [
      'without an index',
      [
        part({ id: 'a', function: { name: 'get_weather', arguments: '{"city":' } }),
        part({ function: { arguments: '"Lima"}' } }),
        part({ id: 'b', function: { name: 'get_weather', arguments: '{"city":"Rome"}' } }),
      ],
    ],
    [
      'all numbered 0',
      [
        part({ index: 0, id: 'a', function: { name: 'get_weather', arguments: '{"city":"Lima"}' } }),
        part({ index: 0, id: 'b', function: { name: 'get_weather', arguments: '{"city":"Rome"}' } }),
      ],
    ],
    [
      'without an id and an index',
      [
        part({ function: { name: 'get_weather', arguments: { city: 'Lima' } } }),
        part({ function: { name: 'get_weather', arguments: { city: 'Rome' } } }),
      ],
    ],
  ])('are put together %s', async (_, chunks) => {
    const server = await fakeServer(events(delta('I look.'), ...chunks, delta({}, 'tool_calls'), usage));
    const { blocks, ending } = await ask(server, { tools });
    expect(blocks.filter(({ type }) => type === 'toolUse')).toMatchObject(wanted);
    expect(ending).toEqual({ reason: 'toolUse' });
    const ids = blocks.flatMap((block) => (block.type === 'toolUse' ? [block.id] : []));
    expect(new Set(ids).size).toBe(2);
    for (const id of ids) expect(id).toMatch(/^tooluse_[\w-]{22}$/);
  });

  it('stream while they are made', async () => {
    const server = await fakeServer((response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(
        `data: ${JSON.stringify(part({ index: 0, id: 'a', function: { name: 'get_weather', arguments: '{"ci' } }))}\n\n`,
      );
    });
    const gone = new AbortController();
    const seen: string[] = [];
    for await (const event of stream(server, { tools }, '', gone.signal)) {
      seen.push(event.type);
      if (event.type === 'toolInput') gone.abort();
    }
    expect(seen).toEqual(['toolUse', 'toolInput']);
  });

  it('that are cut at the token limit end so, and are no error', async () => {
    const server = await fakeServer(
      events(
        part({ index: 0, id: 'a', function: { name: 'get_weather', arguments: '{"ci' } }),
        delta({}, 'length'),
      ),
    );
    expect((await ask(server, { tools })).ending).toEqual({ reason: 'maxTokens' });
  });
});

describe('what a backend is sent', () => {
  const answer = events(delta('ok', 'stop'));

  it('is the conversation, the limits and the first model of its list', async () => {
    const server = await fakeServer(answer);
    await ask(server, { stopSequences: ['END'], temperature: 0.2 });
    expect(sent(server)).toEqual({
      model: 'first',
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'Hello' },
      ],
      stream: true,
      stream_options: { include_usage: true },
      max_tokens: 50,
      temperature: 0.2,
      stop: ['END'],
    });
  });

  it('is the model and the key of the options, and the list of models is asked for once', async () => {
    const server = await fakeServer(answer);
    const named = openAiCompatible({ url: server.url, model: 'mine', apiKey: 'secret' });
    await collectAnswer(named.answer(request, model(), '', new AbortController().signal));
    expect(sent(server).model).toBe('mine');
    expect(server.received.map(({ path, authorization }) => [path, authorization])).toEqual([
      ['/v1/chat/completions', 'Bearer secret'],
    ]);
    const listed = openAiCompatible({ url: server.url });
    for (let call = 0; call < 2; call += 1)
      await collectAnswer(listed.answer(request, model(), '', new AbortController().signal));
    expect(server.received.filter(({ path }) => path === '/v1/models')).toHaveLength(1);
  });

  it('has tools, calls and results in the form of its API', async () => {
    const server = await fakeServer(answer);
    await ask(server, {
      tools,
      toolChoice: 'any',
      turns: [
        { role: 'user', text: 'Weather in Lima?' },
        {
          role: 'assistant',
          text: 'I look.',
          blocks: [
            { type: 'reasoning', text: 'secret' },
            { type: 'text', text: 'I look.' },
            { type: 'toolUse', id: 't1', name: 'get_weather', input: { city: 'Lima' } },
          ],
        },
        {
          role: 'user',
          text: '20 In French.',
          blocks: [
            { type: 'toolResult', id: 't1', text: '20', isError: true },
            { type: 'text', text: 'In French.' },
          ],
        },
      ],
    });
    expect(sent(server).messages.slice(1)).toEqual([
      { role: 'user', content: 'Weather in Lima?' },
      {
        role: 'assistant',
        content: 'I look.',
        tool_calls: [
          { id: 't1', type: 'function', function: { name: 'get_weather', arguments: '{"city":"Lima"}' } },
        ],
      },
      { role: 'tool', tool_call_id: 't1', content: 'Error: 20' },
      { role: 'user', content: 'In French.' },
    ]);
    expect(sent(server)).toMatchObject({
      tools: [
        {
          type: 'function',
          function: { name: 'get_weather', description: 'Weather', parameters: tools[0]?.schema },
        },
      ],
      tool_choice: 'required',
    });
    await ask(server, { tools, toolChoice: { name: 'get_weather' } });
    expect(sent(server).tool_choice).toEqual({ type: 'function', function: { name: 'get_weather' } });
  });

  it('has the schema of the answer', async () => {
    const server = await fakeServer(answer);
    await ask(server, { answerSchema: { type: 'object' } });
    expect(sent(server).response_format).toEqual({
      type: 'json_schema',
      json_schema: { name: 'answer', strict: true, schema: { type: 'object' } },
    });
  });

  it('has no pictures: the model is told, and a warning is printed once', async () => {
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    const server = await fakeServer(answer);
    const source = openAiCompatible({ url: server.url });
    const turns = [
      {
        role: 'user' as const,
        text: 'Look',
        blocks: [
          { type: 'media' as const, kind: 'image', tokens: 100 },
          { type: 'text' as const, text: 'Look' },
        ],
      },
    ];
    for (let call = 0; call < 2; call += 1)
      await collectAnswer(source.answer({ ...request, turns }, model(), '', new AbortController().signal));
    expect(sent(server).messages[1].content).toBe('[image, which cannot be shown here]\nLook');
    expect(warn.mock.calls).toEqual([[expect.stringContaining('is not shown any image')]]);
    warn.mockRestore();
  });
});

describe('a backend that fails', () => {
  it.each([
    [
      'refuses',
      (response: Parameters<typeof json>[0]) =>
        json(response, { error: { message: 'model "x" not found' } }, 404),
      'answered with status 404: "model "x" not found"',
    ],
    [
      'is a web page',
      (response: Parameters<typeof json>[0]) =>
        response.writeHead(200, { 'content-type': 'text/html' }).end('<html><body>Welcome</body></html>'),
      'sent what is no answer: "Welcome"',
    ],
    [
      'answers with other JSON',
      (response: Parameters<typeof json>[0]) => json(response, { hello: 1 }),
      'sent what is no answer: "{"hello":1}"',
    ],
    [
      'answers with broken JSON',
      (response: Parameters<typeof json>[0]) =>
        response.writeHead(200, { 'content-type': 'application/json' }).end('{"choices": ['),
      'sent what is no answer',
    ],
    ['streams what is no JSON', raw('data: {"choices": [\n\n'), 'sent what is no answer'],
    ['streams other JSON', raw('data: {"a":1}\n\n'), 'sent what is no answer'],
    [
      'reports an error in its stream',
      raw('data: {"error":{"message":"out of memory"}}\n\n'),
      'failed while it answered: out of memory',
    ],
    ['ends without an answer', raw('data: [DONE]\n\n'), 'ended its stream without an answer'],
    ['streams nothing', raw(''), 'ended its stream without an answer'],
    ['ends in the middle', raw(`data: ${JSON.stringify(delta('Go'))}\n\n`), 'ended its stream in the middle'],
    [
      'calls a tool without arguments that are JSON',
      events(
        delta({ tool_calls: [{ index: 0, id: 'a', function: { name: 'f', arguments: '{"a' } }] }),
        delta({}, 'tool_calls'),
      ),
      'called f with arguments that are not JSON',
    ],
    [
      'calls a tool without a name',
      events(delta({ tool_calls: [{ index: 0, function: { arguments: '{}' } }] })),
      'without naming it',
    ],
  ])('because it %s makes a ModelErrorException that says so', async (_, chat, message) => {
    const failure = await failureOf(await fakeServer(chat));
    expect(failure).toMatchObject({ errorName: 'ModelErrorException', status: 424 });
    expect(failure.message).toContain(message);
  });

  it('because it is not there says so, and answers when it is there again', async () => {
    const url = await closedServer();
    const failure = await failureOf({ url });
    expect(failure.message).toBe(
      `The backend at ${url}/models could not be asked: nothing listens there. Start the server, or correct the URL.`,
    );
    let isUp = false;
    const server = await fakeServer(events(delta('ok', 'stop')), {
      '/v1/models': (response) => (isUp ? json(response, { data: [{ id: 'm' }] }) : json(response, {}, 503)),
    });
    const source = openAiCompatible({ url: server.url });
    const call = () => collectAnswer(source.answer(request, model(), '', new AbortController().signal));
    await expect(call()).rejects.toMatchObject({
      errorName: 'ModelErrorException',
      members: { originalStatusCode: 503 },
    });
    isUp = true;
    expect((await call()).text).toBe('ok');
  });

  it('because it lists no model names the flag that helps', async () => {
    const server = await fakeServer(events(delta('ok', 'stop')), {
      '/v1/models': (response) => json(response, { data: [] }),
    });
    expect((await failureOf(server)).message).toContain('--backend-model');
  });

  it('because its connection breaks says so, after the words that came', async () => {
    const server = await fakeServer((response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(`data: ${JSON.stringify(delta('Go'))}\n\n`);
      setTimeout(() => response.destroy(), 10);
    });
    const seen: AnswerEvent[] = [];
    const read = async () => {
      for await (const event of stream(server)) seen.push(event);
    };
    await expect(read()).rejects.toMatchObject({
      errorName: 'ModelErrorException',
      message: expect.stringContaining('broke off'),
    });
    expect(seen).toEqual([{ type: 'text', text: 'Go' }]);
  });
});

describe('a caller who goes away', () => {
  const endless = (response: Parameters<typeof json>[0]) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(`data: ${JSON.stringify(delta('Go'))}\n\n`);
  };

  it('by a signal ends the work of the backend, without an error', async () => {
    const server = await fakeServer(endless);
    const gone = new AbortController();
    for await (const _ of stream(server, {}, '', gone.signal)) gone.abort();
    await server.left;
  });

  it('by leaving the loop ends it too', async () => {
    const server = await fakeServer(endless);
    for await (const _ of stream(server)) break;
    await server.left;
  });
});

describe('counting tokens', () => {
  it.each([
    ['llama.cpp', { tokens: [1, 2, 3] }],
    ['vLLM', { count: 3, max_model_len: 10, tokens: [1, 2, 3] }],
  ])('is done by the backend where it can, as %s does', async (_, answer) => {
    const server = await fakeServer(events(), { '/tokenize': (response) => json(response, answer) });
    expect(await openAiCompatible({ url: server.url }).countTokens(request, model())).toBe(3);
    expect(server.received.at(-1)?.body).toEqual({
      model: 'first',
      content: 'Be brief.\nHello',
      prompt: 'Be brief.\nHello',
    });
  });

  it('is an estimate where it cannot, and it is asked once', async () => {
    const server = await fakeServer(events());
    const source = openAiCompatible({ url: server.url });
    expect(await source.countTokens(request, model())).toBe(countRequest(request));
    await source.countTokens(request, model());
    expect(server.received.filter(({ path }) => path === '/tokenize')).toHaveLength(1);
  });

  it('fails when the backend is gone', async () => {
    const source = openAiCompatible({ url: await closedServer(), model: 'm' });
    await expect(source.countTokens(request, model())).rejects.toMatchObject({
      errorName: 'ModelErrorException',
    });
  });
});

describe('the URL', () => {
  it.each(['', '/', '/v1', '/v1/', '/v1/chat/completions'])('may end in %j', async (end) => {
    const server = await fakeServer(events(delta('ok', 'stop')));
    expect((await ask({ url: server.url.replace(/\/v1$/, end) })).text).toBe('ok');
    expect(openAiCompatible({ url: server.url.replace(/\/v1$/, end) }).name).toBe(`backend ${server.url}`);
  });

  it.each(['localhost:11434', 'ftp://x/v1', ''])('%j is refused with how to write it', (url) => {
    expect(() => openAiCompatible({ url })).toThrow('Write it as http://127.0.0.1:11434/v1.');
  });
});
