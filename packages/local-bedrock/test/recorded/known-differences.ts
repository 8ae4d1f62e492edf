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

export const knownDifferences: readonly KnownDifference[] = [
  {
    cause: 'ARNs of SageMaker endpoints',
    evidence: 'answered 200 in 2025; here the identifier is invalid',
    exchanges: 1,
    explains: isModel(/arn:aws:sagemaker/),
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
];
