import type { Model } from '../model.ts';
import { byBareId, imagesWithoutCache, standardPrice, textWithoutCache } from './shared.ts';

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
    refuses: textWithoutCache,
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
    refuses: textWithoutCache,
  },
  {
    ...byBareId,
    id: 'qwen.qwen3-coder-30b-a3b-v1:0',
    name: 'Qwen3 Coder 30B A3B',
    provider: 'Qwen',
    contextTokens: 262_144,
    maxOutputTokens: 131_072,
    startOfLife: '2025-09-15',
    price: standardPrice(0.15, 0.6),
    refuses: textWithoutCache,
  },
  {
    ...byBareId,
    id: 'qwen.qwen3-coder-480b-a35b-v1:0',
    name: 'Qwen3 Coder 480B A35B',
    provider: 'Qwen',
    contextTokens: 131_072,
    maxOutputTokens: 65_536,
    startOfLife: '2025-09-15',
    price: standardPrice(0.45, 1.8),
    refuses: textWithoutCache,
  },
  {
    ...byBareId,
    id: 'qwen.qwen3-next-80b-a3b',
    name: 'Qwen3 Next 80B A3B',
    provider: 'Qwen',
    contextTokens: 262_000,
    maxOutputTokens: 262_000,
    startOfLife: '2025-12-02',
    price: standardPrice(0.15, 1.2),
    refuses: textWithoutCache,
  },
  {
    ...byBareId,
    id: 'qwen.qwen3-vl-235b-a22b',
    name: 'Qwen3 VL 235B A22B',
    provider: 'Qwen',
    contextTokens: 262_000,
    maxOutputTokens: 262_000,
    startOfLife: '2025-12-02',
    price: standardPrice(0.53, 2.66),
    refuses: imagesWithoutCache,
  },
  {
    ...byBareId,
    id: 'qwen.qwen3-coder-next',
    name: 'Qwen3 Coder Next',
    provider: 'Qwen',
    contextTokens: 131_072,
    maxOutputTokens: 65_536,
    startOfLife: '2026-02-06',
    price: standardPrice(0.5, 1.2),
    refuses: textWithoutCache,
  },
];
