import { ConverseCommand } from '@aws-sdk/client-bedrock-runtime';
import { describe, expect, it } from 'vitest';
import { http1Client, invoke, post, useEndpoint } from '../endpoint.ts';
import { postTo } from '../frames.ts';

const lab = useEndpoint();
const client = () => http1Client(lab.url);
const titan1 = 'amazon.titan-embed-text-v1';
const titan2 = 'amazon.titan-embed-text-v2:0';
const cohere3 = 'cohere.embed-english-v3';
const cohere4 = 'cohere.embed-v4:0';
const nova = 'amazon.nova-2-multimodal-embeddings-v1:0';

const length = (vector: number[]) => Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
const novaBody = (params: object) => ({ taskType: 'SINGLE_EMBEDDING', singleEmbeddingParams: params });

describe('Titan', () => {
  it('answers with one vector and the number of tokens', async () => {
    const answer = await invoke(client(), titan1, { inputText: 'The sea is calm.' });
    expect(Object.keys(answer)).toEqual(['embedding', 'inputTextTokenCount']);
    expect(answer.embedding).toHaveLength(1_536);
    expect(answer.inputTextTokenCount).toBe(5);
  });

  it('gives vectors by type: numbers, bits, or both', async () => {
    const body = { inputText: 'The sea is calm.', dimensions: 256 };
    const plain = await invoke(client(), titan2, body);
    expect(plain.embeddingsByType).toEqual({ float: plain.embedding });
    expect(length(plain.embedding)).toBeCloseTo(1, 4);
    const both = await invoke(client(), titan2, { ...body, embeddingTypes: ['float', 'binary'] });
    expect(both.embedding).toEqual(plain.embedding);
    expect(both.embeddingsByType.binary).toEqual(plain.embedding.map((value: number) => (value > 0 ? 1 : 0)));
    const bits = await invoke(client(), titan2, { ...body, embeddingTypes: ['binary'] });
    expect(Object.keys(bits)).toEqual(['embeddingsByType', 'inputTextTokenCount']);
    expect(Object.keys(bits.embeddingsByType)).toEqual(['binary']);
  });

  it('does not normalise a vector that shall not be', async () => {
    const body = { inputText: 'The sea is calm and blue today.' };
    const unit = await invoke(client(), titan2, body);
    const raw = await invoke(client(), titan2, { ...body, normalize: false });
    expect(length(raw.embedding)).toBeGreaterThan(1.5);
    const ratio = raw.embedding[0] / unit.embedding[0];
    expect(raw.embedding[9] / unit.embedding[9]).toBeCloseTo(ratio, 3);
  });

  it.each([
    [titan1, { inputText: 'Hi', dimensions: 256 }, '#: extraneous key [dimensions] is not permitted'],
    [titan2, {}, '#: required key [inputText] not found'],
    [
      titan2,
      { texts: ['Hi'] },
      '#: required key [inputText] not found#: extraneous key [texts] is not permitted',
    ],
    [titan2, { inputText: '' }, 'expected minLength: 1, actual: 0'],
    [titan2, { inputText: 'x'.repeat(50_001) }, 'expected maxLength: 50000, actual: 50001'],
    [titan2, { inputText: '😀'.repeat(50_001) }, 'expected maxLength: 50000, actual: 50001'],
    [titan2, { inputText: 'Hi', dimensions: 300 }, '#/dimensions: 300 is not a valid enum value'],
    [
      titan2,
      { inputText: 'Hi', embeddingTypes: ['int8'] },
      '#/embeddingTypes/0: int8 is not a valid enum value',
    ],
  ])('%s refuses what is wrong with its body', async (modelId, body, words) => {
    await expect(invoke(client(), modelId, body)).rejects.toMatchObject({
      name: 'ValidationException',
      message: `Malformed input request: ${words}, please reformat your input and try again.`,
    });
  });

  it('refuses more tokens than the model reads', async () => {
    await expect(invoke(client(), titan2, { inputText: 'word '.repeat(9_000) })).rejects.toMatchObject({
      message: expect.stringMatching(
        /^400 Bad Request: Too many input tokens. Max input tokens: 8192, request input token count: \d+/,
      ),
    });
  });
});

