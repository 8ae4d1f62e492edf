import type { Model } from '../model.ts';
import { retiredMetaModels } from './meta-retired.ts';
import { textOnly } from './shared.ts';

/**
 * Meta's Llama. It takes no tools in a stream, and no words beside a tool's result. The longest answer is the one that
 * the API was seen to allow, where the pages disagree.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-meta.html
 */
export const metaModels: readonly Model[] = [
  ...retiredMetaModels,
  {
    id: 'meta.llama3-8b-instruct-v1:0',
    name: 'Llama 3 8B Instruct',
    provider: 'Meta',
    family: 'llama',
    contextTokens: 8_192,
    maxOutputTokens: 2_048,
    profiles: [],
    onDemand: true,
    price: { inputPerMillion: 0.3, outputPerMillion: 0.6, asOf: '2026-07-02', source: 'models.dev' },
    refuses: [...textOnly, 'tools', 'cache-points'],
  },
  {
    id: 'meta.llama3-70b-instruct-v1:0',
    name: 'Llama 3 70B Instruct',
    provider: 'Meta',
    family: 'llama',
    contextTokens: 8_192,
    maxOutputTokens: 2_048,
    profiles: [],
    onDemand: true,
    refuses: [...textOnly, 'tools', 'cache-points'],
  },
  {
    id: 'meta.llama3-1-8b-instruct-v1:0',
    name: 'Llama 3.1 8B Instruct',
    provider: 'Meta',
    family: 'llama',
    contextTokens: 128_000,
    maxOutputTokens: 2_048,
    profiles: ['us'],
    onDemand: ['us-west-2'],
    price: {
      inputPerMillion: 0.22,
      outputPerMillion: 0.22,
      asOf: '2026-07-17',
      source: 'pricing-page',
      note: 'us-east-2',
    },
    refuses: [...textOnly, 'tools-in-stream', 'text-beside-tool-result', 'cache-points'],
  },
  {
    id: 'meta.llama3-1-70b-instruct-v1:0',
    name: 'Llama 3.1 70B Instruct',
    provider: 'Meta',
    family: 'llama',
    contextTokens: 128_000,
    maxOutputTokens: 2_048,
    profiles: ['us'],
    // us-east-1 was recorded to answer in April 2025.
    onDemand: ['us-west-2', 'us-east-1'],
    price: {
      inputPerMillion: 0.72,
      outputPerMillion: 0.72,
      asOf: '2026-07-17',
      source: 'pricing-page',
      note: 'us-east-2',
    },
    refuses: [...textOnly, 'tools-in-stream', 'text-beside-tool-result', 'cache-points'],
  },
  {
    id: 'meta.llama3-3-70b-instruct-v1:0',
    name: 'Llama 3.3 70B Instruct',
    provider: 'Meta',
    family: 'llama',
    contextTokens: 128_000,
    maxOutputTokens: 4_096,
    profiles: ['us'],
    onDemand: false,
    price: {
      inputPerMillion: 0.72,
      outputPerMillion: 0.72,
      asOf: '2026-07-17',
      source: 'pricing-page',
      note: 'us-east-2',
    },
    refuses: [...textOnly, 'tools-in-stream', 'text-beside-tool-result', 'cache-points'],
  },
  {
    id: 'meta.llama4-scout-17b-instruct-v1:0',
    name: 'Llama 4 Scout 17B Instruct',
    provider: 'Meta',
    family: 'llama',
    contextTokens: 3_500_000,
    maxOutputTokens: 16_384,
    profiles: ['us'],
    onDemand: false,
    price: { inputPerMillion: 0.17, outputPerMillion: 0.66, asOf: '2026-07-17', source: 'pricing-page' },
    refuses: ['tools-in-stream', 'text-beside-tool-result', 'cache-points'],
  },
  {
    id: 'meta.llama4-maverick-17b-instruct-v1:0',
    name: 'Llama 4 Maverick 17B Instruct',
    provider: 'Meta',
    family: 'llama',
    contextTokens: 1_000_000,
    maxOutputTokens: 16_384,
    profiles: ['us'],
    onDemand: false,
    price: { inputPerMillion: 0.24, outputPerMillion: 0.97, asOf: '2026-07-17', source: 'pricing-page' },
    refuses: ['tools-in-stream', 'text-beside-tool-result', 'cache-points'],
  },
];
