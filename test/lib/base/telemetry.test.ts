import { context, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import { classify, converse, converseStream, createClient, embed, invokeStream, invokeText, tool } from 'lib';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { clientFor, useLocalBedrock } from '../../local-endpoint.ts';
import { clientOver, converseEvents, serveScripts } from '../../scripted-endpoint.ts';
import { calls, says, weather, withAgent } from '../agent/scripted-agent.ts';

const collected = new InMemorySpanExporter();
const words = 'OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT';
const endpoint = useLocalBedrock();
const nova = 'amazon.nova-lite-v1:0';
const secret = 'xyzzy';
const question = [{ role: 'user' as const, content: [{ text: `Say ${secret}.` }] }];
let isBroken = false;

beforeAll(() => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  const breaks = {
    onStart() {
      if (isBroken) throw new Error('The collector is broken.');
    },
    onEnd() {
      if (isBroken) throw new Error('The collector is broken.');
    },
    forceFlush: async () => undefined,
    shutdown: async () => undefined,
  };
  const spanProcessors = [breaks, new SimpleSpanProcessor(collected)];
  trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors }));
});
afterEach(() => {
  collected.reset();
  delete process.env[words];
  isBroken = false;
});
afterAll(() => {
  trace.disable();
  context.disable();
});

const spans = () => collected.getFinishedSpans();
const client = () => createClient(clientFor(endpoint().url));
const only = (): ReadableSpan => {
  const [span, ...more] = spans();
  if (span === undefined || more.length > 0) throw new Error(`${spans().length} spans have ended.`);
  return span;
};

/** The names that the pinned version of the conventions has, of those that are used. */
const conventional = new Set([
  ...['operation.name', 'provider.name', 'conversation.id', 'system_instructions'],
  ...[
    'request.model',
    'request.max_tokens',
    'request.temperature',
    'request.top_p',
    'request.stop_sequences',
  ],
  ...['response.finish_reasons', 'usage.input_tokens', 'usage.output_tokens'],
  ...['usage.cache_read.input_tokens', 'usage.cache_creation.input_tokens'],
  ...['tool.name', 'tool.type', 'tool.call.id', 'tool.call.arguments', 'tool.call.result'],
  ...['input.messages', 'output.messages'],
]);

function expectConventional(): void {
  for (const { attributes, instrumentationScope } of spans()) {
    expect(instrumentationScope).toMatchObject({ schemaUrl: 'https://opentelemetry.io/schemas/1.41.0' });
    const names = Object.keys(attributes).filter((name) => name.startsWith('gen_ai.'));
    expect(names.filter((name) => !conventional.has(name.slice('gen_ai.'.length)))).toEqual([]);
  }
}

