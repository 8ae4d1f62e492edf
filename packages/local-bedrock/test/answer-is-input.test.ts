import { catalogue, type Feature, isOffered, type Model, thinkingWaysOf } from 'bedrock-models';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LocalBedrock, type ScriptedReply, scripted, startLocalBedrock } from '../src/index.ts';
import { postTo, readFrames } from './frames.ts';

/**
 * What the endpoint answers can be sent back to it: each model of the catalogue, whole and streamed, with thoughts, words,
 * calls of tools, and pictures in the question.
 */

/** One in each of the two regions that offer them all. */
let endpoints: Record<string, LocalBedrock>;
let reply: ScriptedReply;
beforeAll(async () => {
  const words = scripted(() => reply);
  endpoints = {
    'us-east-1': await startLocalBedrock({ words }),
    'us-west-2': await startLocalBedrock({ words, region: 'us-west-2' }),
  };
});
afterAll(() => Promise.all(Object.values(endpoints).map((endpoint) => endpoint.close())));

// biome-ignore lint/suspicious/noExplicitAny: answers of a dozen forms are put together freely.
type Loose = any;

const png = Buffer.from('iVBORw0KGgo=', 'base64').toString('base64');
const schema = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] };
const calls = ['Paris', 'Oslo'].map((city, index) => ({
  name: 'get_weather',
  input: { city },
  id: `tooluse_${index}`,
}));
const replies: readonly ScriptedReply[] = [
  { text: 'Sunny.' },
  { toolUse: calls.slice(0, 1) },
  { text: 'I look.', toolUse: calls },
  { reasoning: 'Hm.', text: 'Sunny.' },
  { reasoning: 'Hm.', text: 'I look.', toolUse: calls },
];

const refuses = ({ refuses: features = [] }: Model, feature: Feature) => features.includes(feature);
const idOf = ({ id, profiles }: Model) => (profiles.includes('us') ? `us.${id}` : id);
/** What makes a model think; `undefined`: it does not, and so says no thought. */
const thinking = ({ id, family }: Model): object | undefined => {
  if (family === 'gpt-oss' || family === 'deepseek') return {};
  if (family === 'qwen') return { reasoning_config: 'high' };
  if (id.startsWith('amazon.nova-2-')) return { reasoningConfig: { type: 'enabled' } };
  if (family !== 'claude-messages') return undefined;
  const [way] = thinkingWaysOf(id);
  if (way === undefined) return undefined;
  return { thinking: { type: way, ...(way === 'enabled' && { budget_tokens: 1_024 }) } };
};
const repliesOf = (model: Model) =>
  replies.filter(
    ({ reasoning, toolUse }) =>
      (reasoning === undefined || thinking(model) !== undefined) &&
      (toolUse === undefined || !refuses(model, 'tools')),
  );

async function ask(model: Model, operation: string, body: object): Promise<Loose> {
  const region = isOffered(model, 'us-east-1') ? 'us-east-1' : 'us-west-2';
  const { url = '' } = endpoints[region] ?? {};
  const { status, headers, bytes, text } = await postTo(url, idOf(model), operation, body);
  expect([status, status === 200 || text]).toEqual([200, true]);
  if (!headers.get('content-type')?.includes('eventstream')) return JSON.parse(text);
  return readFrames(bytes).map(({ json, headers: [first] }) => {
    const chunk = (json as { bytes?: string }).bytes;
    return chunk === undefined
      ? { [String(first?.[1])]: json }
      : JSON.parse(Buffer.from(chunk, 'base64').toString('utf8'));
  });
}

/**
 * The content of a Converse answer, or of Nova's own, from its events. A thought of which only the signature came is sent
 * back with an empty text: the API wants one.
 */
