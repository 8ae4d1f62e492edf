import type { StandardSchemaV1 } from '@standard-schema/spec';
import {
  costOf,
  type EmbeddingFamily,
  findEmbeddingFamily,
  findEmbeddingModel,
  findModel,
  type TokenUsage,
} from 'bedrock-models';
import { checkOptions, wrongInput } from '../../base/check-input.ts';
import { problemOfEnding } from '../../base/endings.ts';
import { LibError } from '../../base/errors.ts';
import { type Reading, readJson } from '../../base/json-answer.ts';
import { jsonSchemaOf } from '../../base/schema.ts';
import { withoutUndefined } from '../../base/without-undefined.ts';
import { estimateTokens } from '../../converse/context.ts';
import { buildInvokeBody, families, type InvokeBodyOptions } from '../../invoke/families.ts';
import { completeUsage, familyOf } from '../../invoke/shared-rules.ts';
import { type EmbeddingPurpose, embeddingBodies } from '../../retrieval/embedding-families.ts';
import type { TaskOptions } from '../ask-task.ts';
import { type ClassifyOptions, classifyPrompt } from '../classify.ts';
import type { ExtractOptions } from '../extract.ts';
import { findLabel, listOf, readLabels } from '../labels.ts';
import { taskPrompt } from '../task-prompt.ts';

/** What becomes of one record's answer. */
export type BatchReading<T> = Reading<T> & { readonly usage?: TokenUsage | undefined };

/** What a batch job does with each text: the body that the model is sent, and how its answer is read. */
export interface BatchTask<T> {
  /** @throws LibError of kind `request` or `too-long` for a text that cannot be sent */
  body(text: string, modelId: string): object;
  read(answer: unknown, modelId: string): BatchReading<T> | Promise<BatchReading<T>>;
  /** Tokens that one text takes at most: an estimate by its length, and the longest answer. */
  tokens(text: string, modelId: string): { readonly inputTokens: number; readonly outputTokens: number };
}

type Bodies = Omit<InvokeBodyOptions, 'modelId'>;

export interface PromptTaskOptions<T> extends Bodies {
  /** Makes the prompt of a text. */
  readonly prompt: (text: string) => string;
  /** Makes the result of what the model said. Default: the words themselves. */
  readonly read?: (answer: string) => Reading<T> | Promise<Reading<T>>;
}

/** One prompt a text. */
export function promptTask<T = string>(options: PromptTaskOptions<T>): BatchTask<T> {
  if (typeof options?.prompt !== 'function')
    throw wrongInput('promptTask', 'prompt', 'a function that makes a prompt of a text', options?.prompt);
  const { prompt, read = (answer: string) => ({ value: answer as T }), ...given } = options;
  const maxTokens = given.maxTokens ?? 512;
  return {
    body(text, modelId) {
      const refuses = findModel(modelId)?.refuses ?? [];
      const temperature = refuses.includes('temperature') ? {} : { temperature: 0 };
      const family = familyOf(modelId, undefined);
      return buildInvokeBody(family, prompt(text), { ...temperature, ...given, maxTokens, modelId });
    },
    async read(answer, modelId) {
      const { text, stopReason, usage } = families[familyOf(modelId, undefined)].parseBody(answer, modelId);
      const counted = { usage: usage && completeUsage(usage) };
      if (stopReason === '')
        return { problem: 'the answer has a form that its family does not use', ...counted };
      const problem = problemOfEnding(stopReason);
      return { ...(problem === undefined ? await read(text) : { problem }), ...counted };
    },
    tokens: (text, modelId) => ({
      // The estimate is by length; the prompt of a short text in another script may be half as long again.
      inputTokens: Math.ceil(estimateTokens(prompt(text), modelId) * 1.5),
      outputTokens: maxTokens,
    }),
  };
}

/** What of a task's options goes into a record: batch jobs have InvokeModel's bodies. */
function bodyOptions(
  caller: string,
  { maxTokens, temperature, topP, stopSequences, system }: TaskOptions,
): Bodies {
  if (system !== undefined && typeof system !== 'string')
    throw wrongInput(caller, 'system', 'a text, in a batch job', system);
  return withoutUndefined({ maxTokens, temperature, topP, stopSequences, system });
}

