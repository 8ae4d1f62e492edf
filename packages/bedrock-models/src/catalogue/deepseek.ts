import type { Model } from '../model.ts';
import { textOnly } from './shared.ts';

/**
 * DeepSeek's models. R1 thinks before it answers.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-deepseek.html
 */
export const deepseekModels: readonly Model[] = [
  {
    id: 'deepseek.r1-v1:0',
    name: 'DeepSeek-R1',
    provider: 'DeepSeek',
    family: 'deepseek',
    contextTokens: 128_000,
    maxOutputTokens: 32_768,
    profiles: ['us'],
    onDemand: false,
    price: { inputPerMillion: 1.35, outputPerMillion: 5.4, asOf: '2026-07-17', source: 'pricing-page' },
    refuses: [...textOnly, 'tools', 'cache-points', 'reasoning'],
  },
  {
    id: 'deepseek.v3-v1:0',
    name: 'DeepSeek-V3.1',
    provider: 'DeepSeek',
    family: 'deepseek',
    contextTokens: 163_840,
    maxOutputTokens: 81_920,
    profiles: [],
    onDemand: true,
    price: { inputPerMillion: 0.58, outputPerMillion: 1.68, asOf: '2026-07-02', source: 'models.dev' },
    refuses: [...textOnly, 'cache-points'],
  },
  {
    id: 'deepseek.v3.2',
    name: 'DeepSeek-V3.2',
    provider: 'DeepSeek',
    family: 'deepseek',
    contextTokens: 163_840,
    maxOutputTokens: 81_920,
    profiles: [],
    onDemand: true,
    price: { inputPerMillion: 0.62, outputPerMillion: 1.85, asOf: '2026-07-17', source: 'pricing-page' },
    refuses: [...textOnly, 'cache-points'],
  },
];
