import type { Model } from '../model.ts';
import type { Price } from '../price.ts';
import { byProfileOnly, imagesWithoutCache, noSampling, profilePrice, textOnly, times } from './shared.ts';

/**
 * What holds for GPT-5.6 and later: a body in OpenAI's form, pictures, and neither sampling, stop sequences nor cache points
 * (asked of AWS by aws-samples/sample-connector-for-bedrock and aws-samples/sample-spec-driven-presentation-maker, September
 * 2026). Limits as models.dev has them.
 */
const gpt = {
  ...byProfileOnly,
  provider: 'OpenAI',
  contextTokens: 1_050_000,
  maxOutputTokens: 128_000,
  refuses: [...imagesWithoutCache, ...noSampling, 'stop-sequences'],
} as const satisfies Partial<Model>;

/** Above 272,000 tokens a prompt costs twice as much, and its answer half as much again. */
function gptPrice(inputPerMillion: number, outputPerMillion: number, cacheReadPerMillion: number): Price {
  const price = {
    inputPerMillion,
    outputPerMillion,
    cacheReadPerMillion,
    cacheWritePerMillion: times(inputPerMillion, 1.25),
  };
  return profilePrice(price, {
    aboveTokens: 272_000,
    inputPerMillion: times(inputPerMillion, 2),
    outputPerMillion: times(outputPerMillion, 1.5),
    cacheReadPerMillion: times(cacheReadPerMillion, 2),
    cacheWritePerMillion: times(inputPerMillion, 2.5),
  });
}

/**
 * OpenAI's models: those with open weights, and the others from GPT-5.6 on, which are called through profiles.
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
  {
    ...gpt,
    id: 'openai.gpt-5.6-luna',
    name: 'GPT-5.6 Luna',
    price: gptPrice(0.2, 1.2, 0.02),
  },
  {
    ...gpt,
    id: 'openai.gpt-5.6-terra',
    name: 'GPT-5.6 Terra',
    price: gptPrice(2, 12, 0.2),
  },
  {
    ...gpt,
    id: 'openai.gpt-5.6-sol',
    name: 'GPT-5.6 Sol',
    price: gptPrice(4, 20, 0.4),
  },
  {
    ...gpt,
    id: 'openai.gpt-6-astra',
    name: 'GPT-6 Astra',
    price: gptPrice(10, 50, 1),
  },
  {
    ...gpt,
    id: 'openai.gpt-6-luna',
    name: 'GPT-6 Luna',
    startOfLife: '2026-09-22',
    datesFrom: ['observed'],
    price: gptPrice(0.1, 0.5, 0.01),
  },
  {
    ...gpt,
    id: 'openai.gpt-6-sol',
    name: 'GPT-6 Sol',
    startOfLife: '2026-09-22',
    datesFrom: ['observed'],
    price: gptPrice(2, 10, 0.2),
  },
  {
    ...gpt,
    id: 'openai.gpt-6.1-sol',
    name: 'GPT-6.1 Sol',
    price: gptPrice(2, 10, 0.1),
  },
];
