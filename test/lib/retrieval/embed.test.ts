import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createClient, isLibError } from 'lib';
import { describe, expect, it } from 'vitest';
import { embed, embedAll } from '../../../lib/retrieval/embed.ts';
import { embeddingCatalogue } from '../../../packages/bedrock-models/src/catalogue.ts';
import { clientFor, useLocalBedrock } from '../../local-endpoint.ts';

const lab = useLocalBedrock('lab');
const client = () => createClient(clientFor(lab().url));
const titan = 'amazon.titan-embed-text-v2:0';
const cohere = 'cohere.embed-multilingual-v3';

async function errorOf(promise: Promise<unknown>) {
  const error = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (isLibError(error)) return error;
  throw new Error(`no LibError but ${String(error)}`);
}

/** A server that answers InvokeModel by the function, and keeps the bodies it was sent. */
async function serve(
  answer: (body: Record<string, unknown>) => unknown,
  headers: Record<string, string> = {},
) {
  const bodies: Record<string, unknown>[] = [];
  let underWay = 0;
  let mostUnderWay = 0;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    underWay += 1;
    mostUnderWay = Math.max(mostUnderWay, underWay);
    response.on('close', () => {
      underWay -= 1;
    });
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = JSON.parse(Buffer.concat(chunks).toString()) as Record<string, unknown>;
      bodies.push(body);
      const value = answer(body);
      const isError = typeof value === 'object' && value !== null && 'message' in value;
      setTimeout(() => {
        response.writeHead(isError ? 400 : 200, {
          'content-type': 'application/json',
          ...(isError ? { 'x-amzn-errortype': 'ValidationException' } : {}),
          ...headers,
        });
        response.end(JSON.stringify(value));
      }, 2);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    bodies,
    mostUnderWay: () => mostUnderWay,
    close: () => server.close(),
  };
}

