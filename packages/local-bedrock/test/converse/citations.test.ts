import { describe, expect, it } from 'vitest';
import { useEndpoint } from '../endpoint.ts';
import { postTo, readFrames } from '../frames.ts';

/** The form is that of recordings of Sonnet 5; the words are our own. */

const endpoint = useEndpoint();
const sonnet5 = 'us.anthropic.claude-sonnet-5';
const handbook = 'The library opens at nine. Books are lent for three weeks. A lost card costs five euros.';
const question = { text: 'For how long are books lent?' };
const cited = { citations: { enabled: true } };
const first = 'The library opens at nine. ';
const second = 'Books are lent for three weeks. ';

async function contentOf(block: object, operation = 'converse', modelId = sonnet5) {
  const body = { messages: [{ role: 'user', content: [block, question] }] };
  const { status, text, bytes } = await postTo(endpoint.url, modelId, operation, body);
  expect([status, status === 200 || text]).toEqual([200, true]);
  return operation === 'converse' ? JSON.parse(text).output.message.content : readFrames(bytes);
}
const document = (source: object, format = 'txt') => ({
  document: { name: 'handbook', format, source, ...cited },
});
const charLocation = {
  documentChar: { documentIndex: 0, start: first.length, end: first.length + second.length },
};

describe('an answer from', () => {
  it.each<[string, object, object]>([
    ['a document in text', document({ text: handbook }), { location: charLocation, title: 'handbook' }],
    [
      'a document in bytes',
      document({ bytes: Buffer.from(handbook).toString('base64') }),
      { location: charLocation, title: 'handbook' },
    ],
    [
      'a document in chunks',
      document({ content: [{ text: first }, { text: second }] }),
      { location: { documentChunk: { documentIndex: 0, start: 1, end: 2 } }, title: 'handbook' },
    ],
    [
      'a search result',
      {
        searchResult: {
          source: 'https://library.example',
          title: 'Rules',
          content: [{ text: first }, { text: second }],
          ...cited,
        },
      },
      {
        location: { searchResultLocation: { searchResultIndex: 0, start: 1, end: 2 } },
        source: 'https://library.example',
        title: 'Rules',
      },
    ],
  ])('%s cites it', async (_, block, citation) => {
    expect(await contentOf(block)).toEqual([
      {
        citationsContent: {
          citations: [{ ...citation, sourceContent: [{ text: second }] }],
          content: [{ text: second.trim() }],
        },
      },
    ]);
  });

  it('a document in a stream: the citation comes before the words, in a block of its own', async () => {
    const frames = await contentOf(document({ text: handbook }), 'converse-stream');
    const deltas = frames.flatMap(({ json }: { json: Record<string, object> }) => json.delta ?? []);
    expect(deltas[0]).toEqual({
      citation: { location: charLocation, sourceContent: [{ text: second }], title: 'handbook' },
    });
    expect(
      deltas
        .slice(1)
        .map(({ text }: { text: string }) => text)
        .join(''),
    ).toBe(second.trim());
  });

  it.each([
    [
      'that does not ask',
      { document: { name: 'handbook', format: 'txt', source: { text: handbook } } },
      sonnet5,
    ],
    [
      'of a model that gives none',
      document({ bytes: Buffer.from(handbook).toString('base64') }),
      'amazon.nova-lite-v1:0',
    ],
  ])('a document %s has none', async (_, block, modelId) => {
    const content = await contentOf(block, 'converse', modelId);
    expect(Object.keys(content[0])).toEqual(['text']);
  });
});

it('an answer with citations can be sent back', async () => {
  const asked = { role: 'user', content: [document({ text: handbook }), question] };
  const content = await contentOf(document({ text: handbook }));
  const body = {
    messages: [asked, { role: 'assistant', content }, { role: 'user', content: [{ text: 'And?' }] }],
  };
  expect((await postTo(endpoint.url, sonnet5, 'converse', body)).status).toBe(200);
});
