import type { BedrockRuntimeClient } from '@aws-sdk/client-bedrock-runtime';
import { costOf, type ModelFamily, type TokenUsage } from 'bedrock-models';
import { LibError } from '../base/errors.ts';
import { answerAttributes, callSpan, type SpanStart, watched } from '../base/telemetry.ts';
import { type Meter, metered } from '../call/cost-meter.ts';
import type { ModelRef } from '../models/model-ref.ts';
import { callModel } from './call-model.ts';
import { buildInvokeBody, families } from './families.ts';
import type { InvokeFamily, InvokeOptions, ParsedAnswer, StopReason } from './family.ts';
import { checkCall, completeUsage, estimateBody, familyOf, refuseEmptyPrompt } from './shared-rules.ts';
import { blocked, wasBlocked } from './stream-chunks.ts';

export interface InvokeTextOptions extends InvokeOptions {
  /** How the body is shaped, for a model that the catalogue does not list. */
  readonly family?: ModelFamily;
  /** Counts what the call costs, and refuses it before it is made when it could pass the meter's limit. */
  readonly meter?: Meter;
  /** Aborts the call. */
  readonly signal?: AbortSignal;
}

export interface InvokeTextResult {
  /** The answer, without the white space around it. */
  readonly text: string;
  readonly stopReason: StopReason;
  /** Tokens, from the body or else from the response headers; `undefined` when Bedrock sent neither. */
  readonly usage: TokenUsage | undefined;
  /** US dollars at the catalogue's price; `undefined` when the price or the usage is unknown. */
  readonly costUsd: number | undefined;
  /** Milliseconds from sending the request to reading the answer, retries included. */
  readonly latencyMs: number;
  readonly modelId: string;
  /** The family's own answer, decoded from JSON. */
  readonly raw: unknown;
}

/**
 * One prompt in, one text out, through InvokeModel, whatever the model family.
 *
 * @param model a model id, an inference profile id, or an ARN of either; `{ id, pricedAs }` where the id does not tell
 * @throws LibError with the next step in `hint`: no credentials, a retired or unknown model, a refused request,
 *   throttling, no network, an abort
 */
export async function invokeText(
  client: BedrockRuntimeClient,
  model: ModelRef,
  prompt: string,
  options: InvokeTextOptions = {},
): Promise<InvokeTextResult> {
  const modelId = checkCall('invokeText', client, model, prompt, options);
  const family = familyOf(modelId, options.family);
  refuseEmptyPrompt(prompt);
  const body = buildInvokeBody(family, prompt, { ...options, modelId });
  return watched(
    () => invokeSpan(modelId, prompt, options),
    (span) =>
      metered(
        options.meter,
        () => estimateBody(body, modelId, options.maxTokens),
        async () => {
          const started = performance.now();
          const { raw, usage: fromHeaders, ...call } = await callModel(client, modelId, body, options.signal);
          const latencyMs = Math.round(performance.now() - started);
          const { text, stopReason, usage: fromBody } = parse(families[family], raw, modelId);
          const usage = completeUsage({ ...fromHeaders, ...fromBody });
          const costUsd = usage && costOf(usage, modelId);
          span.tell(() => answerAttributes({ ...call, text, stopReason, usage, costUsd }));
          return { text, stopReason, usage, costUsd, latencyMs, modelId, raw };
        },
      ),
  );
}

/** The span of a call by InvokeModel, streamed or not. */
export function invokeSpan(
  modelId: string,
  prompt: string,
  { system, ...inference }: InvokeTextOptions,
  isStreamed = false,
): SpanStart {
  const messages = [{ role: 'user' as const, content: [{ text: prompt }] }];
  return callSpan({ operation: 'text_completion', modelId, inference, isStreamed, messages, system });
}

/** An answer without a stop reason is not an answer: an empty 200, a login page, or another family's body. */
function parse(family: InvokeFamily, raw: unknown, modelId: string): ParsedAnswer {
  const answer = family.parseBody(raw, modelId);
  if (wasBlocked(raw)) return { ...answer, stopReason: blocked };
  if (answer.stopReason !== '') return answer;
  throw new LibError(`${modelId} answered in a form that its family does not use`, {
    kind: 'response',
    hint: 'Check { family }, or whether something stands between this computer and Bedrock.',
    modelId,
  });
}
