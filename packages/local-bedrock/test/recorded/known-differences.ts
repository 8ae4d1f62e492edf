import type { Exchange } from './exchanges.ts';

/** Why the endpoint answers some recorded requests in another way than AWS did. A row is taken away, never added. */
export interface KnownDifference {
  readonly cause: string;
  /** What the recordings say, and whether the endpoint or the recording is at fault. */
  readonly evidence: string;
  /** In how many exchanges it shows; it may only fall. */
  readonly exchanges: number;
  /** Whether it explains a difference, as `differencesOf` words it. */
  readonly explains: (difference: string, exchange: Exchange) => boolean;
}

const isModel =
  (pattern: RegExp) =>
  (_: string, { modelId }: Exchange) =>
    pattern.test(modelId);
const isNamed =
  (pattern: RegExp) =>
  (_: string, { name }: Exchange) =>
    pattern.test(name);
const says = (pattern: RegExp) => (difference: string) => pattern.test(difference);

export const knownDifferences: readonly KnownDifference[] = [
  {
    cause: 'ARNs of SageMaker endpoints',
    evidence: 'answered 200 in 2025; here the identifier is invalid',
    exchanges: 1,
    explains: isModel(/arn:aws:sagemaker/),
  },
  {
    cause: 'what the recording account lacked: a signature in time, a token, access',
    evidence: 'five 403 of 2024 and 2025 that say so',
    exchanges: 5,
    explains: says(/^status 403, here/),
  },
  {
    cause: 'recordings that their owners edited',
    evidence:
      'members taken out (usage, metrics), a block named `weird`, a body of another family, a chunk of other keys, a reason that Llama does not have with no headers of tokens',
    exchanges: 6,
    explains: isNamed(
      /empty-minimal-response|missing-token-counts|claude-3-haiku-20240307-v1_0_converse_post_2e15425b|adds-(?:anthropic-claude|meta-llama)-model-attributes/,
    ),
  },
  {
    cause: 'redacted reasoning',
    evidence: 'thinking_part_redacted (Claude 3.7): redactedContent; no words here become that',
    exchanges: 2,
    explains: isNamed(/thinking_part_redacted/),
  },
  {
    cause: 'tools that AWS runs',
    evidence:
      'code_execution_tool (Nova 2, 2026): the call, its result and toolUse.type in one answer; here they are not run',
    exchanges: 1,
    explains: isNamed(/code_execution_tool/),
  },
  {
    cause: 'Nova through InvokeModel in February 2025 told of no cache',
    evidence: 'one stream without the cache counters that later ones have',
    exchanges: 1,
    explains: (difference, { modelId }) =>
      /cache(?:Read|Write)/.test(difference) && modelId.includes('nova-micro'),
  },
  {
    cause: 'Claude 3.5 Haiku through InvokeModel in May 2025 told of no cache',
    evidence: 'us.anthropic.claude-3-5-haiku: three recordings with the counters, one without',
    exchanges: 1,
    explains: isModel(/claude-3-5-haiku/),
  },
  {
    cause: 'Claude Sonnet 4 is retired, and was recorded both with serverToolUsage and without',
    evidence: 'test_bedrock_model_usage_limit_not_exceeded has it; a day of its own is not known',
    exchanges: 1,
    explains: says(/usage\.serverToolUsage/),
  },
];
