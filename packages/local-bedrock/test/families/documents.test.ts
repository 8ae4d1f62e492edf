import { expect, it } from 'vitest';
import { useEndpoint } from '../endpoint.ts';
import { postTo } from '../frames.ts';

const endpoint = useEndpoint();
const sonnet45 = 'us.anthropic.claude-sonnet-4-5-20250929-v1:0';
const question = { type: 'text', text: 'How many dogs does Bob have?' };
const fact = 'Bob has three dogs.';
const base64 = Buffer.from(fact).toString('base64');
const cited = { citations: { enabled: true } };
const tool = { name: 'search', description: 'Searches.', input_schema: { type: 'object' } };

async function answerTo(...messages: object[]): Promise<string> {
  const body = { anthropic_version: 'bedrock-2023-05-31', max_tokens: 100, tools: [tool], messages };
  const { text } = await postTo(endpoint.url, sonnet45, 'invoke', body);
  return JSON.parse(text)
    .content.map((block: { text?: string }) => block.text)
    .join('');
}

const sources: Readonly<Record<string, object>> = {
  'a text': { type: 'document', source: { type: 'text', media_type: 'text/plain', data: fact } },
  'a text with a title and a context': {
    type: 'document',
    title: 'Pets',
    context: 'Of 2026.',
    source: { type: 'text', media_type: 'text/plain', data: fact },
  },
  'a file of plain text': {
    type: 'document',
    source: { type: 'base64', media_type: 'text/plain', data: base64 },
  },
  parts: { type: 'document', source: { type: 'content', content: [{ type: 'text', text: fact }] } },
  'one part': { type: 'document', source: { type: 'content', content: fact } },
  'a text to cite': {
    type: 'document',
    ...cited,
    source: { type: 'text', media_type: 'text/plain', data: fact },
  },
  'parts to cite': {
    type: 'document',
    ...cited,
    source: { type: 'content', content: [{ type: 'text', text: fact }] },
  },
  'a search result to cite': {
    type: 'search_result',
    source: 'https://example.com',
    title: 'Pets',
    content: [{ type: 'text', text: fact }],
    ...cited,
  },
};

it.each(Object.entries(sources))('Claude’s own body is answered from %s', async (_, source) => {
  expect(await answerTo({ role: 'user', content: [source, question] })).toContain(fact);
});

it.each(Object.entries(sources))('and from %s that a tool gave', async (_, source) => {
  const answer = await answerTo(
    { role: 'user', content: [question] },
    { role: 'assistant', content: [{ type: 'tool_use', id: 'one', name: 'search', input: {} }] },
    { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'one', content: [source] }] },
  );
  expect(answer).toContain('three dogs');
});

it('Converse is answered from a document that a tool gave', async () => {
  const { text } = await postTo(endpoint.url, sonnet45, 'converse', {
    messages: [
      { role: 'user', content: [{ text: question.text }] },
      { role: 'assistant', content: [{ toolUse: { toolUseId: 'one', name: 'search', input: {} } }] },
      {
        role: 'user',
        content: [
          {
            toolResult: {
              toolUseId: 'one',
              content: [{ document: { format: 'txt', name: 'Pets', source: { bytes: base64 } } }],
            },
          },
        ],
      },
    ],
    toolConfig: { tools: [{ toolSpec: { name: 'search', inputSchema: { json: { type: 'object' } } } }] },
  });
  expect(JSON.parse(text).output.message.content[0].text).toContain('three dogs');
});
