import type { Model } from '../model.ts';
import { textOnly } from './shared.ts';

/**
 * AI21's Jamba; AWS names no successor.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-jamba.html
 */
export const ai21Models: readonly Model[] = [
  {
    id: 'ai21.jamba-1-5-mini-v1:0',
    name: 'Jamba 1.5 Mini',
    provider: 'AI21 Labs',
    family: 'jamba',
    contextTokens: 256_000,
    maxOutputTokens: 4_096,
    profiles: [],
    onDemand: true,
    legacy: '2026-05-26',
    endOfLife: '2026-11-26',
    datesFrom: ['lifecycle-page'],
    price: { inputPerMillion: 0.2, outputPerMillion: 0.4, asOf: '2026-07-17', source: 'pricing-page' },
    refuses: [...textOnly, 'cache-points'],
  },
  {
    id: 'ai21.jamba-1-5-large-v1:0',
    name: 'Jamba 1.5 Large',
    provider: 'AI21 Labs',
    family: 'jamba',
    contextTokens: 256_000,
    maxOutputTokens: 4_096,
    profiles: [],
    onDemand: true,
    legacy: '2026-05-26',
    endOfLife: '2026-11-26',
    datesFrom: ['lifecycle-page'],
    price: { inputPerMillion: 2, outputPerMillion: 8, asOf: '2026-07-17', source: 'pricing-page' },
    refuses: [...textOnly, 'cache-points'],
  },
];
