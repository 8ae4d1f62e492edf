import type { Model } from '../model.ts';
import { textOnly } from './shared.ts';

/**
 * Qwen's open-weight models.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/model-cards.html
 */
export const qwenModels: readonly Model[] = [
  {
    id: 'qwen.qwen3-32b-v1:0',
    name: 'Qwen3 32B',
    provider: 'Qwen',
    family: 'qwen',
    contextTokens: 16_384,
    maxOutputTokens: 16_384,
    profiles: [],
    onDemand: true,
    price: { inputPerMillion: 0.15, outputPerMillion: 0.6, asOf: '2026-07-02', source: 'models.dev' },
    refuses: [...textOnly, 'cache-points', 'count-tokens'],
  },
  {
    id: 'qwen.qwen3-235b-a22b-2507-v1:0',
    name: 'Qwen3 235B A22B 2507',
    provider: 'Qwen',
    family: 'qwen',
    contextTokens: 262_144,
    maxOutputTokens: 131_072,
    profiles: [],
    onDemand: ['us-west-2'],
    price: { inputPerMillion: 0.22, outputPerMillion: 0.88, asOf: '2026-07-02', source: 'models.dev' },
    refuses: [...textOnly, 'cache-points', 'count-tokens'],
  },
];
