import type { BedrockRuntimeClient } from '@aws-sdk/client-bedrock-runtime';
import { sumKnown, sumUsage, type TokenUsage } from 'bedrock-models';
import { type MapOptions, mapAllSettled } from '../call/map-all.ts';
import { checkTask } from './ask-task.ts';
import { type Classification, type ClassifyOptions, classify, classifyPrompt } from './classify.ts';

/** What became of many texts. Lists are in the order of the texts. */
export interface ClassificationReport<L extends string> {
  /** `undefined` where a text has no label: see its `results` member for the reason. */
  readonly labels: readonly (L | undefined)[];
  readonly results: readonly PromiseSettledResult<Classification<L>>[];
  /** How many texts have no label. */
  readonly failed: number;
  /** Tokens and US dollars of the texts that have one; `undefined` when unknown for one of them. */
  readonly usage: TokenUsage | undefined;
  readonly costUsd: number | undefined;
}

/**
 * Classifies many texts, some at once. A text that fails (no usable answer, throttling that outlasted the client's
 * retries) is reported beside the others and does not end the job.
 *
 * @throws LibError for labels, examples or a template that can work for no text
 */
export async function classifyAll<L extends string>(
  client: BedrockRuntimeClient,
  modelId: string,
  texts: readonly string[],
  given: ClassifyOptions<L> & MapOptions,
): Promise<ClassificationReport<L>> {
  checkTask('classifyAll', { client, modelId, texts }, given);
  const { concurrency, onProgress, signal, ...options } = given;
  classifyPrompt('', options);
  const mapOptions: MapOptions = {
    ...(concurrency !== undefined && { concurrency }),
    ...(onProgress !== undefined && { onProgress }),
    ...(signal !== undefined && { signal }),
  };
  const results = await mapAllSettled(
    texts,
    (text, _, stop) => classify(client, modelId, text, { ...options, signal: stop }),
    mapOptions,
  );
  const done = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  return {
    labels: results.map((result) => (result.status === 'fulfilled' ? result.value.label : undefined)),
    results,
    failed: results.length - done.length,
    usage: sumUsage(done.map(({ usage }) => usage)),
    costUsd: sumKnown(done.map(({ costUsd }) => costUsd)),
  };
}
