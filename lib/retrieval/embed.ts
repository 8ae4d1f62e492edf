import type { BedrockRuntimeClient } from '@aws-sdk/client-bedrock-runtime';
import type { EmbeddingFamily } from 'bedrock-models';
import { checkInput, checkOptions } from '../base/check-input.ts';
import type { LibError } from '../base/errors.ts';
import type { Meter } from '../call/cost-meter.ts';
import type { Progress } from '../call/map-all.ts';
import { type ModelRef, modelIdOf } from '../models/model-ref.ts';
import type { EmbeddingPurpose } from './embedding-families.ts';

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
  /** Counts what each call costs, and refuses one before it is made when it could pass the meter's limit. */
  readonly meter?: Meter;
  /** Aborts what is under way, and starts nothing more. */
  readonly signal?: AbortSignal;
  /** Called after each call of Bedrock, with the numbers of texts. */
  readonly onProgress?: (progress: Progress) => void;
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

/** A text that has no vector. */
export interface EmbedFailure {
  /** Its place among the texts. */
  readonly index: number;
  readonly error: LibError;
}

export interface EmbedAllResult extends Omit<EmbedResult, 'vectors'> {
  /** One vector for each text, in their order; `undefined` for those in `failures`. */
  readonly vectors: (Float32Array | undefined)[];
  /** In the order of the texts. */
  readonly failures: readonly EmbedFailure[];
}

/**
 * Turns texts into vectors, as many in one call as the model takes and a few calls at a time. Nothing is cut: a text
 * that is too long for the model is refused. It happens whole or not at all: the first call that fails stops the rest.
 * For many texts, `embedAll` keeps what was paid for.
 *
 * @throws LibError with the next step in `hint`, before the first call where it can be known: a model that gives no
 *   vectors, an empty text, one that is too long (kind `too-long`, which names its index), a length of vector that the
 *   model does not offer; and whatever a call of Bedrock can fail with
 * @example
 * const { vectors } = await embed(client, 'amazon.titan-embed-text-v2:0', ['It rains.', 'The sun shines.']);
 */
export async function embed(
  client: BedrockRuntimeClient,
  model: ModelRef,
  texts: readonly string[],
  options: EmbedOptions = {},
): Promise<EmbedResult> {
  checkInput('embed', { client, texts }, { client: 'client', texts: 'texts' });
  const modelId = modelIdOf('embed', model);
  checkOptions('embed', options, { signal: 'signal?', dimensions: 'amount?', meter: 'object?' });
  const { embedTexts } = await import('./embed-texts.ts');
  return await embedTexts(client, modelId, texts, options);
}

/**
 * The same for many texts: a text that cannot be embedded, or a call that fails, costs those texts and not the job, and
 * what was done is kept when it is stopped. Texts that are empty or too long cost no call.
 *
 * @throws LibError only for what concerns all texts: the model, the length of vector, the concurrency
 * @example
 * const { vectors, failures } = await embedAll(client, modelId, texts, { onProgress: ({ done }) => show(done) });
 * for (const { index, error } of failures) console.log(texts[index], error.message);
 */
export async function embedAll(
  client: BedrockRuntimeClient,
  model: ModelRef,
  texts: readonly string[],
  options: EmbedOptions = {},
): Promise<EmbedAllResult> {
  checkInput('embedAll', { client, texts }, { client: 'client', texts: 'list' });
  const modelId = modelIdOf('embedAll', model);
  checkOptions('embedAll', options, { signal: 'signal?', dimensions: 'amount?', meter: 'object?' });
  const { embedAllTexts } = await import('./embed-texts.ts');
  return await embedAllTexts(client, modelId, texts, options);
}