/** Gives each text one label, as `classify` does. */
export function classifyTask<L extends string>(options: ClassifyOptions<L>): BatchTask<L> {
  checkOptions('classifyTask', options);
  const labels = readLabels(options.labels);
  classifyPrompt('', options);
  return promptTask<L>({
    maxTokens: 50,
    ...bodyOptions('classifyTask', options),
    prompt: (text) => classifyPrompt(text, options),
    read(answer: string) {
      const value = findLabel(answer, labels);
      return value === undefined ? { problem: `it is none of ${listOf(labels)}` } : { value };
    },
  });
}

/** Finds facts in each text, as `extract` does. */
export function extractTask<S extends StandardSchemaV1>(
  options: ExtractOptions<S>,
): BatchTask<StandardSchemaV1.InferOutput<S>> {
  checkOptions('extractTask', options);
  const { schema, jsonSchema, instruction } = options;
  const variables = {
    instruction: instruction ?? 'Find these facts in the text.',
    schema: JSON.stringify(jsonSchema ?? jsonSchemaOf(schema), null, 2),
  };
  return promptTask({
    maxTokens: 1024,
    ...bodyOptions('extractTask', options),
    prompt: (text) => {
      const { shared, own } = taskPrompt('extract', { text, media: [] }, options, variables);
      return `${shared}${own}`;
    },
    read: (answer) => readJson(answer, schema),
  });
}

export interface EmbedTaskOptions {
  readonly purpose?: EmbeddingPurpose;
  readonly dimensions?: number;
}

/** Turns each text into a vector, as `embed` does. */
export function embedTask({
  purpose = 'document',
  dimensions,
}: EmbedTaskOptions = {}): BatchTask<Float32Array> {
  const bodiesOf = (modelId: string) => embeddingBodies[embeddingFamily(modelId)];
  return {
    body(text, modelId) {
      const model = findEmbeddingModel(modelId);
      const most = model?.maxInputCharacters;
      if (text.trim() === '') throw notSent('The text is empty', 'request', modelId);
      if (most !== undefined && [...text].length > most)
        throw notSent(
          `The text has ${[...text].length} characters, and ${modelId} takes ${most}`,
          'too-long',
          modelId,
        );
      return bodiesOf(modelId).buildBody([text], {
        purpose,
        ...(dimensions !== undefined && { dimensions }),
        ...(model !== undefined && { model }),
      });
    },
    read(answer, modelId) {
      const { vectors, inputTokens } = bodiesOf(modelId).parseBody(answer);
      const usage = inputTokens === undefined ? undefined : completeUsage({ inputTokens, outputTokens: 0 });
      const [vector] = vectors;
      if (vector === undefined) return { problem: 'there is no vector in the answer', usage };
      return { value: Float32Array.from(vector), usage };
    },
    tokens: (text, modelId) => ({
      inputTokens: Math.ceil(estimateTokens(text, modelId) * 1.5),
      outputTokens: 0,
    }),
  };
}

function embeddingFamily(modelId: string): EmbeddingFamily {
  const family = findEmbeddingFamily(modelId);
  if (family !== undefined) return family;
  throw new LibError(`${modelId} is not known to give vectors`, {
    kind: 'model-unknown',
    hint: 'amazon.titan-embed-text-v2:0 is one that does.',
    modelId,
  });
}

function notSent(message: string, kind: 'request' | 'too-long', modelId: string): LibError {
  const hint = 'Leave it out, or divide it with splitText. Nothing was uploaded.';
  return new LibError(message, { kind, hint, modelId });
}

/**
 * US dollars for so many tokens in a batch job. Where the catalogue has no batch price, that of single calls: batch
 * jobs cost half of it where AWS offers them, and never more. `undefined` when neither is known. Pure.
 */
export function batchCost(
  tokens: { readonly inputTokens: number; readonly outputTokens: number },
  modelId: string,
): number | undefined {
  return costOf(tokens, modelId, 'batch') ?? costOf(tokens, modelId);
}