describe('embed', () => {
  it.each(
    embeddingCatalogue.flatMap((model) => model.dimensions.map((length) => [model.id, length] as const)),
  )('%s gives vectors of %i dimensions, in the order of the texts', async (modelId, dimensions) => {
    const texts = ['The invoice is due in March.', 'Cats sleep all day.', '猫は一日中寝ています。'];
    const together = await embed(client(), modelId, texts, { dimensions });
    expect(together).toMatchObject({ modelId, dimensions });
    expect(together.vectors).toHaveLength(3);
    for (const [index, text] of texts.entries()) {
      const vector = together.vectors[index];
      expect(vector).toBeInstanceOf(Float32Array);
      expect(vector).toHaveLength(dimensions);
      const alone = await embed(client(), modelId, [text], { dimensions });
      expect(alone.vectors[0]).toEqual(vector);
    }
  });

  it.each(embeddingCatalogue.map(({ id }) => id))('%s counts tokens and money', async (modelId) => {
    const one = await embed(client(), modelId, ['The invoice is due in March.']);
    const two = await embed(client(), modelId, [
      'The invoice is due in March.',
      'The invoice is due in March.',
    ]);
    expect(one.inputTokens).toBeGreaterThan(0);
    expect(two.inputTokens).toBe(2 * (one.inputTokens ?? 0));
    expect(two.costUsd).toBeGreaterThan(0);
    expect(two.costUsd).toBeCloseTo(2 * (one.costUsd ?? 0), 12);
  });

  it('gives no vectors for no texts, without a call', async () => {
    const nowhere = createClient(clientFor('http://127.0.0.1:1'));
    expect(await embed(nowhere, titan, [])).toEqual({
      vectors: [],
      inputTokens: 0,
      costUsd: 0,
      modelId: titan,
      dimensions: 1_024,
    });
  });

  it('sends as many texts in one call as the family takes, and never too many calls at once', async () => {
    const server = await serve(({ texts }) => ({
      embeddings: { float: (texts as string[]).map((text) => [Number(text), 1]) },
    }));
    const texts = Array.from({ length: 1_000 }, (_, index) => String(index));
    const { vectors } = await embed(createClient(clientFor(server.url)), cohere, texts, { concurrency: 3 });
    expect(vectors.map((vector) => vector[0])).toEqual(texts.map(Number));
    expect(server.bodies.map(({ texts: sent }) => (sent as string[]).length).sort((a, b) => a - b)).toEqual([
      40,
      ...Array.from({ length: 10 }, () => 96),
    ]);
    expect(server.mostUnderWay()).toBeLessThanOrEqual(3);
    server.close();
  });

  it('tells each family what the vectors are for', async () => {
    const server = await serve(({ texts }) =>
      texts === undefined
        ? { embeddings: [{ embedding: [1] }] }
        : { embeddings: [[1]], response_type: 'embeddings_floats' },
    );
    const local = createClient(clientFor(server.url));
    for (const purpose of ['document', 'query'] as const) {
      await embed(local, cohere, ['x'], { purpose });
      await embed(local, 'amazon.nova-2-multimodal-embeddings-v1:0', ['x'], { purpose });
    }
    expect(server.bodies).toMatchObject([
      { input_type: 'search_document' },
      { singleEmbeddingParams: { embeddingPurpose: 'GENERIC_INDEX' } },
      { input_type: 'search_query' },
      { singleEmbeddingParams: { embeddingPurpose: 'TEXT_RETRIEVAL' } },
    ]);
    server.close();
  });

  it.each([
    ['a list', cohere, { embeddings: [[1, 2]] }],
    ['lists by type', cohere, { embeddings: { float: [[1, 2]], int8: [[3, 4]] } }],
    ['one vector', titan, { embedding: [1, 2], inputTextTokenCount: 3 }],
    ['only vectors by type', titan, { embeddingsByType: { float: [1, 2] }, inputTextTokenCount: 3 }],
    [
      'Nova’s list of objects',
      'amazon.nova-2-multimodal-embeddings-v1:0',
      { embeddings: [{ embedding: [1, 2] }] },
    ],
  ])('reads %s', async (_, modelId, body) => {
    const server = await serve(() => body, { 'x-amzn-bedrock-input-token-count': '3' });
    const answer = await embed(createClient(clientFor(server.url)), modelId, ['x']);
    expect(answer).toMatchObject({ inputTokens: 3, dimensions: 2 });
    expect([...(answer.vectors[0] ?? [])]).toEqual([1, 2]);
    server.close();
  });

  it('does not know what it was not told: tokens and cost', async () => {
    const server = await serve(() => ({ embeddings: [[1, 2]] }));
    const answer = await embed(createClient(clientFor(server.url)), cohere, ['x']);
    expect(answer).toMatchObject({ inputTokens: undefined, costUsd: undefined });
    server.close();
  });

  it.each([
    ['fewer vectors than texts', { embeddings: [[1, 2]] }],
    ['vectors of different lengths', { embeddings: [[1, 2], [1]] }],
    ['empty vectors', { embeddings: [[], []] }],
    ['another family’s body', { embedding: [1, 2] }],
    ['nothing', null],
  ])('does not take %s for an answer', async (_, body) => {
    const server = await serve(() => body);
    const error = await errorOf(embed(createClient(clientFor(server.url)), cohere, ['x', 'y']));
    expect(error).toMatchObject({ kind: 'response', modelId: cohere });
    server.close();
  });

  it('names the text that is empty, before anything is sent', async () => {
    const error = await errorOf(embed(client(), titan, ['one', ' \n', 'three']));
    expect(error.kind).toBe('request');
    expect(error.message).toContain('index 1 of 3');
  });

  it('says which lengths of vector there are', async () => {
    const error = await errorOf(embed(client(), titan, ['x'], { dimensions: 300 }));
    expect(error.kind).toBe('request');
    expect(error.hint).toContain('1024 or 512 or 256');
  });

  it('says that a text model gives no vectors, and what was probably meant', async () => {
    expect((await errorOf(embed(client(), 'amazon.nova-micro-v1:0', ['x']))).kind).toBe('model-unknown');
    const typo = await errorOf(embed(client(), 'amazon.titan-emebd-text-v2:0', ['x']));
    expect(typo.hint).toContain('Did you mean amazon.titan-embed-text-v2:0?');
  });

  it('takes models that are newer than the catalogue, by name or by { family }', async () => {
    const server = await serve(() => ({ embeddings: [[1, 2]] }));
    const local = createClient(clientFor(server.url));
    expect((await embed(local, 'us.cohere.embed-v9:0', ['x'])).dimensions).toBe(2);
    expect((await embed(local, 'acme.vectors-v1', ['x'], { family: 'cohere-embed' })).dimensions).toBe(2);
    expect((await errorOf(embed(local, 'acme.vectors-v1', ['x']))).kind).toBe('model-unknown');
    server.close();
  });

  it('names the text that is too long, before anything is sent', async () => {
    const server = await serve(() => ({ embedding: [1, 2], inputTextTokenCount: 1 }));
    const texts = Array.from({ length: 300 }, (_, index) => (index === 250 ? 'x'.repeat(60_000) : 'x'));
    const error = await errorOf(embed(createClient(clientFor(server.url)), titan, texts));
    expect(error).toMatchObject({
      kind: 'too-long',
      message: `The text at index 250 of 300 has 60000 characters, and ${titan} takes 50000`,
      hint: expect.stringContaining('splitText'),
      modelId: titan,
    });
    expect(server.bodies).toEqual([]);
    server.close();
  });

  it('takes a text of the greatest length, counted in characters and not in their halves', async () => {
    const server = await serve(({ texts }) => ({ embeddings: (texts as string[]).map(() => [1, 2]) }));
    const local = createClient(clientFor(server.url));
    expect((await embed(local, cohere, ['x'.repeat(2_048), '🌅'.repeat(2_048)])).vectors).toHaveLength(2);
    expect((await errorOf(embed(local, cohere, ['🌅'.repeat(2_049)]))).kind).toBe('too-long');
    server.close();
  });

  it('hands on that a text is too long for a model whose limit is not known', async () => {
    const server = await serve(() => ({ message: 'expected maxLength: 9, actual: 10' }));
    const error = await errorOf(
      embed(createClient(clientFor(server.url)), 'acme.vectors-v1', ['x'.repeat(10)], {
        family: 'cohere-embed',
      }),
    );
    expect(error).toMatchObject({ status: 400, message: 'expected maxLength: 9, actual: 10' });
    server.close();
  });

  it('starts no further call once one has failed', async () => {
    const server = await serve(({ inputText }) =>
      inputText === '5' ? { message: 'no' } : { embedding: [1, 2], inputTextTokenCount: 1 },
    );
    const texts = Array.from({ length: 200 }, (_, index) => String(index));
    const error = await errorOf(embed(createClient(clientFor(server.url)), titan, texts, { concurrency: 2 }));
    expect(error.message).toBe('no');
    expect(server.bodies.length).toBeLessThan(20);
    server.close();
  });

  it('stops when the caller aborts', async () => {
    const error = await errorOf(embed(client(), titan, ['x', 'y'], { signal: AbortSignal.abort() }));
    expect(error.kind).toBe('aborted');
  });

  it.each([0, -1, 1.5, Number.NaN])('does not make %d calls at the same time', async (concurrency) => {
    expect((await errorOf(embed(client(), titan, ['x'], { concurrency }))).kind).toBe('request');
  });
});

