import { describe, expect, it } from 'vitest';
import { useEndpoint } from './endpoint.ts';
import { postTo, readFrames } from './frames.ts';

/** Converse's form is that of recordings of Sonnet 5, Claude's own that of Anthropic's pages; the words are our own. */

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

describe('an answer through Converse from', () => {
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

it('an answer of Converse with citations can be sent back', async () => {
  const asked = { role: 'user', content: [document({ text: handbook }), question] };
  const content = await contentOf(document({ text: handbook }));
  const body = {
    messages: [asked, { role: 'assistant', content }, { role: 'user', content: [{ text: 'And?' }] }],
  };
  expect((await postTo(endpoint.url, sonnet5, 'converse', body)).status).toBe(200);
});

/** Claude's own body. */
const own = (content: object[], more: object[] = []) => ({
  anthropic_version: 'bedrock-2023-05-31',
  max_tokens: 300,
  messages: [{ role: 'user', content: [...content, { type: 'text', text: question.text }] }, ...more],
});
const ownDocument = (source: object, title?: string) => ({ type: 'document', source, title, ...cited });
const inText = { type: 'text', media_type: 'text/plain', data: handbook };
const parts = [
  { type: 'text', text: first },
  { type: 'text', text: second },
];
const ownCitation = {
  ...{ type: 'char_location', cited_text: second, document_index: 0, document_title: 'handbook' },
  ...{ start_char_index: first.length, end_char_index: first.length + second.length },
};

async function invoke(content: object[], modelId = sonnet5) {
  const { status, text } = await postTo(endpoint.url, modelId, 'invoke', own(content));
  expect([status, status === 200 || text]).toEqual([200, true]);
  return JSON.parse(text).content;
}

describe('an answer through InvokeModel from', () => {
  it.each<[string, object, object]>([
    ['a document in text', ownDocument(inText, 'handbook'), ownCitation],
    ['a document without a title', ownDocument(inText), { ...ownCitation, document_title: null }],
    [
      'a document in parts',
      ownDocument({ type: 'content', content: parts }, 'handbook'),
      {
        ...{ type: 'content_block_location', cited_text: second, document_index: 0 },
        ...{ document_title: 'handbook', start_block_index: 1, end_block_index: 2 },
      },
    ],
    [
      'a search result',
      { type: 'search_result', source: 'https://library.example', title: 'Rules', content: parts, ...cited },
      {
        ...{ type: 'search_result_location', cited_text: second, source: 'https://library.example' },
        ...{ title: 'Rules', search_result_index: 0, start_block_index: 1, end_block_index: 2 },
      },
    ],
  ])('%s cites it', async (_, block, citation) => {
    expect(await invoke([block])).toEqual([{ type: 'text', text: second.trim(), citations: [citation] }]);
  });

  it('a document behind one that is not cited counts both', async () => {
    const other = { type: 'document', source: inText };
    const [text] = await invoke([other, ownDocument(inText)]);
    expect(text.citations[0].document_index).toBe(1);
  });

  it('a search result that a tool gave cites it', async () => {
    const result = { type: 'search_result', source: 'doc-1', title: 'Rules', content: parts, ...cited };
    const body = {
      ...own([]),
      messages: [
        { role: 'user', content: question.text },
        { role: 'assistant', content: [{ type: 'tool_use', id: 'toolu_1', name: 'search', input: {} }] },
        { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'toolu_1', content: [result] }] },
      ],
      tools: [{ name: 'search', description: 'Searches', input_schema: { type: 'object', properties: {} } }],
    };
    const { text } = await postTo(endpoint.url, sonnet5, 'invoke', body);
    const { content } = JSON.parse(text);
    expect(content.flatMap(({ citations = [] }) => citations)).toContainEqual(
      expect.objectContaining({ type: 'search_result_location', source: 'doc-1', cited_text: second }),
    );
  });

  it('a document in a stream: the citation is a delta in front of the words', async () => {
    const body = own([ownDocument(inText, 'handbook')]);
    const { bytes } = await postTo(endpoint.url, sonnet5, 'invoke-with-response-stream', body);
    const chunks = readFrames(bytes).map(({ json }) =>
      JSON.parse(Buffer.from(json.bytes, 'base64').toString()),
    );
    expect(chunks.slice(1, 3)).toEqual([
      { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
      { type: 'content_block_delta', index: 0, delta: { type: 'citations_delta', citation: ownCitation } },
    ]);
    const texts = chunks.flatMap(({ delta }) => (delta?.type === 'text_delta' ? delta.text : []));
    expect(texts.join('')).toBe(second.trim());
    expect(chunks.filter(({ type }) => type.startsWith('content_block_st'))).toHaveLength(2);
  });

  it.each([
    ['that does not ask', { type: 'document', source: inText }, sonnet5],
    ['of a model that gives none', ownDocument(inText), 'anthropic.claude-3-haiku-20240307-v1:0'],
  ])('a document %s has none', async (_, block, modelId) => {
    expect(Object.keys((await invoke([block], modelId))[0])).toEqual(['type', 'text']);
  });

  it('cited sentences can be sent back', async () => {
    const document = ownDocument(inText, 'handbook');
    const content = await invoke([document]);
    const body = own(
      [document],
      [
        { role: 'assistant', content },
        { role: 'user', content: 'And?' },
      ],
    );
    expect((await postTo(endpoint.url, sonnet5, 'invoke', body)).status).toBe(200);
  });
});
