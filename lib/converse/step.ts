import type { BedrockRuntimeClient, ToolConfiguration } from '@aws-sdk/client-bedrock-runtime';
import { isLibError, type LibError, withDetails } from '../errors.ts';
import { findModel } from '../models/find.ts';
import type { Answer } from './answer.ts';
import type { Budget } from './budget.ts';
import { contextOf, estimateRequest, partToSummarize, placeSummary } from './context.ts';
import { converse } from './converse.ts';
import { converseStream } from './converse-stream.ts';
import type { Delta } from './delta.ts';
import { estimateTokens } from './estimate-tokens.ts';
import type { Message } from './message.ts';
import { renderBlock } from './render.ts';
import type { Reply } from './reply.ts';
import { type ConverseOptions, maxTokensOf } from './request.ts';
import type { Session } from './session.ts';
import { type Summarize, summarizeMessages } from './summarize.ts';
import { type Window, windowOf } from './window.ts';

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
    await summarizeOlder(settings, step, summarize.keepTurns ?? 2, notices);
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
    const answer = await answerTo(client, modelId, placed.messages, call, step.onDelta);
    return { ...answer, windowed: leftOut, notices };
  } catch (error) {
    if (isLibError(error) && error.partialText !== undefined) {
      budget.countFailed({ ...estimate, outputTokens: estimateTokens(error.partialText, modelId) });
    }
    throw error;
  }
}

/** Streams where the model can; else the whole answer comes as one piece. */
async function answerTo(
  client: BedrockRuntimeClient,
  modelId: string,
  messages: readonly Message[],
  options: ConverseOptions,
  onDelta: Step['onDelta'],
): Promise<Answer> {
  const refuses = findModel(modelId)?.refuses ?? [];
  const canStream =
    !refuses.includes('streaming') && !(options.toolConfig && refuses.includes('tools-in-stream'));
  if (onDelta !== undefined && canStream) return converseStream(client, modelId, messages, onDelta, options);
  const answer = await converse(client, modelId, messages, options);
  for (const block of answer.message.content) {
    if (block.text) onDelta?.({ type: 'text', text: block.text });
    if (block.toolUse === undefined) continue;
    const { toolUseId = '', name = '', input } = block.toolUse;
    onDelta?.({ type: 'toolUse', toolUseId, name });
    onDelta?.({ type: 'toolInput', toolUseId, json: JSON.stringify(input) });
  }
  return answer;
}

/** Tokens of the next request, by estimate; of these messages where only a part of the conversation is sent. */
function estimateStep(settings: StepSettings, step: Step, sent?: readonly Message[]): number {
  const { session, modelId, system } = settings;
  const { messages, summary = '' } = contextOf(session.entries);
  const text = `${typeof system === 'string' ? system : (system ?? []).map((block) => block.text ?? '').join('')}${summary}`;
  if (sent !== undefined) return estimateTokens(text, modelId) + estimateTokens(sent, modelId);
  return estimateRequest(session.entries, messages, step.added, text, modelId);
}

/**
 * Summarises all but the newest turns and stores the summary. One that fails changes nothing and is told in `notices`.
 *
 * @returns whether there is a new summary
 */
async function summarizeOlder(
  settings: StepSettings,
  step: Step,
  keepTurns: number,
  notices: string[],
): Promise<boolean> {
  const { client, session, budget, summarize, maxAttempts, random } = settings;
  const part = partToSummarize(session.entries, keepTurns);
  if (summarize === undefined || part === undefined) return false;
  const { prompt, maxTokens = 512 } = summarize;
  const modelId = summarize.modelId ?? settings.modelId;
  const earlier = contextOf(session.entries).summary;
  const inputTokens = estimateTokens(part.messages, modelId) + estimateTokens(earlier ?? '', modelId);
  let entry: Parameters<Session['append']>[0];
  try {
    budget.check(session.entries, { modelId, inputTokens, outputTokens: maxTokens });
    const { text, answers } = await summarizeMessages(client, part.messages, earlier, {
      modelId,
      maxTokens,
      signal: step.signal,
      ...(prompt === undefined ? {} : { prompt }),
      ...(maxAttempts === undefined ? {} : { maxAttempts }),
      ...(random === undefined ? {} : { random }),
    });
    if (answers.some(({ stopReason }) => stopReason === 'max_tokens')) {
      notices.push(`The summary was cut at ${maxTokens} tokens; raise summarize.maxTokens.`);
    }
    entry = { summary: text, coversTo: part.coversTo, modelId, ...sumOf(answers) };
  } catch (error) {
    if (!isLibError(error) || error.kind === 'aborted') throw error;
    if (error.kind === 'answer') budget.countFailed({ modelId, inputTokens, outputTokens: 0 });
    notices.push(`The conversation could not be summarized, and was sent as it is: ${error.message}`);
    return false;
  }
  await session.append(entry);
  notices.push(`Entries up to ${part.coversTo} were summarized.`);
  return true;
}

function sumOf(answers: readonly Answer[]): { usage?: Answer['usage']; costUsd?: number } {
  let usage: NonNullable<Answer['usage']> = { inputTokens: 0, outputTokens: 0, totalTokens: 0 };
  let costUsd: number | undefined = 0;
  for (const answer of answers) {
    if (answer.usage === undefined) return {};
    usage = {
      inputTokens: usage.inputTokens + answer.usage.inputTokens,
      outputTokens: usage.outputTokens + answer.usage.outputTokens,
      totalTokens: usage.totalTokens + answer.usage.totalTokens,
    };
    costUsd = costUsd === undefined || answer.costUsd === undefined ? undefined : costUsd + answer.costUsd;
  }
  return { usage, ...(costUsd === undefined ? {} : { costUsd }) };
}

/** Makes what is sent smaller after Bedrock found it too long; `undefined` when it cannot, or must not. */
async function shrink(settings: StepSettings, step: Step, notices: string[]): Promise<Window | undefined> {
  const { summarize, window, session } = settings;
  const keepTurns = Math.floor((summarize?.keepTurns ?? 2) / 2);
  if (summarize !== undefined && (await summarizeOlder(settings, step, keepTurns, notices)))
    return window ?? {};
  if (window === undefined) return undefined;
  const { messages } = contextOf(session.entries);
  const before = windowOf([...messages, ...step.added], window, settings.modelId);
  const questions = before.messages.filter(isQuestion).length;
  if (questions < 2) return undefined;
  notices.push('The conversation was too long for the model, so half as many turns were sent.');
  return { ...window, turns: Math.floor(questions / 2) };
}

function isQuestion({ role, content }: Message): boolean {
  return (
    role === 'user' && content.some((block) => block.toolResult === undefined && renderBlock(block) !== '')
  );
}

function tooLong(error: LibError): LibError {
  return withDetails(error, {
    hint: 'Send less of the conversation (`window` or `summarize` of Conversation), shorten this message, or choose a model with a longer context.',
  });
}
