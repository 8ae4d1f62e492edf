import type { Model } from '../model.ts';
import { textOnly } from './shared.ts';

/** What holds for all of these: limits, days and prices as models.dev has them, and no prompt cache in what was recorded of them. */
const shared = {
  family: 'qwen',
  profiles: [],
  onDemand: true,
  datesFrom: ['models.dev'],
} as const satisfies Partial<Model>;

const price = (inputPerMillion: number, outputPerMillion: number) =>
  ({ inputPerMillion, outputPerMillion, asOf: '2026-04-13', source: 'models.dev' }) as const;

const text = [...textOnly, 'cache-points', 'count-tokens'] as const;
const textAndImages = ['cache-points', 'count-tokens'] as const;

/**
 * Models of other makers, most with open weights. InvokeModel takes OpenAI's form of a conversation from them, as from most of
 * the newer models (awslabs/llmeter, BedrockInvoke); answers of theirs were recorded through Converse only.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/model-cards.html
 */
export const openWeightsModels: readonly Model[] = [
  {
    ...shared,
    id: 'moonshot.kimi-k2-thinking',
    name: 'Kimi K2 Thinking',
    provider: 'Moonshot AI',
    contextTokens: 262_143,
    maxOutputTokens: 16_000,
    startOfLife: '2025-12-02',
    price: price(0.6, 2.5),
    refuses: text,
  },
  {
    ...shared,
    id: 'moonshotai.kimi-k2.5',
    name: 'Kimi K2.5',
    provider: 'Moonshot AI',
    contextTokens: 262_143,
    maxOutputTokens: 16_000,
    startOfLife: '2026-02-06',
    price: price(0.6, 3),
    refuses: textAndImages,
  },
  {
    ...shared,
    id: 'minimax.minimax-m2',
    name: 'MiniMax M2',
    provider: 'MiniMax',
    contextTokens: 204_608,
    maxOutputTokens: 128_000,
    startOfLife: '2025-12-02',
    price: price(0.15, 0.6),
    refuses: text,
  },
  {
    ...shared,
    id: 'minimax.minimax-m2.1',
    name: 'MiniMax M2.1',
    provider: 'MiniMax',
    contextTokens: 204_800,
    maxOutputTokens: 131_072,
    startOfLife: '2026-02-06',
    price: price(0.15, 0.6),
    refuses: text,
  },
  {
    ...shared,
    id: 'minimax.minimax-m2.5',
    name: 'MiniMax M2.5',
    provider: 'MiniMax',
    contextTokens: 196_608,
    maxOutputTokens: 98_304,
    startOfLife: '2026-03-18',
    price: price(0.15, 0.6),
    refuses: text,
  },
  {
    ...shared,
    id: 'google.gemma-3-4b-it',
    name: 'Gemma 3 4B',
    provider: 'Google',
    contextTokens: 128_000,
    maxOutputTokens: 4_096,
    startOfLife: '2025-12-02',
    price: price(0.02, 0.04),
    refuses: textAndImages,
  },
  {
    ...shared,
    id: 'google.gemma-3-12b-it',
    name: 'Gemma 3 12B',
    provider: 'Google',
    contextTokens: 131_072,
    maxOutputTokens: 8_192,
    startOfLife: '2025-12-02',
    price: price(0.05, 0.15),
    refuses: textAndImages,
  },
  {
    ...shared,
    id: 'google.gemma-3-27b-it',
    name: 'Gemma 3 27B',
    provider: 'Google',
    contextTokens: 202_752,
    maxOutputTokens: 8_192,
    startOfLife: '2025-12-02',
    price: price(0.12, 0.19),
    refuses: textAndImages,
  },
  {
    ...shared,
    id: 'nvidia.nemotron-nano-12b-v2',
    name: 'Nemotron Nano 12B v2 VL',
    provider: 'NVIDIA',
    contextTokens: 128_000,
    maxOutputTokens: 4_096,
    startOfLife: '2025-12-02',
    price: price(0.1, 0.3),
    refuses: textAndImages,
  },
  {
    ...shared,
    id: 'zai.glm-4.7',
    name: 'GLM-4.7',
    provider: 'Z.AI',
    contextTokens: 204_800,
    maxOutputTokens: 131_072,
    startOfLife: '2026-02-06',
    price: price(0.3, 1.1),
    refuses: text,
  },
  {
    ...shared,
    id: 'zai.glm-4.7-flash',
    name: 'GLM-4.7-Flash',
    provider: 'Z.AI',
    contextTokens: 200_000,
    maxOutputTokens: 131_072,
    startOfLife: '2026-02-06',
    price: price(0.035, 0.2),
    refuses: text,
  },
  {
    ...shared,
    id: 'writer.palmyra-x4-v1:0',
    name: 'Palmyra X4',
    provider: 'Writer',
    // Recorded through this profile.
    profiles: ['us'],
    onDemand: false,
    contextTokens: 122_880,
    maxOutputTokens: 8_192,
    startOfLife: '2025-11-21',
    price: price(2.5, 10),
    refuses: text,
  },
];