function converseContent(events: Loose): Loose[] {
  if (!Array.isArray(events)) {
    return events.output.message.content.map((block: Loose) => {
      const { reasoningText } = block.reasoningContent ?? {};
      return reasoningText ? { reasoningContent: { reasoningText: { text: '', ...reasoningText } } } : block;
    });
  }
  const blocks: Loose[] = [];
  for (const { contentBlockStart, contentBlockDelta } of events) {
    const { contentBlockIndex: index, start, delta } = contentBlockStart ?? contentBlockDelta ?? {};
    if (start?.toolUse) blocks[index] = { toolUse: { ...start.toolUse, input: '' } };
    if (delta?.text) blocks[index] = { text: (blocks[index]?.text ?? '') + delta.text };
    if (delta?.toolUse) blocks[index].toolUse.input += delta.toolUse.input;
    if (!delta?.reasoningContent) continue;
    const { text = delta.reasoningContent.reasoningText?.text ?? '', signature } = delta.reasoningContent;
    const before = blocks[index]?.reasoningContent.reasoningText ?? { text: '' };
    blocks[index] = {
      reasoningContent: {
        reasoningText: { ...before, text: before.text + text, ...(signature && { signature }) },
      },
    };
  }
  return blocks
    .filter(Boolean)
    .map((block) =>
      block.toolUse === undefined
        ? block
        : { toolUse: { ...block.toolUse, input: JSON.parse(block.toolUse.input || '{}') } },
    );
}

/** The content of a Messages answer. */
function claudeContent(events: Loose): Loose[] {
  if (!Array.isArray(events)) return events.content;
  const blocks: Loose[] = [];
  for (const { type, index, content_block: block, delta } of events) {
    if (type === 'content_block_start')
      blocks[index] = { ...block, ...(block.type === 'tool_use' && { input: '' }) };
    if (type !== 'content_block_delta') continue;
    const target = blocks[index];
    if (delta.text) target.text += delta.text;
    if (delta.thinking) target.thinking += delta.thinking;
    if (delta.signature) target.signature = delta.signature;
    if (delta.partial_json) target.input += delta.partial_json;
  }
  return blocks.map((block) =>
    block.type === 'tool_use' ? { ...block, input: JSON.parse(block.input) } : block,
  );
}

/** The message of an answer in OpenAI's form. */
function chatMessage(chunks: Loose): Loose {
  if (!Array.isArray(chunks)) return chunks.choices[0].message;
  const message: Loose = { role: 'assistant', content: '', tool_calls: [] };
  for (const { choices } of chunks) {
    const { content = '', tool_calls: pieces = [] } = choices[0].delta ?? choices[0].message;
    message.content += content ?? '';
    for (const { index, ...call } of pieces) {
      if (call.id !== undefined) message.tool_calls[index] = call;
      else message.tool_calls[index].function.arguments += call.function.arguments;
    }
  }
  const { tool_calls: made, ...rest } = message;
  return made.length === 0 ? rest : message;
}

const next = { text: 'And now?' };
const inConverse = (model: Model) => ({
  begin: {
    messages: [
      {
        role: 'user',
        content: [
          { text: 'Hi' },
          ...(refuses(model, 'images') ? [] : [{ image: { format: 'png', source: { bytes: png } } }]),
        ],
      },
    ],
    ...(!refuses(model, 'tools') && {
      toolConfig: { tools: [{ toolSpec: { name: 'get_weather', inputSchema: { json: schema } } }] },
    }),
  },
  goOn: (answer: Loose) => {
    // DeepSeek-R1 takes its own thoughts no more than others' (aws-samples/bedrock-chat PR 851).
    const content = converseContent(answer).filter(
      ({ reasoningContent }) => reasoningContent === undefined || !model.id.includes('.r1-'),
    );
    const made = content.flatMap(({ toolUse }) => toolUse ?? []);
    const results = made.map(({ toolUseId }) => ({ toolResult: { toolUseId, content: [{ text: '20 C' }] } }));
    return [
      { role: 'assistant', content },
      { role: 'user', content: results.length > 0 ? results : [next] },
    ];
  },
});

const inClaude = {
  begin: {
    anthropic_version: 'bedrock-2023-05-31',
    max_tokens: 2_000,
    messages: [
      {
        role: 'user',
        content: [
          { type: 'text', text: 'Hi' },
          { type: 'image', source: { type: 'base64', media_type: 'image/png', data: png } },
        ],
      },
    ],
    tools: [{ name: 'get_weather', input_schema: schema }],
  },
  goOn: (answer: Loose) => {
    const content = claudeContent(answer);
    const results = content
      .filter(({ type }) => type === 'tool_use')
      .map(({ id }) => ({ type: 'tool_result', tool_use_id: id, content: '20 C' }));
    return [
      { role: 'assistant', content },
      { role: 'user', content: results.length > 0 ? results : 'And now?' },
    ];
  },
};

