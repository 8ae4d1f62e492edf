import type { Model } from '../model.ts';
import { textOnly } from './shared.ts';

/**
 * Cohere's Command, retired; AWS names no successor. The first of them continues a text, the R models hold a
 * conversation.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-cohere-command-r-plus.html
 */
export const cohereModels: readonly Model[] = [
  {
    id: 'cohere.command-text-v14',
    name: 'Command',
    provider: 'Cohere',
    family: 'cohere-command',
    contextTokens: 4_096,
    maxOutputTokens: 4_000,
    profiles: [],
    onDemand: true,
    legacy: '2024-10-04',
    endOfLife: '2025-08-12',
    datesFrom: ['lifecycle-page'],
    price: { inputPerMillion: 1, outputPerMillion: 2, asOf: '2026-11-23', source: 'public-tables' },
    refuses: [...textOnly, 'system', 'tools', 'cache-points'],
  },
  {
    id: 'cohere.command-light-text-v14',
    name: 'Command Light',
    provider: 'Cohere',
    family: 'cohere-command',
    contextTokens: 4_096,
    maxOutputTokens: 4_000,
    profiles: [],
    onDemand: true,
    legacy: '2024-10-04',
    endOfLife: '2025-08-12',
    datesFrom: ['lifecycle-page'],
    refuses: [...textOnly, 'system', 'tools', 'cache-points'],
  },
  {
    id: 'cohere.command-r-v1:0',
    name: 'Command R',
    provider: 'Cohere',
    family: 'cohere-command',
    contextTokens: 128_000,
    maxOutputTokens: 4_000,
    profiles: [],
    onDemand: true,
    legacy: '2026-02-19',
    endOfLife: '2026-08-19',
    datesFrom: ['lifecycle-page'],
    refuses: [...textOnly, 'cache-points'],
  },
  {
    id: 'cohere.command-r-plus-v1:0',
    name: 'Command R+',
    provider: 'Cohere',
    family: 'cohere-command',
    contextTokens: 128_000,
    maxOutputTokens: 4_000,
    profiles: [],
    onDemand: true,
    legacy: '2026-02-19',
    endOfLife: '2026-08-19',
    datesFrom: ['lifecycle-page'],
    refuses: [...textOnly, 'cache-points'],
  },
];
