import type { Model } from '../model.ts';
import { historical, textOnly } from './shared.ts';

/**
 * Amazon's text models: Titan, which is retired, and Nova.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-titan-text.html
 * @see https://docs.aws.amazon.com/nova/latest/userguide/what-is-nova.html
 */

/** Nova's first generation: elsewhere AWS offers it through inference profiles only. */
const novaOnDemand = ['us-east-1', 'us-gov-west-1'];

export const amazonModels: readonly Model[] = [
  {
    id: 'amazon.titan-text-lite-v1',
    name: 'Titan Text G1 - Lite',
    provider: 'Amazon',
    family: 'titan-text',
    contextTokens: 4_096,
    maxOutputTokens: 4_096,
    profiles: [],
    onDemand: true,
    endOfLife: '2025-12-18',
    endOfLifeIsApproximate: true,
    successor: 'amazon.nova-micro-v1:0',
    price: { inputPerMillion: 0.15, outputPerMillion: 0.2, asOf: '2025-08-20', note: historical },
    refuses: [...textOnly, 'system', 'tools', 'cache-points'],
  },
  {
    id: 'amazon.titan-text-express-v1',
    name: 'Titan Text G1 - Express',
    provider: 'Amazon',
    family: 'titan-text',
    contextTokens: 8_192,
    maxOutputTokens: 8_192,
    profiles: [],
    onDemand: true,
    endOfLife: '2025-12-29',
    endOfLifeIsApproximate: true,
    successor: 'amazon.nova-micro-v1:0',
    price: { inputPerMillion: 0.2, outputPerMillion: 0.6, asOf: '2025-08-20', note: historical },
    refuses: [...textOnly, 'system', 'tools', 'cache-points'],
  },
  {
    id: 'amazon.titan-text-premier-v1:0',
    name: 'Titan Text G1 - Premier',
    provider: 'Amazon',
    family: 'titan-text',
    contextTokens: 32_768,
    maxOutputTokens: 3_072,
    profiles: [],
    onDemand: true,
    endOfLife: '2025-10-17',
    endOfLifeIsApproximate: true,
    successor: 'amazon.nova-pro-v1:0',
    price: { inputPerMillion: 0.5, outputPerMillion: 1.5, asOf: '2025-08-20', note: historical },
    refuses: [...textOnly, 'system', 'tools', 'cache-points'],
  },
  {
    id: 'amazon.nova-micro-v1:0',
    name: 'Nova Micro',
    provider: 'Amazon',
    family: 'nova',
    contextTokens: 128_000,
    maxOutputTokens: 5_000,
    profiles: ['us', 'us-gov', 'eu', 'apac'],
    onDemand: novaOnDemand,
    startOfLife: '2024-12-03',
    price: {
      inputPerMillion: 0.035,
      outputPerMillion: 0.14,
      cacheReadPerMillion: 0.00875,
      asOf: '2026-07-17',
    },
    refuses: [...textOnly, 'count-tokens'],
  },
  {
    id: 'amazon.nova-lite-v1:0',
    name: 'Nova Lite',
    provider: 'Amazon',
    family: 'nova',
    contextTokens: 300_000,
    maxOutputTokens: 5_000,
    profiles: ['us', 'eu', 'apac', 'ca'],
    onDemand: novaOnDemand,
    startOfLife: '2024-12-03',
    price: { inputPerMillion: 0.06, outputPerMillion: 0.24, cacheReadPerMillion: 0.015, asOf: '2026-07-17' },
    refuses: ['count-tokens'],
  },
  {
    id: 'amazon.nova-pro-v1:0',
    name: 'Nova Pro',
    provider: 'Amazon',
    family: 'nova',
    contextTokens: 300_000,
    maxOutputTokens: 5_000,
    profiles: ['us', 'us-gov', 'eu', 'apac'],
    onDemand: novaOnDemand,
    startOfLife: '2024-12-03',
    price: { inputPerMillion: 0.8, outputPerMillion: 3.2, cacheReadPerMillion: 0.2, asOf: '2026-07-17' },
    refuses: ['count-tokens'],
  },
  {
    id: 'amazon.nova-premier-v1:0',
    name: 'Nova Premier',
    provider: 'Amazon',
    family: 'nova',
    contextTokens: 1_000_000,
    // As for the others of its generation: the sources disagree, and this much is safe.
    maxOutputTokens: 5_000,
    profiles: ['us'],
    onDemand: false,
    legacy: '2026-03-13',
    endOfLife: '2026-09-14',
    // Its announced successor, Nova 2 Pro, is in preview.
    successor: 'amazon.nova-pro-v1:0',
    refuses: ['count-tokens'],
  },
  {
    id: 'amazon.nova-2-lite-v1:0',
    name: 'Nova 2 Lite',
    provider: 'Amazon',
    family: 'nova',
    contextTokens: 1_000_000,
    maxOutputTokens: 65_535,
    profiles: ['us', 'eu', 'jp', 'global'],
    onDemand: false,
    price: {
      inputPerMillion: 0.33,
      outputPerMillion: 2.75,
      cacheReadPerMillion: 0.0825,
      asOf: '2026-07-17',
      note: 'geographic profiles',
      global: { inputPerMillion: 0.3, outputPerMillion: 2.5, cacheReadPerMillion: 0.075 },
    },
    refuses: ['count-tokens'],
  },
];
