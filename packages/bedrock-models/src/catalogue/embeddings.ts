import type { EmbeddingModel } from '../model.ts';

/**
 * The models that give vectors: Titan, Cohere and Nova. Only what goes in is billed. The prices are those of AWS's
 * price list as tools that read it carry them.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-titan-embed-text.html
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-embed.html
 * @see https://docs.aws.amazon.com/nova/latest/userguide/nova-embeddings.html
 */
export const embeddingModels: readonly EmbeddingModel[] = [
  {
    id: 'amazon.titan-embed-text-v1',
    name: 'Titan Embeddings G1 - Text',
    provider: 'Amazon',
    family: 'titan-embed-v1',
    dimensions: [1_536],
    textsPerCall: 1,
    maxInputTokens: 8_192,
    maxInputCharacters: 50_000,
    profiles: [],
    onDemand: true,
    price: { inputPerMillion: 0.1, outputPerMillion: 0, asOf: '2026-11-23', source: 'public-tables' },
  },
  {
    id: 'amazon.titan-embed-text-v2:0',
    name: 'Titan Text Embeddings V2',
    provider: 'Amazon',
    family: 'titan-embed-v2',
    dimensions: [1_024, 512, 256],
    textsPerCall: 1,
    maxInputTokens: 8_192,
    maxInputCharacters: 50_000,
    profiles: [],
    onDemand: true,
    price: { inputPerMillion: 0.02, outputPerMillion: 0, asOf: '2026-11-23', source: 'public-tables' },
  },
  {
    id: 'cohere.embed-english-v3',
    name: 'Embed English',
    provider: 'Cohere',
    family: 'cohere-embed',
    dimensions: [1_024],
    textsPerCall: 96,
    maxInputTokens: 512,
    maxInputCharacters: 2_048,
    profiles: [],
    onDemand: true,
    price: { inputPerMillion: 0.1, outputPerMillion: 0, asOf: '2026-11-23', source: 'public-tables' },
  },
  {
    id: 'cohere.embed-multilingual-v3',
    name: 'Embed Multilingual',
    provider: 'Cohere',
    family: 'cohere-embed',
    dimensions: [1_024],
    textsPerCall: 96,
    maxInputTokens: 512,
    maxInputCharacters: 2_048,
    profiles: [],
    onDemand: true,
    price: { inputPerMillion: 0.1, outputPerMillion: 0, asOf: '2026-11-23', source: 'public-tables' },
  },
  {
    id: 'cohere.embed-v4:0',
    name: 'Embed v4',
    provider: 'Cohere',
    family: 'cohere-embed',
    dimensions: [1_536, 1_024, 512, 256],
    textsPerCall: 96,
    maxInputTokens: 128_000,
    profiles: ['us', 'eu', 'global'],
    onDemand: true,
    price: { inputPerMillion: 0.12, outputPerMillion: 0, asOf: '2026-11-23', source: 'public-tables' },
    readsImages: true,
  },
  {
    id: 'amazon.nova-2-multimodal-embeddings-v1:0',
    name: 'Nova Multimodal Embeddings',
    provider: 'Amazon',
    family: 'nova-embed',
    dimensions: [3_072, 1_024, 384, 256],
    textsPerCall: 1,
    maxInputTokens: 8_192,
    profiles: [],
    // The one region its launch named.
    onDemand: ['us-east-1'],
    price: {
      inputPerMillion: 0.135,
      outputPerMillion: 0,
      asOf: '2026-11-23',
      source: 'public-tables',
      note: 'text',
    },
    readsImages: true,
  },
];
