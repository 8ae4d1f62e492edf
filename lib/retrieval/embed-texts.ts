import type { BedrockRuntimeClient } from '@aws-sdk/client-bedrock-runtime';
import {
  costOf,
  type EmbeddingFamily,
  findEmbeddingFamily,
  findEmbeddingModel,
  nearestModelId,
  sumKnown,
} from 'bedrock-models';
import { LibError } from '../base/errors.ts';
import { mapAll } from '../call/map-all.ts';
import { callModel } from '../invoke/call-model.ts';
import type { EmbedOptions, EmbedResult } from './embed.ts';
import type { BodyOptions, EmbeddingBody } from './embedding-families/family.ts';
import { embeddingBodies } from './embedding-families/table.ts';

/** What `embed` does. It is loaded with the first text that is embedded. */
export async function embedTexts(
  client: BedrockRuntimeClient,
  modelId: string,
  texts: readonly string[],
  options: EmbedOptions,
): Promise<EmbedResult> {
  const family = embeddingBodies[familyOf(modelId, options.family)];
  checkTexts(texts);
  checkDimensions(modelId, options.dimensions);
  const batches = inBatches(texts, family.textsPerCall);
  const { concurrency, signal } = options;
  const answers = await mapAll(
    batches,
    (batch, _, stop) => embedBatch(client, modelId, family, batch, options, stop),
    { ...(concurrency === undefined ? {} : { concurrency }), ...(signal === undefined ? {} : { signal }) },
  );
  const vectors = answers.flatMap((answer) => answer.vectors);
  const dimensions =
    vectors[0]?.length ?? options.dimensions ?? findEmbeddingModel(modelId)?.dimensions[0] ?? 0;
  const inputTokens = sumKnown(answers.map((answer) => answer.inputTokens));
  const costUsd = inputTokens === undefined ? undefined : costOf({ inputTokens, outputTokens: 0 }, modelId);
  return { vectors, inputTokens, costUsd, modelId, dimensions };
}

function familyOf(modelId: string, given: EmbeddingFamily | undefined): EmbeddingFamily {
  const name = given ?? findEmbeddingFamily(modelId);
  if (name !== undefined && Object.hasOwn(embeddingBodies, name)) return name;
  const nearest = nearestModelId(modelId);
  throw new LibError(`${modelId} is not known to give vectors`, {
    kind: 'model-unknown',
    hint:
      (nearest ? `Did you mean ${nearest}? ` : 'amazon.titan-embed-text-v2:0 is one that does. ') +
      `For another model say its family: { family }, one of ${Object.keys(embeddingBodies).join(', ')}.`,
    modelId,
  });
}

function checkTexts(texts: readonly string[]): void {
  const blank = texts.findIndex((text) => text.trim() === '');
  if (blank < 0) return;
  throw new LibError(`The text at index ${blank} of ${texts.length} is empty`, {
    kind: 'request',
    hint: 'Leave empty texts out before you embed: they have no meaning to place.',
  });
}

function checkDimensions(modelId: string, asked: number | undefined): void {
  const model = findEmbeddingModel(modelId);
  if (asked === undefined || model === undefined || model.dimensions.includes(asked)) return;
  throw new LibError(`${model.name} gives no vectors of ${asked} dimensions`, {
    kind: 'request',
    hint: `Choose ${model.dimensions.join(' or ')}, or leave { dimensions } out.`,
    modelId,
  });
}

function inBatches(texts: readonly string[], size: number): string[][] {
  const count = Math.ceil(texts.length / size);
  return Array.from({ length: count }, (_, index) => texts.slice(index * size, (index + 1) * size));
}

interface Batch {
  readonly vectors: Float32Array[];
  readonly inputTokens: number | undefined;
}

async function embedBatch(
  client: BedrockRuntimeClient,
  modelId: string,
  family: EmbeddingBody,
  texts: readonly string[],
  { purpose = 'document', dimensions }: EmbedOptions,
  signal: AbortSignal,
): Promise<Batch> {
  const model = findEmbeddingModel(modelId);
  const bodyOptions: BodyOptions = {
    purpose,
    ...(dimensions === undefined ? {} : { dimensions }),
    ...(model === undefined ? {} : { model }),
  };
  const { raw, usage } = await callModel(client, modelId, family.buildBody(texts, bodyOptions), signal);
  const { vectors, inputTokens } = family.parseBody(raw);
  const length = vectors[0]?.length ?? 0;
  if (vectors.length !== texts.length || length === 0 || vectors.some((vector) => vector.length !== length)) {
    throw new LibError(`${modelId} did not answer with one vector for each text`, {
      kind: 'response',
      hint: 'Check { family }, or whether something stands between this computer and Bedrock.',
      modelId,
    });
  }
  return {
    vectors: vectors.map((vector) => Float32Array.from(vector)),
    inputTokens: inputTokens ?? usage.inputTokens,
  };
}
