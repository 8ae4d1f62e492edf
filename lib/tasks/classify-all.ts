import type { BedrockRuntimeClient } from '@aws-sdk/client-bedrock-runtime';
import { sumKnown, sumUsage, type TokenUsage } from 'bedrock-models';
import { checkInput } from '../base/check-input.ts';
import { isLibError, type LibError } from '../base/errors.ts';
import { CostMeter } from '../call/cost-meter.ts';
import { type MapOptions, mapAllSettled } from '../call/map-all.ts';
import { type ModelRef, modelIdOf } from '../models/model-ref.ts';
import { checkTask } from './ask-task.ts';
import { type Classification, type ClassifyOptions, classify, classifyPrompt } from './classify.ts';
import type { TaskInput } from './task-input.ts';

/** What became of many texts. Lists are in the order of the texts. */
export interface ClassificationReport<L extends string> {
  /** `undefined` where a text has no label: see its `results` member for the reason. */
  readonly labels: readonly (L | undefined)[];
  readonly results: readonly PromiseSettledResult<Classification<L>>[];
  /** How many texts have no label. */
  readonly failed: number;
  /** Tokens and US dollars of all texts, those that failed among them; `undefined` when unknown for one of them. */
  readonly usage: TokenUsage | undefined;
  readonly costUsd: number | undefined;
}

export interface ClassifyAllOptions<L extends string> extends ClassifyOptions<L>, MapOptions {
  /**
   * US dollars for all of them, in place of a `meter`: what would pass it is refused before it is sent (kind `limit`), and
   * what was done is kept. Refuses everything when the price is not known.
   */
  readonly maxCostUsd?: number;
}

type Paid = Pick<Classification, 'usage' | 'costUsd'>;

/**
 * Classifies many texts, some at once. A text that fails (no usable answer, throttling that outlasted the client's
 * retries) is reported beside the others and does not end the job.
 *
 * @throws LibError for labels, examples or a template that can work for no text
 */
export async function classifyAll<L extends string>(
  client: BedrockRuntimeClient,
  modelId: ModelRef,
  texts: readonly TaskInput[],
  given: ClassifyAllOptions<L>,
): Promise<ClassificationReport<L>> {
  checkTask('classifyAll', client, given);
  checkInput('classifyAll', { texts }, { texts: 'list' });
  modelIdOf('classifyAll', modelId);
  const { concurrency, onProgress, signal, pace, resumeFile, maxCostUsd, ...rest } = given;
  if (maxCostUsd !== undefined) checkInput('classifyAll', { maxCostUsd }, { maxCostUsd: 'amount' });
  // One meter for all of them: each call is counted before it is made.
  const meter = maxCostUsd === undefined ? rest.meter : new CostMeter({ maxCostUsd });
  const options = { ...rest, ...(meter && { meter }) };
  classifyPrompt('', options);
  const mapOptions: MapOptions = {
    ...(concurrency !== undefined && { concurrency }),
    ...(onProgress !== undefined && { onProgress }),
    ...(signal !== undefined && { signal }),
    ...(pace !== undefined && { pace }),
    ...(resumeFile !== undefined && { resumeFile }),
  };
  const results = await mapAllSettled(
    texts,
    (text, _, stop) => classify(client, modelId, text, { ...options, signal: stop }),
    mapOptions,
  );
  const failed = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
  const paid = results.flatMap((result): readonly Paid[] => {
    if (result.status === 'fulfilled') return [result.value];
    // What was refused before an answer came has cost nothing.
    const { usage, costUsd, kind }: Partial<LibError> = isLibError(result.reason) ? result.reason : {};
    return usage === undefined && kind !== 'answer' ? [] : [{ usage, costUsd }];
  });
  return {
    labels: results.map((result) => (result.status === 'fulfilled' ? result.value.label : undefined)),
    results,
    failed: failed.length,
    usage: sumUsage(paid.map(({ usage }) => usage)),
    costUsd: sumKnown(paid.map(({ costUsd }) => costUsd)),
  };
}
