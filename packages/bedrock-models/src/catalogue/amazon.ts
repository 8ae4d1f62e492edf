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

/**
 * The longest answer of Nova's first generation. Cards say 5K; its user guide says 10K (BerriAI/litellm#11441), Nova Pro failed
 * above it in January 2026 and Nova Lite was cut at it in September
 * (aws-solutions-library-samples/accelerated-intelligent-document-processing-on-aws#175, PR 861).
 */
const novaOutput = 10_000;

export const amazonModels: readonly Model[] = [
  {
    id: 'amazon.titan-tg1-large',
    name: 'Titan Text Large',
    provider: 'Amazon',
    family: 'titan-text',
    contextTokens: 8_192,
    maxOutputTokens: 8_192,
    profiles: [],
    onDemand: true,
    // Recorded to answer in January 2025; the other Titan Text models ended at this day at the latest.
    endOfLife: '2025-12-29',
    endOfLifeIsApproximate: true,
    datesFrom: ['observed'],
    successor: 'amazon.nova-micro-v1:0',
    refuses: [...textOnly, 'system', 'tools', 'cache-points'],
  },
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
    datesFrom: ['observed'],
    successor: 'amazon.nova-micro-v1:0',
    price: {
      inputPerMillion: 0.15,
      outputPerMillion: 0.2,
      asOf: '2025-08-20',
      source: 'public-tables',
      note: historical,
    },
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
    datesFrom: ['observed'],
    successor: 'amazon.nova-micro-v1:0',
    price: {
      inputPerMillion: 0.2,
      outputPerMillion: 0.6,
      asOf: '2025-08-20',
      source: 'public-tables',
      note: historical,
    },
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
    datesFrom: ['observed'],
    successor: 'amazon.nova-pro-v1:0',
    price: {
      inputPerMillion: 0.5,
      outputPerMillion: 1.5,
      asOf: '2025-08-20',
      source: 'public-tables',
      note: historical,
    },
    refuses: [...textOnly, 'system', 'tools', 'cache-points'],
  },
  {
    id: 'amazon.nova-micro-v1:0',
    name: 'Nova Micro',
    provider: 'Amazon',
    family: 'nova',
    contextTokens: 128_000,
    maxOutputTokens: novaOutput,
    profiles: ['us', 'us-gov', 'eu', 'apac'],
    onDemand: novaOnDemand,
    startOfLife: '2024-12-03',
    datesFrom: ['live-lists'],
    price: {
      inputPerMillion: 0.035,
      outputPerMillion: 0.14,
      cacheReadPerMillion: 0.00875,
      asOf: '2026-07-17',
      source: 'pricing-page',
    },
    refuses: [...textOnly, 'count-tokens', 'reasoning'],
  },
  {
    id: 'amazon.nova-lite-v1:0',
    name: 'Nova Lite',
    provider: 'Amazon',
    family: 'nova',
    contextTokens: 300_000,
    maxOutputTokens: novaOutput,
    profiles: ['us', 'eu', 'apac', 'ca'],
    onDemand: novaOnDemand,
    startOfLife: '2024-12-03',
    datesFrom: ['live-lists'],
    price: {
      inputPerMillion: 0.06,
      outputPerMillion: 0.24,
      cacheReadPerMillion: 0.015,
      asOf: '2026-07-17',
      source: 'pricing-page',
    },
    refuses: ['count-tokens', 'reasoning'],
  },
  {
    id: 'amazon.nova-pro-v1:0',
    name: 'Nova Pro',
    provider: 'Amazon',
    family: 'nova',
    contextTokens: 300_000,
    maxOutputTokens: novaOutput,
    profiles: ['us', 'us-gov', 'eu', 'apac'],
    onDemand: novaOnDemand,
    startOfLife: '2024-12-03',
    datesFrom: ['live-lists'],
    price: {
      inputPerMillion: 0.8,
      outputPerMillion: 3.2,
      cacheReadPerMillion: 0.2,
      asOf: '2026-07-17',
      source: 'pricing-page',
      tiers: { 'latency-optimized': { inputPerMillion: 1, outputPerMillion: 4 } },
    },
    refuses: ['count-tokens', 'reasoning'],
  },
  {
    id: 'amazon.nova-premier-v1:0',
    name: 'Nova Premier',
    provider: 'Amazon',
    family: 'nova',
    contextTokens: 1_000_000,
    maxOutputTokens: novaOutput,
    profiles: ['us'],
    onDemand: false,
    legacy: '2026-03-13',
    endOfLife: '2026-09-14',
    datesFrom: ['lifecycle-page'],
    // Its announced successor, Nova 2 Pro, is in preview.
    successor: 'amazon.nova-pro-v1:0',
    refuses: ['count-tokens', 'reasoning'],
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
      source: 'pricing-page',
      note: 'geographic profiles',
      global: {
        inputPerMillion: 0.3,
        outputPerMillion: 2.5,
        cacheReadPerMillion: 0.075,
        tiers: {
          flex: { inputPerMillion: 0.15, outputPerMillion: 1.25 },
          priority: { inputPerMillion: 0.525, outputPerMillion: 4.375 },
          batch: { inputPerMillion: 0.15, outputPerMillion: 1.25 },
        },
      },
    },
    refuses: ['count-tokens'],
  },
];