describe('The span of a call', () => {
  it('has what was asked and what it came to, in the names of the conventions, without a word of it', async () => {
    const inference = { maxTokens: 50, temperature: 0, stopSequences: ['#'] };
    const answer = await converse(client(), nova, question, { ...inference, system: `Think of ${secret}.` });
    const { name, kind, attributes, status } = only();
    expect({ name, kind, status: status.code }).toEqual({ name: `chat ${nova}`, kind: 2, status: 0 });
    expect(attributes).toMatchObject({
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'aws.bedrock',
      'gen_ai.request.model': nova,
      'gen_ai.request.max_tokens': 50,
      'gen_ai.request.temperature': 0,
      'gen_ai.request.stop_sequences': ['#'],
      'gen_ai.response.finish_reasons': [answer.stopReason],
      'gen_ai.usage.input_tokens': answer.usage?.inputTokens,
      'gen_ai.usage.output_tokens': answer.usage?.outputTokens,
      'lib.cost_usd': answer.costUsd,
      'lib.attempts': 1,
      'aws.request_id': answer.requestId,
    });
    expect(JSON.stringify(attributes)).not.toContain(secret);
    expectConventional();
  });

  it.each<[string, (give: ReturnType<typeof client>) => Promise<unknown>, string]>([
    ['converseStream', (give) => converseStream(give, nova, question, () => undefined), `chat ${nova}`],
    ['invokeText', (give) => invokeText(give, nova, `Say ${secret}.`), `text_completion ${nova}`],
    ['invokeStream', (give) => invokeStream(give, nova, `Say ${secret}.`).result, `text_completion ${nova}`],
    [
      'embed',
      (give) => embed(give, 'amazon.titan-embed-text-v2:0', [secret]),
      'embeddings amazon.titan-embed-text-v2:0',
    ],
    [
      'classify',
      (give) => classify(give, nova, `I like ${secret}.`, { labels: ['Positive', 'Negative'] }),
      `chat ${nova}`,
    ],
  ])('%s has one with tokens, cost, attempts and the request id', async (_, call, name) => {
    await call(client());
    const { attributes, ...span } = only();
    expect(span.name).toBe(name);
    for (const each of ['gen_ai.usage.input_tokens', 'lib.cost_usd', 'lib.attempts', 'aws.request_id'])
      expect(attributes).toHaveProperty([each]);
    expect(JSON.stringify(attributes)).not.toContain(secret);
    expectConventional();
  });

  it('has the words where they are asked for', async () => {
    process.env[words] = 'true';
    await converse(client(), nova, question, { system: 'Be brief.' });
    const { attributes } = only();
    expect(JSON.parse(String(attributes['gen_ai.input.messages']))).toEqual([
      { role: 'user', parts: [{ type: 'text', content: `Say ${secret}.` }] },
    ]);
    expect(JSON.parse(String(attributes['gen_ai.output.messages']))).toMatchObject([
      { role: 'assistant', parts: [{ type: 'text' }], finish_reason: 'end_turn' },
    ]);
    expect(attributes['gen_ai.system_instructions']).toContain('Be brief.');
    expectConventional();
  });

  it('of one that fails has the kind of the error, and none of its words', async () => {
    endpoint().fault('ThrottlingException');
    await expect(converse(client(), nova, question)).rejects.toMatchObject({ kind: 'throttled' });
    const { attributes, status, events } = only();
    expect(status).toEqual({ code: 2 });
    expect(attributes).toMatchObject({ 'error.type': 'throttled', 'lib.aws_error': 'ThrottlingException' });
    // An exception's message may quote what was said.
    expect(events).toEqual([]);
  });

  it('a collector that fails harms nothing', async () => {
    isBroken = true;
    expect((await converse(client(), nova, question)).text).not.toBe('');
    const deltas: unknown[] = [];
    for await (const delta of invokeStream(client(), nova, 'Hello')) deltas.push(delta);
    expect(deltas.length).toBeGreaterThan(0);
  });
});

describe('The spans of an agent', () => {
  const parents = () => {
    const byId = new Map(spans().map((span) => [span.spanContext().spanId, span.name]));
    return spans().map(({ name, parentSpanContext }) => [name, byId.get(parentSpanContext?.spanId ?? '')]);
  };

  it('stand in each other: the run, its steps, and in each the call and the tools, with spans of the tool', async () => {
    const traced = tool({
      name: 'look',
      description: 'Looks.',
      input: { type: 'object' },
      run: async () => {
        await new Promise((resolve) => setImmediate(resolve));
        return trace.getTracer('mine').startActiveSpan('inside', (span) => {
          span.end();
          return secret;
        });
      },
    });
    const model = 'amazon.nova-micro-v1:0';
    await withAgent(
      [
        calls(['a', 'look', { what: secret }], ['b', 'weather', {}], ['c', 'weather', { city: 'Ube' }]),
        says('Done.'),
      ],
      async (agent) => {
        const result = await trace.getTracer('mine').startActiveSpan('request', async (span) => {
          const given = await agent.run(`Go, ${secret}.`);
          span.end();
          return given;
        });
        // The tools of one step run at the same time.
        expect(parents().map(String).sort()).toEqual(
          [
            [`chat ${model}`, 'step 1'],
            ['execute_tool look', 'step 1'],
            ['inside', 'execute_tool look'],
            ['execute_tool weather', 'step 1'],
            ['step 1', 'invoke_agent'],
            [`chat ${model}`, 'step 2'],
            ['step 2', 'invoke_agent'],
            ['invoke_agent', 'request'],
            ['request', undefined],
          ]
            .map(String)
            .sort(),
        );
        const run = spans().find(({ name }) => name === 'invoke_agent');
        expect(run?.attributes).toMatchObject({
          'gen_ai.conversation.id': agent.sessionId,
          'gen_ai.usage.input_tokens': 200,
          'lib.cost_usd': result.costUsd,
          'lib.outcome': 'answered',
        });
        expect(JSON.stringify(spans().map(({ attributes }) => attributes))).not.toContain(secret);
      },
      { tools: [traced, weather] },
    );
  });

  it('a tool that fails, or is not in time, has a span that says so', async () => {
    const input = { type: 'object' };
    const throws = tool({
      name: 'throws',
      description: 'Throws.',
      input,
      run: () => {
        throw new RangeError(secret);
      },
    });
    const hangs = tool({
      name: 'hangs',
      description: 'Hangs.',
      input,
      timeoutMs: 5,
      run: () => new Promise(() => {}),
    });
    await withAgent(
      [calls(['a', 'throws', {}], ['b', 'hangs', {}]), says('No.')],
      (agent) => agent.run('Go.'),
      { tools: [throws, hangs] },
    );
    const failed = spans().filter(({ status }) => status.code === 2);
    expect(failed.map(({ name, attributes }) => [name, attributes['error.type']])).toEqual([
      ['execute_tool throws', 'RangeError'],
      ['execute_tool hangs', 'timeout'],
    ]);
    expect(JSON.stringify(failed.map(({ attributes, events }) => [attributes, events]))).not.toContain(
      secret,
    );
  });
});