describe('embedAll', () => {
  it('keeps what was done, and says which texts failed and why', async () => {
    const server = await serve(({ inputText }) =>
      inputText === '5' ? { message: 'no' } : { embedding: [Number(inputText), 1], inputTextTokenCount: 2 },
    );
    const texts = Array.from({ length: 20 }, (_, index) => String(index + 1));
    texts[7] = ' ';
    texts[11] = 'x'.repeat(50_001);
    const progress: unknown[] = [];
    const result = await embedAll(createClient(clientFor(server.url)), titan, texts, {
      onProgress: (state) => progress.push(state),
    });
    expect(result.failures).toMatchObject([
      { index: 4, error: { message: 'no', status: 400 } },
      { index: 7, error: { kind: 'request', message: expect.stringContaining('index 7 of 20') } },
      { index: 11, error: { kind: 'too-long', message: expect.stringContaining('index 11 of 20') } },
    ]);
    expect(result.vectors.map((vector) => vector?.[0])).toEqual(
      texts.map((text, index) => ([4, 7, 11].includes(index) ? undefined : Number(text))),
    );
    expect(result).toMatchObject({ inputTokens: 34, dimensions: 2, modelId: titan });
    expect(result.costUsd).toBeGreaterThan(0);
    expect(server.bodies).toHaveLength(18);
    expect(progress).toHaveLength(18);
    expect(progress.at(-1)).toEqual({ done: 20, failed: 3, total: 20 });
    server.close();
  });

  it('counts the texts of a call, of which all fail together', async () => {
    const server = await serve(({ texts }) =>
      (texts as string[]).includes('100')
        ? { message: 'no' }
        : { embeddings: (texts as string[]).map((text) => [Number(text), 1]) },
    );
    const texts = Array.from({ length: 200 }, (_, index) => String(index));
    const progress: { done: number; failed: number }[] = [];
    const { vectors, failures } = await embedAll(createClient(clientFor(server.url)), cohere, texts, {
      concurrency: 1,
      onProgress: (state) => progress.push(state),
    });
    expect(failures.map(({ index }) => index)).toEqual(Array.from({ length: 96 }, (_, n) => 96 + n));
    expect(vectors[95]?.[0]).toBe(95);
    expect(vectors[192]?.[0]).toBe(192);
    expect(progress.map(({ done, failed }) => [done, failed])).toEqual([
      [96, 0],
      [192, 96],
      [200, 96],
    ]);
    server.close();
  });

  it('keeps what was done when it is stopped, and is not harmed by a display that fails', async () => {
    const server = await serve(() => ({ embedding: [1, 2], inputTextTokenCount: 1 }));
    const stop = new AbortController();
    const texts = Array.from({ length: 50 }, () => 'x');
    const { vectors, failures } = await embedAll(createClient(clientFor(server.url)), titan, texts, {
      concurrency: 1,
      signal: stop.signal,
      onProgress: ({ done }) => {
        if (done === 5) stop.abort();
        throw new Error('the display was closed');
      },
    });
    expect(vectors.filter((vector) => vector !== undefined)).toHaveLength(5);
    expect(failures).toHaveLength(45);
    expect(failures.every(({ error }) => error.kind === 'aborted')).toBe(true);
    server.close();
  });

  it('fails whole only for what concerns all', async () => {
    expect((await errorOf(embedAll(client(), titan, ['x'], { dimensions: 300 }))).kind).toBe('request');
    expect((await errorOf(embedAll(client(), 'amazon.nova-micro-v1:0', ['x']))).kind).toBe('model-unknown');
    expect((await errorOf(embedAll(client(), titan, ['x'], { concurrency: 0 }))).kind).toBe('request');
    expect(await embedAll(client(), titan, [])).toMatchObject({ vectors: [], failures: [], costUsd: 0 });
  });
});
