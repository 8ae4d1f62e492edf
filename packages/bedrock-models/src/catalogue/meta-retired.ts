import type { Model } from '../model.ts';
import { textOnly } from './shared.ts';

/**
 * Meta's models that AWS has retired: Llama 2, the largest Llama 3.1, and Llama 3.2.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/model-lifecycle-legacy.html
 */

/** Llama 3.1 70B and Llama 3.2 1B were recorded to answer under their bare ids in us-east-1 in 2025. */
const bareIn2025 = ['us-west-2', 'us-east-1'];

/** All of them on the same days; the page names no successor for each, but Llama 3.3 is Meta's text model that stays. */
const ended2026 = {
  legacy: '2026-01-07',
  endOfLife: '2026-07-07',
  datesFrom: ['lifecycle-page'],
  successor: 'meta.llama3-3-70b-instruct-v1:0',
} as const;

const llama2 = {
  provider: 'Meta',
  family: 'llama',
  contextTokens: 4_096,
  maxOutputTokens: 2_048,
  profiles: [],
  onDemand: true,
  // Not in the list of active models that AWS kept in September 2025.
  endOfLife: '2025-09-23',
  endOfLifeIsApproximate: true,
  datesFrom: ['observed'],
  successor: 'meta.llama3-8b-instruct-v1:0',
  refuses: [...textOnly, 'tools', 'cache-points'],
} as const;

export const retiredMetaModels: readonly Model[] = [
  {
    id: 'meta.llama2-13b-chat-v1',
    name: 'Llama 2 Chat 13B',
    ...llama2,
  },
  {
    id: 'meta.llama2-70b-chat-v1',
    name: 'Llama 2 Chat 70B',
    ...llama2,
  },
  {
    id: 'meta.llama3-1-405b-instruct-v1:0',
    name: 'Llama 3.1 405B Instruct',
    provider: 'Meta',
    family: 'llama',
    contextTokens: 128_000,
    maxOutputTokens: 4_096,
    profiles: ['us'],
    onDemand: ['us-west-2'],
    ...ended2026,
    refuses: [...textOnly, 'tools-in-stream', 'text-beside-tool-result', 'cache-points'],
  },
  {
    id: 'meta.llama3-2-1b-instruct-v1:0',
    name: 'Llama 3.2 1B Instruct',
    provider: 'Meta',
    family: 'llama',
    contextTokens: 128_000,
    maxOutputTokens: 4_096,
    profiles: ['us', 'eu'],
    onDemand: bareIn2025,
    ...ended2026,
    refuses: [...textOnly, 'tools', 'cache-points'],
  },
  {
    id: 'meta.llama3-2-3b-instruct-v1:0',
    name: 'Llama 3.2 3B Instruct',
    provider: 'Meta',
    family: 'llama',
    contextTokens: 128_000,
    maxOutputTokens: 4_096,
    profiles: ['us', 'eu'],
    onDemand: bareIn2025,
    ...ended2026,
    refuses: [...textOnly, 'tools', 'cache-points'],
  },
  {
    id: 'meta.llama3-2-11b-instruct-v1:0',
    name: 'Llama 3.2 11B Instruct',
    provider: 'Meta',
    family: 'llama',
    contextTokens: 128_000,
    maxOutputTokens: 4_096,
    profiles: ['us'],
    onDemand: bareIn2025,
    ...ended2026,
    refuses: ['tools-in-stream', 'text-beside-tool-result', 'cache-points'],
  },
  {
    id: 'meta.llama3-2-90b-instruct-v1:0',
    name: 'Llama 3.2 90B Instruct',
    provider: 'Meta',
    family: 'llama',
    contextTokens: 128_000,
    maxOutputTokens: 4_096,
    profiles: ['us'],
    onDemand: bareIn2025,
    ...ended2026,
    refuses: ['tools-in-stream', 'text-beside-tool-result', 'cache-points'],
  },
];
