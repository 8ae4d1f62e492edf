import type { BedrockRuntimeClient, ToolConfiguration } from '@aws-sdk/client-bedrock-runtime';
import { tierOf } from 'bedrock-models';
import { isLibError, type LibError, withDetails } from '../base/errors.ts';
import type { Message } from '../base/message.ts';
import { answerInPieces } from './answer-in-pieces.ts';
import type { Budget } from './budget.ts';
import { contextOf, estimateRequest, placeSummary } from './context.ts';
import { converse } from './converse.ts';
import type { Delta } from './delta.ts';
import { estimateTokens } from './estimate-tokens.ts';
import type { Reply } from './reply.ts';
import { type ConverseOptions, maxTokensOf, systemOf } from './request.ts';
import type { Session } from './session.ts';
import type { Summarize } from './summarize.ts';
import { summarizeOlder } from './summarize-older.ts';
import { isQuestion, type Window, windowOf } from './window.ts';

/** What every step of a conversation is made with. */
export interface StepSettings extends ConverseOptions {
  readonly client: BedrockRuntimeClient;
  readonly modelId: string;
  readonly session: Session;
  readonly budget: Budget;
  readonly window?: Window;
  readonly summarize?: Summarize;
}

/** What is new in one step. */
export interface Step {
  /** What was said since the last entry: the user's message, or tool results. */
  readonly added: readonly Message[];
  readonly toolConfig?: ToolConfiguration;
  readonly signal: AbortSignal;
  /** Is given the pieces of the answer as they come. Absent: the answer is not streamed. */
  readonly onDelta?: (delta: Delta) => void;
}

/**
 * One answer of the model to a conversation and what was added to it: summarised and cut as the settings say, within
 * the budget. It stores no turn; whoever calls it appends what it has got, open as long as tools are to be run.
 *
 * @throws LibError as `converse` and `converseStream` do; of kind `limit` when it would cost too much; of kind
 *   `conflict` or `file` when a summary cannot be stored
 */
export async function takeStep(settings: StepSettings, step: Step): Promise<Reply> {
  const notices: string[] = [];
  const { summarize, window = {} } = settings;
  if (summarize !== undefined && estimateStep(settings, step) > summarize.afterTokens) {
    await summarizeOlder(settings, step.signal, summarize.keepTurns ?? 2, notices);
  }
  let begun = false;
  const onDelta =
    step.onDelta &&
    ((delta: Delta) => {
      begun = true;
      step.onDelta?.(delta);
    });
  try {
    return await callModel(settings, { ...step, ...(onDelta && { onDelta }) }, window, notices);
  } catch (error) {
    if (!isLibError(error) || error.kind !== 'too-long') throw error;
    // What a reader has seen cannot be taken back.
    const smaller = begun ? undefined : await shrink(settings, step, notices);
    if (smaller === undefined) throw tooLong(error);
    return callModel(settings, step, smaller, notices);
  }
}

async function callModel(
  settings: StepSettings,
  step: Step,
  window: Window,
  notices: readonly string[],
): Promise<Reply> {
  const { client, modelId, session, budget, window: _, summarize: __, ...options } = settings;
  const { messages, summary } = contextOf(session.entries);
  const { messages: sent, leftOut } = windowOf([...messages, ...step.added], window, modelId);
  const placed = placeSummary(settings.system, sent, summary, modelId);
  const estimate = {
    modelId,
    tier: tierOf(options),
    inputTokens: estimateStep(settings, step, leftOut === 0 ? undefined : sent),
    outputTokens: maxTokensOf(settings.inference),
  };
  budget.check(session.entries, estimate);
  const call: ConverseOptions = {
    ...options,
    system: placed.system,
    signal: step.signal,
    ...(step.toolConfig === undefined ? {} : { toolConfig: step.toolConfig }),
  };
  try {
    const answer = step.onDelta
      ? await answerInPieces(client, modelId, placed.messages, call, step.onDelta)
      : await converse(client, modelId, placed.messages, call);
    budget.countAnswered({ ...estimate, tier: answer.tier, ...answer.usage });
    return { ...answer, windowed: leftOut, notices };
  } catch (error) {
    if (isLibError(error) && error.partialText !== undefined && !isRefused(error)) {
      budget.countFailed({ ...estimate, outputTokens: estimateTokens(error.partialText, modelId) });
    }
    throw error;
  }
}

/** Whether Bedrock turned the call away before the model began: it costs nothing then. Pure. */
function isRefused({ kind, partialText }: LibError): boolean {
  return partialText === '' && (kind === 'throttled' || kind === 'overloaded');
}

/** Tokens of the next request, by estimate; of these messages where only a part of the conversation is sent. */
function estimateStep(
  { session, modelId, system }: StepSettings,
  step: Step,
  sent?: readonly Message[],
): number {
  const { summary = '' } = contextOf(session.entries);
  const text = systemOf(system)
    .map((block) => block.text ?? '')
    .concat(summary)
    .join('');
  if (sent !== undefined) return estimateTokens(text, modelId) + estimateTokens(sent, modelId);
  return estimateRequest(session.entries, step.added, text, modelId);
}

/** Makes what is sent smaller after Bedrock found it too long; `undefined` when it cannot, or must not. */
async function shrink(settings: StepSettings, step: Step, notices: string[]): Promise<Window | undefined> {
  const { summarize, window, session } = settings;
  const keepTurns = Math.floor((summarize?.keepTurns ?? 2) / 2);
  if (summarize !== undefined && (await summarizeOlder(settings, step.signal, keepTurns, notices)))
    return window ?? {};
  if (window === undefined) return undefined;
  const { messages } = contextOf(session.entries);
  const before = windowOf([...messages, ...step.added], window, settings.modelId);
  const questions = before.messages.filter(isQuestion).length;
  if (questions < 2) return undefined;
  notices.push('The conversation was too long for the model, so half as many turns were sent.');
  return { ...window, turns: Math.floor(questions / 2) };
}

function tooLong(error: LibError): LibError {
  return withDetails(error, {
    hint: 'Send less of the conversation (`window` or `summarize` of Conversation), shorten this message, or choose a model with a longer context.',
  });
}