describe('Cohere', () => {
  const body = { texts: ['The sea is calm.', 'The sky is blue.'], input_type: 'search_document' };

  it('answers with a list of vectors, or with a list for each type that was asked for', async () => {
    const plain = await invoke(client(), cohere3, body);
    expect(plain).toMatchObject({ response_type: 'embeddings_floats', texts: body.texts });
    expect(plain.embeddings.map(length)).toEqual([expect.closeTo(1, 4), expect.closeTo(1, 4)]);
    const types = ['float', 'int8', 'uint8', 'binary', 'ubinary'];
    const typed = await invoke(client(), cohere3, { ...body, embedding_types: types });
    expect(typed.response_type).toBe('embeddings_by_type');
    expect(Object.keys(typed.embeddings)).toEqual(types);
    expect(typed.embeddings.float).toEqual(plain.embeddings);
    const { float, int8, uint8, binary, ubinary } = typed.embeddings;
    for (const [values, least, most, count] of [
      [int8[0], -128, 127, 1_024],
      [uint8[0], 0, 255, 1_024],
      [binary[0], -128, 127, 128],
      [ubinary[0], 0, 255, 128],
    ]) {
      expect(values).toHaveLength(count);
      expect(
        values.every((value: number) => Number.isInteger(value) && value >= least && value <= most),
      ).toBe(true);
    }
    const signs = float[0].slice(0, 8).map((value: number) => (value > 0 ? 1 : 0));
    expect(ubinary[0][0]).toBe(Number.parseInt(signs.join(''), 2));
    expect(binary[0][0]).toBe(ubinary[0][0] - 128);
  });

  it('cuts a text that is too long only where it is told to', async () => {
    const long = `beginning ${'word '.repeat(300)}end`;
    const four = { input_type: 'search_query', max_tokens: 100 };
    await expect(invoke(client(), cohere4, { ...four, texts: [long] })).rejects.toMatchObject({
      name: 'ValidationException',
    });
    const cut = async (truncate: string, text: string) =>
      (await invoke(client(), cohere4, { ...four, texts: [text], truncate })).embeddings.float[0];
    expect(await cut('RIGHT', long)).toEqual(await cut('RIGHT', `${long} and more`));
    expect(await cut('LEFT', long)).toEqual(await cut('LEFT', `more ${long}`));
    expect(await cut('LEFT', long)).not.toEqual(await cut('RIGHT', long));
  });

  it('takes pictures, and texts with pictures', async () => {
    const image = 'data:image/png;base64,iVBORw0KGgo=';
    const pictures = await invoke(client(), cohere4, {
      input_type: 'search_document',
      images: [image, image],
    });
    expect(pictures.embeddings[0]).toEqual(pictures.embeddings[1]);
    expect(pictures).not.toHaveProperty('texts');
    const inputs = [
      {
        content: [
          { type: 'text', text: 'The sea' },
          { type: 'image_url', image_url: { url: image } },
        ],
      },
      { content: [{ type: 'image_url', image_url: { url: image } }] },
    ];
    const mixed = await invoke(client(), cohere4, { input_type: 'search_document', inputs });
    // As recorded: without `embedding_types`, too, the vectors stand under their type.
    expect(mixed.response_type).toBe('embeddings_by_type');
    expect(mixed.embeddings.float.map(length)).toEqual([expect.closeTo(1, 4), expect.closeTo(1, 4)]);
  });

  it.each([
    [
      cohere3,
      { inputText: 'Hi' },
      '#: required key [images] not found#: required key [texts] not found#: required key [texts] not found#: required key [texts] not found#: required key [texts] not found#: required key [input_type] not found#: extraneous key [inputText] is not permitted',
    ],
    [cohere3, { texts: ['Hi'] }, '#: required key [input_type] not found'],
    [cohere3, { ...body, input_type: 'query' }, '#/input_type: query is not a valid enum value'],
    [
      cohere3,
      { ...body, texts: Array(97).fill('Hi') },
      '#/texts: expected maximum item count: 96, found: 97',
    ],
    [
      cohere3,
      { ...body, texts: ['Hi', 'x'.repeat(2_049)] },
      '#/texts/1: expected maxLength: 2048, actual: 2049',
    ],
    [cohere3, { ...body, output_dimension: 256 }, '#: extraneous key [output_dimension] is not permitted'],
    [cohere4, { ...body, output_dimension: 300 }, '#/output_dimension: 300 is not a valid enum value'],
  ])('%s refuses what is wrong with its body', async (modelId, wrong, words) => {
    await expect(invoke(client(), modelId, wrong)).rejects.toMatchObject({
      message: `Malformed input request: ${words}, please reformat your input and try again.`,
    });
  });

  it('counts a character beyond U+FFFF once, as JSON Schema and lib do', async () => {
    const texts = ['😀'.repeat(2_048)];
    const asked = { texts, input_type: 'search_document', truncate: 'END' };
    expect(await invoke(client(), cohere3, asked)).toMatchObject({ texts });
  });
});

