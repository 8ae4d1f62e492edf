import assert from 'node:assert/strict';
import { embed, openVectorStore } from 'lib';
import { withEndpoint } from './endpoint.ts';

/** Texts as vectors, and the one that is nearest to a question. */
export default () =>
  withEndpoint(async (client) => {
    const modelId = 'amazon.titan-embed-text-v2:0';
    const texts = ['The warranty lasts two years.', 'Bicycles are repaired on Mondays.'];
    const { vectors } = await embed(client, modelId, texts);
    const store = await openVectorStore(':memory:', { modelId });
    await store.add(texts.map((text, index) => ({ text, vector: vectors[index] ?? [] })));
    const question = await embed(client, modelId, ['How long is the warranty?'], { purpose: 'query' });
    const [nearest] = await store.search(question.vectors[0] ?? [], 1);
    assert.equal(nearest?.text, texts[0]);
    await store.close();
  });
