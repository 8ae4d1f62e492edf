import { expect, it } from 'vitest';
import { bodies, useEndpoint } from '../endpoint.ts';
import { postTo } from '../frames.ts';

const endpoint = useEndpoint();
const sonnet45 = 'us.anthropic.claude-sonnet-4-5-20250929-v1:0';
const question = 'Tell me about Paris, the capital of France.';
const messages = [{ role: 'user', content: [{ text: question }] }];
const schema = {
  type: 'object',
  properties: { city: { type: 'string' }, country: { type: 'string' } },
  required: ['city', 'country'],
  additionalProperties: false,
};
const claudeFormat = { output_config: { format: { type: 'json_schema', schema } } };
const chatFormat = { response_format: { type: 'json_schema', json_schema: { name: 'city', schema } } };

it.each<[string, string, string, object]>([
  [
    'outputConfig of Converse',
    'converse',
    'qwen.qwen3-32b-v1:0',
    {
      messages,
      outputConfig: {
        textFormat: {
          type: 'json_schema',
          structure: { jsonSchema: { schema: JSON.stringify(schema), name: 'city' } },
        },
      },
    },
  ],
  [
    "Claude's own field in Converse",
    'converse',
    sonnet45,
    { messages, additionalModelRequestFields: claudeFormat },
  ],
  [
    "OpenAI's own field in Converse",
    'converse',
    'openai.gpt-oss-120b-1:0',
    { messages, additionalModelRequestFields: chatFormat },
  ],
  ['a body of Claude', 'invoke', sonnet45, bodies.claude(question, claudeFormat)],
  [
    "a body of OpenAI's form",
    'invoke',
    'us.mistral.pixtral-large-2502-v1:0',
    { messages: [{ role: 'user', content: question }], ...chatFormat },
  ],
])('a schema in %s is followed', async (_, operation, modelId, body) => {
  const { status, text } = await postTo(endpoint.url, modelId, operation, body);
  expect([status, text]).toEqual([200, expect.any(String)]);
  const { output, content, choices } = JSON.parse(text);
  const blocks: { text?: string }[] = output?.message.content ??
    content ?? [{ text: choices?.[0].message.content }];
  expect(JSON.parse(blocks.at(-1)?.text ?? '')).toEqual({
    city: expect.any(String),
    country: expect.any(String),
  });
});