describe('Nova', () => {
  const text = { truncationMode: 'END', value: 'The sea is calm.' };

  it('answers with one embedding of the type of its input', async () => {
    const answer = await invoke(client(), nova, novaBody({ embeddingPurpose: 'GENERIC_INDEX', text }));
    expect(answer).toEqual({ embeddings: [{ embeddingType: 'TEXT', embedding: expect.any(Array) }] });
    expect(answer.embeddings[0].embedding).toHaveLength(3_072);
    const image = { format: 'png', source: { bytes: 'iVBORw0KGgo=' } };
    const picture = await invoke(client(), nova, novaBody({ embeddingPurpose: 'GENERIC_INDEX', image }));
    expect(picture.embeddings[0]).toMatchObject({ embeddingType: 'IMAGE' });
  });

  it('tells how much of a text it read when it cut it', async () => {
    const value = `beginning ${'word '.repeat(9_000)}`;
    const ask = (truncationMode: string) =>
      invoke(client(), nova, novaBody({ embeddingPurpose: 'CLUSTERING', text: { truncationMode, value } }));
    const { truncatedCharLength } = (await ask('END')).embeddings[0];
    expect(truncatedCharLength).toBeGreaterThan(10_000);
    expect(truncatedCharLength).toBeLessThan(value.length);
    await expect(ask('NONE')).rejects.toMatchObject({ name: 'ValidationException' });
  });

  it.each([
    [{}, '#: required key [taskType] not found#: required key [singleEmbeddingParams] not found'],
    [
      novaBody({ embeddingPurpose: 'SEARCH', text }),
      '#/singleEmbeddingParams/embeddingPurpose: SEARCH is not a valid enum value',
    ],
    [
      novaBody({ embeddingPurpose: 'CLUSTERING', embeddingDimension: 512, text }),
      '#/singleEmbeddingParams/embeddingDimension: 512 is not a valid enum value',
    ],
  ])('refuses what is wrong with its body', async (wrong, words) => {
    await expect(invoke(client(), nova, wrong)).rejects.toMatchObject({
      message: `Malformed input request: ${words}, please reformat your input and try again.`,
    });
  });

  it.each([{ text, image: {} }, {}, { text: { truncationMode: 'END' } }])('refuses %j', async (params) => {
    const wrong = novaBody({ embeddingPurpose: 'CLUSTERING', ...params });
    await expect(invoke(client(), nova, wrong)).rejects.toMatchObject({ name: 'ValidationException' });
  });
});

describe('an embedding model', () => {
  it('tells its tokens and its time in headers', async () => {
    const { headers } = await post(lab.url, titan2, { inputText: 'The sea is calm.' });
    expect(headers.get('x-amzn-bedrock-input-token-count')).toBe('5');
    expect(Number(headers.get('x-amzn-bedrock-invocation-latency'))).toBeGreaterThan(0);
    expect(headers.has('x-amzn-bedrock-output-token-count')).toBe(false);
  });

  it('holds no conversation', async () => {
    const messages = [{ role: 'user' as const, content: [{ text: 'Hi' }] }];
    await expect(client().send(new ConverseCommand({ modelId: titan2, messages }))).rejects.toMatchObject({
      name: 'ValidationException',
      message:
        "This action doesn't support the model that you provided. Try again with a supported text or chat model.",
    });
  });

  it.each([titan1, cohere3, nova])('does not stream: %s', async (modelId) => {
    const body = { inputText: 'Hi' };
    const { status, text } = await postTo(lab.url, modelId, 'invoke-with-response-stream', body);
    expect([status, JSON.parse(text)]).toEqual([400, { message: 'The model is unsupported for streaming.' }]);
  });

  it('is refused under a profile that it does not have', async () => {
    await expect(invoke(client(), `us.${titan2}`, { inputText: 'Hi' })).rejects.toMatchObject({
      message: 'The provided model identifier is invalid.',
    });
    expect(
      (await invoke(client(), `us.${cohere4}`, { texts: ['Hi'], input_type: 'clustering' })).embeddings.float,
    ).toHaveLength(1);
  });

  it.each(['', '{', '[]', '"text"', 'null'])('answers %j with a refusal', async (body) => {
    for (const modelId of [titan1, titan2, cohere3, cohere4, nova]) {
      expect((await post(lab.url, modelId, body)).status).toBe(400);
    }
  });
});
