import type { Model } from '../model.ts';
import { textOnly } from './shared.ts';

/**
 * OpenAI's open-weight models.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-openai.html
 */
export const openaiModels: readonly Model[] = [
  {
    id: 'openai.gpt-oss-20b-1:0',
    name: 'gpt-oss-20b',
    provider: 'OpenAI',
    family: 'gpt-oss',
    contextTokens: 128_000,
    maxOutputTokens: 16_000,
    profiles: [],
    onDemand: true,
    price: {
      inputPerMillion: 0.07,
      outputPerMillion: 0.3,
      asOf: '2026-07-17',
      source: 'pricing-page',
      note: 'us-east-2',
    },
    refuses: [...textOnly, 'stop-sequences', 'cache-points'],
  },
  {
    id: 'openai.gpt-oss-120b-1:0',
    name: 'gpt-oss-120b',
    provider: 'OpenAI',
    family: 'gpt-oss',
    contextTokens: 128_000,
    maxOutputTokens: 16_000,
    profiles: [],
    onDemand: true,
    price: {
      inputPerMillion: 0.15,
      outputPerMillion: 0.6,
      asOf: '2026-07-17',
      source: 'pricing-page',
      note: 'us-east-2',
    },
    refuses: [...textOnly, 'stop-sequences', 'cache-points'],
  },
];
