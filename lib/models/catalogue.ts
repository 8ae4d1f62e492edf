/**
 * The text models this workshop knows: what they are, how they are called, when they end and what they cost.
 *
 * This file is data. Dates and prices were gathered on `catalogueDate` from AWS's model-lifecycle and pricing
 * pages; they move, so every price carries its own date and an unknown is `undefined`, never zero.
 * Models that AWS has retired keep their entries: the workshop's source used them, and the entry says what
 * replaced each.
 */

import { embeddingModels } from './catalogue/embeddings.ts';
import type { EmbeddingModel, ListedModel, Model } from './model.ts';

export type {
  EmbeddingFamily,
  EmbeddingModel,
  Feature,
  ListedModel,
  Model,
  ModelFamily,
  Price,
} from './model.ts';

export const catalogueDate = '2026-11-23';

/** Nova's first generation: elsewhere AWS offers it through inference profiles only. */
const novaOnDemand = ['us-east-1', 'us-gov-west-1'];

const historical = 'last price before the model was retired';

export const catalogue: readonly Model[] = [
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
  },
  {
    id: 'anthropic.claude-instant-v1',
    name: 'Claude Instant',
    provider: 'Anthropic',
    family: 'claude-text',
    contextTokens: 100_000,
    maxOutputTokens: 4_096,
    profiles: [],
    onDemand: true,
    endOfLife: '2025-07-21',
    endOfLifeIsApproximate: true,
    successor: 'anthropic.claude-haiku-4-5-20251001-v1:0',
    needsUseCaseForm: true,
  },
  {
    id: 'anthropic.claude-v2',
    name: 'Claude 2',
    provider: 'Anthropic',
    family: 'claude-text',
    contextTokens: 100_000,
    maxOutputTokens: 4_096,
    profiles: [],
    onDemand: true,
    endOfLife: '2025-07-21',
    endOfLifeIsApproximate: true,
    successor: 'anthropic.claude-haiku-4-5-20251001-v1:0',
    needsUseCaseForm: true,
  },
  {
    id: 'anthropic.claude-v2:1',
    name: 'Claude 2.1',
    provider: 'Anthropic',
    family: 'claude-text',
    contextTokens: 200_000,
    maxOutputTokens: 4_096,
    profiles: [],
    onDemand: true,
    endOfLife: '2025-11-10',
    endOfLifeIsApproximate: true,
    successor: 'anthropic.claude-haiku-4-5-20251001-v1:0',
    needsUseCaseForm: true,
  },
  {
    id: 'anthropic.claude-3-haiku-20240307-v1:0',
    name: 'Claude 3 Haiku',
    provider: 'Anthropic',
    family: 'claude-messages',
    contextTokens: 200_000,
    maxOutputTokens: 4_096,
    profiles: ['us', 'eu', 'apac'],
    onDemand: true,
    startOfLife: '2024-03-13',
    legacy: '2026-03-10',
    endOfLife: '2026-09-10',
    successor: 'anthropic.claude-haiku-4-5-20251001-v1:0',
    price: { inputPerMillion: 0.25, outputPerMillion: 1.25, asOf: '2026-07-17', note: historical },
    needsUseCaseForm: true,
  },
  {
    id: 'anthropic.claude-3-sonnet-20240229-v1:0',
    name: 'Claude 3 Sonnet',
    provider: 'Anthropic',
    family: 'claude-messages',
    contextTokens: 200_000,
    maxOutputTokens: 4_096,
    profiles: ['us', 'eu', 'apac'],
    onDemand: true,
    legacy: '2026-01-30',
    endOfLife: '2026-07-30',
    successor: 'anthropic.claude-haiku-4-5-20251001-v1:0',
    price: { inputPerMillion: 3, outputPerMillion: 15, asOf: '2026-07-17', note: historical },
    needsUseCaseForm: true,
  },
  {
    id: 'anthropic.claude-haiku-4-5-20251001-v1:0',
    name: 'Claude Haiku 4.5',
    provider: 'Anthropic',
    family: 'claude-messages',
    contextTokens: 200_000,
    maxOutputTokens: 64_000,
    profiles: ['us', 'eu', 'au', 'jp', 'global'],
    onDemand: false,
    startOfLife: '2025-10-15',
    price: {
      inputPerMillion: 1.1,
      outputPerMillion: 5.5,
      asOf: '2026-09-29',
      note: 'geographic profiles',
      global: { inputPerMillion: 1, outputPerMillion: 5 },
    },
    needsUseCaseForm: true,
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
    price: { inputPerMillion: 0.035, outputPerMillion: 0.14, asOf: '2026-07-17' },
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
    price: { inputPerMillion: 0.06, outputPerMillion: 0.24, asOf: '2026-07-17' },
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
    price: { inputPerMillion: 0.8, outputPerMillion: 3.2, asOf: '2026-07-17' },
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
      asOf: '2026-07-17',
      note: 'geographic profiles',
      global: { inputPerMillion: 0.3, outputPerMillion: 2.5 },
    },
  },
];

/** The models that give vectors. */
export const embeddingCatalogue: readonly EmbeddingModel[] = embeddingModels;

/** Every model, whether it writes text or gives vectors. */
export const listedModels: readonly ListedModel[] = [...catalogue, ...embeddingCatalogue];