const inChat = {
  begin: {
    messages: [{ role: 'user', content: 'Hi' }],
    tools: [{ type: 'function', function: { name: 'get_weather', parameters: schema } }],
  },
  goOn: (answer: Loose) => {
    const message = chatMessage(answer);
    const results = (message.tool_calls ?? []).map(({ id }: Loose) => ({
      role: 'tool',
      tool_call_id: id,
      content: '20 C',
    }));
    return [message, ...(results.length > 0 ? results : [{ role: 'user', content: 'And now?' }])];
  },
};

/** Command R's: a message and what was said before. A result goes back with its call, in the history that came. */
const inCohere = {
  begin: {
    message: 'Hi',
    tools: [
      {
        name: 'get_weather',
        description: 'The weather.',
        parameter_definitions: { city: { description: 'The city.', type: 'str', required: true } },
      },
    ],
  },
  goOn: (answer: Loose) => {
    const { chat_history, tool_calls: made = [] } = Array.isArray(answer) ? answer.at(-1).response : answer;
    const results = made.map((call: Loose) => ({ call, outputs: [{ weather: '20 C' }] }));
    return {
      chat_history,
      ...(made.length > 0 ? { message: '', tool_results: results } : { message: 'And now?' }),
    };
  },
};

describe.each(catalogue.map((model) => [model.id, model] as const))('%s', (_, model) => {
  const { family } = model;
  const converses = !refuses(model, 'converse');
  it.skipIf(!converses).each(['converse', 'converse-stream'])('%s', async (operation) => {
    const isStream = operation === 'converse-stream';
    if (isStream && refuses(model, 'streaming')) return;
    for (reply of repliesOf(model)) {
      if (isStream && reply.toolUse !== undefined && refuses(model, 'tools-in-stream')) continue;
      const { begin, goOn } = inConverse(model);
      const { toolConfig, ...plain } = begin;
      const more = {
        ...(isStream && refuses(model, 'tools-in-stream') ? plain : begin),
        ...(reply.reasoning !== undefined && {
          additionalModelRequestFields: thinking(model),
          ...(family === 'claude-messages' && { inferenceConfig: { maxTokens: 2_000 } }),
        }),
      };
      const answer = await ask(model, operation, more);
      await ask(model, operation, { ...more, messages: [...begin.messages, ...goOn(answer)] });
    }
  });

  const form =
    family === 'claude-messages'
      ? inClaude
      : family === 'nova'
        ? inConverse(model)
        : ['mistral-chat', 'jamba', 'gpt-oss', 'qwen'].includes(family)
          ? inChat
          : undefined;
  it.skipIf(form === undefined).each(['invoke', 'invoke-with-response-stream'])('%s', async (operation) => {
    if (form === undefined) return;
    for (reply of repliesOf(model)) {
      const native = family === 'claude-messages' || family === 'nova';
      const { messages, ...rest } = {
        ...form.begin,
        ...(reply.reasoning !== undefined && native && thinking(model)),
      };
      const answer = await ask(model, operation, { messages, ...rest });
      await ask(model, operation, { messages: [...messages, ...form.goOn(answer)], ...rest });
    }
  });

  const isR = family === 'cohere-command' && !refuses(model, 'tools');
  it.skipIf(!isR).each(['invoke', 'invoke-with-response-stream'])('%s, with a history', async (operation) => {
    for (reply of repliesOf(model)) {
      const answer = await ask(model, operation, inCohere.begin);
      const more = inCohere.goOn(answer);
      expect(more.chat_history.at(-1)).toMatchObject({ role: 'CHATBOT', message: reply.text ?? '' });
      expect('tool_results' in more).toBe(reply.toolUse !== undefined);
      await ask(model, operation, { ...inCohere.begin, ...more });
    }
  });
});