describe('The span of a stream', () => {
  const endless = { steps: [...converseEvents(['One ', 'two ']).slice(0, 3), 'stall' as const] };
  const chatSpans = () => spans().filter(({ name }) => name.startsWith('chat'));

  async function streaming(use: (agent: Parameters<Parameters<typeof withAgent>[1]>[0]) => Promise<unknown>) {
    await withAgent([endless], use, { tools: [weather] });
    expect(chatSpans()).toHaveLength(1);
    expect(chatSpans()[0]?.attributes['error.type']).toBe('aborted');
    expect(spans().find(({ name }) => name === 'invoke_agent')?.attributes['error.type']).toBe('aborted');
  }

  it('ends when its loop is left', async () => {
    await streaming(async (agent) => {
      for await (const event of agent.stream('Go.')) if (event.type === 'text') break;
    });
  });

  it('ends when it is aborted', async () => {
    const stop = new AbortController();
    await streaming(async (agent) => {
      const read = async () => {
        for await (const event of agent.stream('Go.', { signal: stop.signal }))
          if (event.type === 'text') stop.abort();
      };
      await expect(read()).rejects.toMatchObject({ kind: 'aborted' });
    });
  });

  it('does not become the parent of what its reader does', async () => {
    await withAgent([{ steps: converseEvents(['One ', 'two ']) }], async (agent) => {
      const seen: (string | undefined)[] = [];
      await trace.getTracer('mine').startActiveSpan('reader', async (span) => {
        for await (const _ of agent.stream('Go.')) seen.push(trace.getActiveSpan()?.spanContext().spanId);
        expect(new Set(seen)).toEqual(new Set([span.spanContext().spanId]));
        span.end();
      });
      expect(spans().find(({ name }) => name === 'invoke_agent')?.parentSpanContext).toBeDefined();
    });
  });

  it('of InvokeModel ends when it is read, left, aborted, or aborted and never asked again', async () => {
    for (const end of ['read', 'left', 'aborted', 'forgotten'] as const) {
      collected.reset();
      const stop = new AbortController();
      const stream = invokeStream(client(), nova, 'Tell me a story.', { signal: stop.signal });
      const seen: unknown[] = [];
      const read = async () => {
        await trace.getTracer('mine').startActiveSpan('reader', async (span) => {
          for await (const _ of stream) {
            seen.push(trace.getActiveSpan()?.spanContext().spanId === span.spanContext().spanId);
            if (end === 'left') break;
            if (end === 'aborted') stop.abort();
          }
          span.end();
        });
      };
      if (end === 'forgotten') {
        await stream[Symbol.asyncIterator]().next();
        stop.abort(new DOMException('Late.', 'TimeoutError'));
      } else await read().catch((error) => expect(error.kind).toBe('aborted'));
      const [span] = spans().filter(({ name }) => name.startsWith('text_completion'));
      const types = { read: undefined, left: 'aborted', aborted: 'aborted', forgotten: 'timeout' };
      expect([end, span?.attributes['error.type'], span?.ended]).toEqual([end, types[end], true]);
      expect(seen).not.toContain(false);
    }
  });
});

it('nothing is begun, and nothing loaded, where nobody collects', async () => {
  trace.disable();
  const server = await serveScripts(says('Hello.'));
  const plain = clientOver('HTTP/1.1', server.url);
  await converse(plain, nova, question);
  expect(spans()).toEqual([]);
  plain.destroy();
  await server.close();
});
