import type { BedrockRuntimeClient } from '@aws-sdk/client-bedrock-runtime';
import type { EmbeddingFamily } from 'bedrock-models';
import type { EmbeddingPurpose } from './embedding-families/family.ts';

export interface EmbedOptions {
  /**
   * What the vectors are for. Default `document`: texts that will be searched. Some models give a question, `query`,
   * another vector than the same words in a document, so that it lies near its answers.
   */
  readonly purpose?: EmbeddingPurpose;
  /** The length of each vector, of those that the model offers. Default: the model's own. */
  readonly dimensions?: number;
  /** How the body is shaped, for a model that the catalogue does not list. */
  readonly family?: EmbeddingFamily;
  /** Calls under way at the same time. Default 4. */
  readonly concurrency?: number;
  /** Aborts what is under way, and starts nothing more. */
  readonly signal?: AbortSignal;
}

export interface EmbedResult {
  /** One vector for each text, in their order. */
  readonly vectors: Float32Array[];
  /** Tokens of all texts; `undefined` when Bedrock did not say. */
  readonly inputTokens: number | undefined;
  /** US dollars at the catalogue's price; `undefined` when the price or the tokens are unknown. */
  readonly costUsd: number | undefined;
  readonly modelId: string;
  /** The length of each vector. */
  readonly dimensions: number;
}

/**
 * Turns texts into vectors, as many in one call as the model takes and a few calls at a time. Nothing is cut: a text
 * that is too long for the model is refused. It happens whole or not at all: the first call that fails stops the rest.
 *
 * @throws LibError with the next step in `hint`: a model that gives no vectors, an empty text, a length of vector that
 *   the model does not offer, and whatever a call of Bedrock can fail with
 */
export async function embed(
  client: BedrockRuntimeClient,
  modelId: string,
  texts: readonly string[],
  options: EmbedOptions = {},
): Promise<EmbedResult> {
  const { embedTexts } = await import('./embed-texts.ts');
  return await embedTexts(client, modelId, texts, options);
}
