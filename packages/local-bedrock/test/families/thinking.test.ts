import { expect, it } from 'vitest';
import { bodies, post, useEndpoint } from '../endpoint.ts';
import { postTo } from '../frames.ts';

const endpoint = useEndpoint();
const sonnet45 = 'us.anthropic.claude-sonnet-4-5-20250929-v1:0';
const tooSmall = 'thinking.enabled.budget_tokens: Input should be greater than or equal to 1024';
const tooLarge =
  '`max_tokens` must be greater than `thinking.budget_tokens`. Please consult our documentation at https://docs.claude.com/en/docs/build-with-claude/extended-thinking#max-tokens-and-context-window-size';
const budgetOf = (budget_tokens: number) => ({ thinking: { type: 'enabled', budget_tokens } });

it.each([
  ['less than a model can think in', 1_023, 4_000, tooSmall],
  ['all that an answer may take', 4_000, 4_000, tooLarge],
])('a budget for thinking of %s is refused by both APIs', async (_, budget, maxTokens, message) => {
  const invoked = await post(
    endpoint.url,
    sonnet45,
    bodies.claude('What is 2 + 2?', { max_tokens: maxTokens, ...budgetOf(budget) }),
  );
  expect([invoked.status, await invoked.json()]).toEqual([400, { message }]);
  const conversed = await postTo(endpoint.url, sonnet45, 'converse', {
    messages: [{ role: 'user', content: [{ text: 'What is 2 + 2?' }] }],
    inferenceConfig: { maxTokens },
    additionalModelRequestFields: budgetOf(budget),
  });
  expect([conversed.status, JSON.parse(Buffer.from(conversed.bytes).toString())]).toEqual([
    400,
    { message: `The model returned the following errors: ${message}` },
  ]);
});

it.each([
  ['below the limit of the answer', budgetOf(1_024)],
  [
    'above it, spread over tool calls',
    { ...budgetOf(8_000), anthropic_beta: ['interleaved-thinking-2025-05-14'] },
  ],
])('a budget %s will do', async (_, rest) => {
  const body = bodies.claude('What is 2 + 2?', { max_tokens: 4_000, ...rest });
  expect((await post(endpoint.url, sonnet45, body)).status).toBe(200);
});

const look = { name: 'look', description: 'Looks.', input_schema: { type: 'object' } };
const noForce = 'tool_choice: type "tool" and "any" are not supported for this model.';
const alwaysThinks = '"thinking.type.disabled" is not supported for this model.';

it.each<[string, string, object, object, string | null]>([
  [
    'Opus 5.5 with a tool that it must call',
    'us.anthropic.claude-opus-5-5',
    { tools: [look], tool_choice: { type: 'tool', name: 'look' } },
    { toolConfig: configWith({ tool: { name: 'look' } }) },
    noForce,
  ],
  [
    'Opus 5.5 with any tool that it must call',
    'us.anthropic.claude-opus-5-5',
    { tools: [look], tool_choice: { type: 'any' } },
    { toolConfig: configWith({ any: {} }) },
    noForce,
  ],
  [
    'Opus 5.5 with a tool that it may call',
    'us.anthropic.claude-opus-5-5',
    { tools: [look], tool_choice: { type: 'auto' } },
    { toolConfig: configWith({ auto: {} }) },
    null,
  ],
  [
    'Fable 5.1 with any tool that it must call',
    'us.anthropic.claude-fable-5-1',
    { tools: [look], tool_choice: { type: 'any' } },
    { toolConfig: configWith({ any: {} }) },
    noForce,
  ],
  [
    'Opus 5 with a tool that it must call',
    'us.anthropic.claude-opus-5',
    { tools: [look], tool_choice: { type: 'any' } },
    { toolConfig: configWith({ any: {} }) },
    null,
  ],
  [
    'Opus 5.5 that is not to think',
    'us.anthropic.claude-opus-5-5',
    { thinking: { type: 'disabled' } },
    { additionalModelRequestFields: { thinking: { type: 'disabled' } } },
    alwaysThinks,
  ],
  [
    'Opus 5 that is not to think',
    'us.anthropic.claude-opus-5',
    { thinking: { type: 'disabled' } },
    { additionalModelRequestFields: { thinking: { type: 'disabled' } } },
    null,
  ],
])('%s is answered as on AWS by both APIs', async (_, modelId, native, converse, message) => {
  const invoked = await postTo(endpoint.url, modelId, 'invoke', bodies.claude('Hi', native));
  expect([invoked.status, JSON.parse(invoked.text).message ?? null]).toEqual([
    message === null ? 200 : 400,
    message,
  ]);
  const messages = [{ role: 'user', content: [{ text: 'Hi' }] }];
  const conversed = await postTo(endpoint.url, modelId, 'converse', { messages, ...converse });
  expect([conversed.status, JSON.parse(conversed.text).message ?? null]).toEqual(
    message === null ? [200, null] : [400, `The model returned the following errors: ${message}`],
  );
});

function configWith(toolChoice: object) {
  const { input_schema: json, ...spec } = look;
  return { tools: [{ toolSpec: { ...spec, inputSchema: { json } } }], toolChoice };
}
