import { describe, expect, it } from 'vitest';
import fc from '../../../../test/properties.ts';
import { findEmbeddingModel, findModel } from '../../../bedrock-models/src/find.ts';
import { embeddings } from '../../src/embeddings/all-embeddings.ts';
import { Refusal } from '../../src/http/refusal.ts';
import { families } from '../../src/invoke/all-families.ts';

const call = { id: 'a', type: 'function', function: { name: 'look', arguments: '{}' } };
const chat = {
  messages: [
    { role: 'system', content: 'Be brief.' },
    { role: 'user', content: [{ type: 'text', text: 'Hi' }] },
    { role: 'assistant', content: null, tool_calls: [call] },
    { role: 'tool', tool_call_id: 'a', content: 'Rain.' },
  ],
  temperature: 0,
  tools: [{ type: 'function', function: { name: 'look', parameters: {} } }],
  tool_choice: { type: 'function', function: { name: 'look' } },
};

/** A body that each model takes. */
const bodies: Readonly<Record<string, unknown>> = {
  'meta.llama3-8b-instruct-v1:0': { prompt: 'Hi', max_gen_len: 9, temperature: 0, top_p: 1 },
  'mistral.mistral-7b-instruct-v0:2': { prompt: '[INST] Hi [/INST]', max_tokens: 9, stop: ['x'], top_k: 5 },
  'mistral.ministral-3-8b-instruct': { ...chat, max_tokens: 9, stop: ['x'] },
  'cohere.command-text-v14': { prompt: 'Hi', max_tokens: 9, p: 0.5, k: 0, stop_sequences: [] },
  'cohere.command-r-v1:0': {
    message: 'Hi',
    chat_history: [
      { role: 'USER', message: 'Hi' },
      { role: 'CHATBOT', message: 'Hello' },
    ],
    preamble: 'Be brief.',
    documents: [{ title: 'Tides', snippet: 'The tide is high.' }],
    tools: [{ name: 'look', description: 'Looks.', parameter_definitions: { city: { type: 'str' } } }],
    tool_results: [{ call: { name: 'look', parameters: { city: 'Oslo' } }, outputs: [{ sky: 'grey' }] }],
  },
  'ai21.jamba-1-5-mini-v1:0': { ...chat, max_tokens: 9, stop: 'x' },
  'openai.gpt-oss-20b-1:0': { ...chat, max_completion_tokens: 9, stream: false },
  'deepseek.r1-v1:0': { prompt: 'Hi', max_tokens: 9, stop: ['x'] },
  'qwen.qwen3-32b-v1:0': { ...chat, max_tokens: 9 },
  'amazon.titan-embed-text-v1': { inputText: 'Hi' },
  'amazon.titan-embed-text-v2:0': {
    inputText: 'Hi',
    dimensions: 256,
    normalize: true,
    embeddingTypes: ['float'],
  },
  'cohere.embed-english-v3': { texts: ['Hi'], input_type: 'search_query', embedding_types: ['int8'] },
  'cohere.embed-v4:0': {
    inputs: [{ content: [{ type: 'text', text: 'Hi' }] }],
    input_type: 'clustering',
    output_dimension: 256,
    max_tokens: 9,
    truncate: 'LEFT',
  },
  'amazon.nova-2-multimodal-embeddings-v1:0': {
    taskType: 'SINGLE_EMBEDDING',
    singleEmbeddingParams: {
      embeddingPurpose: 'CLUSTERING',
      embeddingDimension: 256,
      text: { truncationMode: 'END', value: 'Hi' },
    },
  },
};

function take(modelId: string, body: unknown): void {
  const model = findModel(modelId);
  if (model !== undefined) {
    const request = families[model.family].read(body, model);
    expect(request.turns.length).toBeGreaterThan(0);
    expect(typeof request.turns[0]?.text).toBe('string');
    return;
  }
  const embedding = findEmbeddingModel(modelId);
  if (embedding === undefined) throw new Error(`${modelId} is not listed`);
  embeddings[embedding.family].answer(body, embedding, 'a1'.repeat(32));
}

/** The value with what stands at the place replaced; places are counted through the whole of it. */
function replaced(value: unknown, place: { left: number }, by: unknown): unknown {
  place.left -= 1;
  if (place.left === 0) return by;
  if (Array.isArray(value)) return value.map((item) => replaced(item, place, by));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, replaced(item, place, by)]));
}

describe.each(Object.entries(bodies))('%s', (modelId, body) => {
  it('takes a good body', () => {
    expect(() => take(modelId, body)).not.toThrow();
  });

  it('takes or refuses whatever stands anywhere in it', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 30 }), fc.jsonValue({ maxDepth: 2 }), (place, by) => {
        try {
          take(modelId, replaced(body, { left: place }, by));
        } catch (error) {
          expect(error).toBeInstanceOf(Refusal);
        }
      }),
      { numRuns: 100 },
    );
  });
});
