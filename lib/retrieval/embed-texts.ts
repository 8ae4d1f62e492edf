import type { BedrockRuntimeClient } from '@aws-sdk/client-bedrock-runtime';
import {
  costOf,
  type EmbeddingFamily,
  findEmbeddingFamily,
  findEmbeddingModel,
  nearestModelId,
  sumKnown,
} from 'bedrock-models';
import { toLibError } from '../base/aws-errors.ts';
import { LibError } from '../base/errors.ts';
import { answerAttributes, callSpan, watched } from '../base/telemetry.ts';
import { metered } from '../call/cost-meter.ts';
import { mapAll, mapAllSettled, type Progress } from '../call/map-all.ts';
import { callModel } from '../invoke/call-model.ts';
import { estimateBody } from '../invoke/shared-rules.ts';
import type { EmbedAllResult, EmbedOptions, EmbedResult } from './embed.ts';
import { type BodyOptions, type EmbeddingBody, embeddingBodies } from './embedding-families.ts';

/** What `embed` does. It is loaded with the first text that is embedded. */
export async function embedTexts(
  client: BedrockRuntimeClient,
  modelId: string,
  texts: readonly string[],
  options: EmbedOptions,
): Promise<EmbedResult> {
  const { batches, call, mapOptions } = plan(client, modelId, texts, options);
  const refused = texts.map((text, index) => textError(text, index, texts.length, modelId)).find(Boolean);
  if (refused) throw refused;
  const answers = await mapAll(batches(texts), call(), mapOptions);
  const vectors = answers.flatMap((answer) => answer.vectors);
  return { vectors, ...totals(modelId, options, answers) };
}

/** What `embedAll` does. */
export async function embedAllTexts(
  client: BedrockRuntimeClient,
  modelId: string,
  texts: readonly string[],
  options: EmbedOptions,
): Promise<EmbedAllResult> {
  const { batches, call, mapOptions } = plan(client, modelId, texts, options);
  const errors = texts.map((text, index) => textError(text, index, texts.length, modelId));
  const places = [...texts.keys()].filter((index) => errors[index] === undefined);
  const vectors: (Float32Array | undefined)[] = texts.map(() => undefined);
  const ofPlaces = batches(places);
  const inTexts = ofPlaces.map((batch) => batch.map((index) => texts[index] as string));
  const settled = await mapAllSettled(inTexts, call(texts.length - places.length), mapOptions);
  for (const [number, result] of settled.entries()) {
    for (const [place, index] of (ofPlaces[number] ?? []).entries()) {
      if (result.status === 'fulfilled') vectors[index] = result.value.vectors[place];
      else errors[index] = toLibError(result.reason, { modelId });
    }
  }
  const failures = errors.flatMap((error, index) => (error ? [{ index, error }] : []));
  const answers = settled.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  return { vectors, failures, ...totals(modelId, options, answers) };
}

/** What both do alike, after what concerns all texts was checked. */
function plan(
  client: BedrockRuntimeClient,
  modelId: string,
  texts: readonly string[],
  options: EmbedOptions,
) {
  const family = embeddingBodies[familyOf(modelId, options.family)];
  checkDimensions(modelId, options.dimensions);
  const { concurrency, signal, onProgress } = options;
  return {
    batches: <Item>(items: readonly Item[]) => inBatches(items, family.textsPerCall),
    call(refused = 0) {
      let done = refused;
      let failed = refused;
      return async (batch: readonly string[], _: number, stop: AbortSignal): Promise<Batch> => {
        try {
          return await embedBatch(client, modelId, family, batch, options, stop);
        } catch (error) {
          failed += batch.length;
          throw error;
        } finally {
          done += batch.length;
          tell(onProgress, { done, failed, total: texts.length });
        }
      };
    },
    mapOptions: {
      ...(concurrency !== undefined && { concurrency }),
      ...(signal !== undefined && { signal }),
    },
  };
}

/** A display that fails harms nothing that was paid for. */
function tell(onProgress: EmbedOptions['onProgress'], progress: Progress): void {
  try {
    onProgress?.(progress);
  } catch {}
}

function totals(modelId: string, options: EmbedOptions, answers: readonly Batch[]) {
  const known = options.dimensions ?? findEmbeddingModel(modelId)?.dimensions[0] ?? 0;
  const inputTokens = sumKnown(answers.map((answer) => answer.inputTokens));
  const costUsd = inputTokens === undefined ? undefined : costOf({ inputTokens, outputTokens: 0 }, modelId);
  return { inputTokens, costUsd, modelId, dimensions: answers[0]?.vectors[0]?.length ?? known };
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

/** Why a text is not sent; `undefined` when it is. Pure. */
function textError(text: string, index: number, count: number, modelId: string): LibError | undefined {
  const which = `The text at index ${index} of ${count}`;
  if (typeof text !== 'string') {
    return new LibError(`${which} is no text`, {
      kind: 'request',
      hint: 'Give strings only.',
      modelId,
    });
  }
  if (text.trim() === '') {
    return new LibError(`${which} is empty`, {
      kind: 'request',
      hint: 'Leave empty texts out before you embed: they have no meaning to place.',
      modelId,
    });
  }
  const most = findEmbeddingModel(modelId)?.maxInputCharacters;
  // Characters as JSON Schema counts them, which is how the service does.
  if (most === undefined || text.length <= most || [...text].length <= most) return undefined;
  return new LibError(`${which} has ${[...text].length} characters, and ${modelId} takes ${most}`, {
    kind: 'too-long',
    hint: 'Divide it first, for example with splitText, and embed the pieces. Nothing was sent of it.',
    modelId,
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

function inBatches<Item>(items: readonly Item[], size: number): Item[][] {
  const count = Math.ceil(items.length / size);
  return Array.from({ length: count }, (_, index) => items.slice(index * size, (index + 1) * size));
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
  { purpose = 'document', dimensions, meter }: EmbedOptions,
  signal: AbortSignal,
): Promise<Batch> {
  const model = findEmbeddingModel(modelId);
  const bodyOptions: BodyOptions = {
    purpose,
    ...(dimensions !== undefined && { dimensions }),
    ...(model !== undefined && { model }),
  };
  const body = family.buildBody(texts, bodyOptions);
  const { raw, usage } = await watched(
    () => callSpan({ operation: 'embeddings', modelId }),
    async (span) => {
      const estimate = () => ({ ...estimateBody(body, modelId), outputTokens: 0 });
      const { answer, usage: known } = await metered(meter, estimate, async () => {
        const given = await callModel(client, modelId, body, signal);
        const { inputTokens = family.parseBody(given.raw).inputTokens } = given.usage;
        const counted =
          inputTokens === undefined ? undefined : { inputTokens, outputTokens: 0, totalTokens: inputTokens };
        return { answer: given, usage: counted };
      });
      const { attempts, requestId } = answer;
      const costUsd = known && costOf(known, modelId);
      span.tell(() => answerAttributes({ usage: known, costUsd, attempts, requestId }));
      return answer;
    },
  );
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
