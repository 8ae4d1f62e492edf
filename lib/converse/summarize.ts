import type { BedrockRuntimeClient } from '@aws-sdk/client-bedrock-runtime';
import { findModel, sumKnown, sumUsage } from 'bedrock-models';
import { endingOf } from '../base/endings.ts';
import { isLibError, LibError } from '../base/errors.ts';
import { fenced } from '../base/fence.ts';
import type { Message } from '../base/message.ts';
import { mostTokens, mostTokensOf } from '../call/estimate-tokens.ts';
import type { HistoryEntry, Summary } from '../history/history.ts';
import { contextOf, partToSummarize } from './context.ts';
import { converse } from './converse.ts';
import type { ConverseOptions } from './options.ts';
import { renderMessage } from './render.ts';
import type { Budget, Session } from './session.ts';
import type { Answer } from './types.ts';

/** When and how the older part of a conversation is replaced, in what is sent, by a summary of it. */
export interface Summarize {
  /** Summarise when the next request would be longer than this, in tokens, by estimate. */
  readonly afterTokens: number;
  /** How many of the newest turns are sent as they are. Default 2. */
  readonly keepTurns?: number;
  /** The model that summarises. Default: the conversation's own. */
  readonly modelId?: string;
  /** What the model is asked to do. It is put in front of the conversation. */
  readonly prompt?: string;
  /** The longest summary, in tokens. Default 512. */
  readonly maxTokens?: number;
}

/** What the model is asked when the caller does not say. */
const defaultSummaryPrompt =
  'Summarize the conversation below, for an assistant that will go on with it and cannot read it. Keep names, numbers, decisions, what the user wants and what is still open. Write only the summary.';

/** Tokens of conversation to a call, for a model whose context length is not known. */
const unknownContext = 8_000;
/** A token is seldom shorter than this many characters, so that a piece of this length fits for certain. */
const fewestCharactersPerToken = 2;

export interface SummaryRequest extends Pick<ConverseOptions, 'signal' | 'maxAttempts' | 'random' | 'meter'> {
  readonly modelId: string;
  readonly prompt?: string;
  readonly maxTokens?: number;
  /** Is given each call's answer: more than one for a conversation that is longer than the model's context. */
  readonly onAnswer?: (answer: Answer) => void;
}

/**
 * A summary of a conversation, by a model that is given it as text: tool calls would need tools, and the roles of a
 * part need not alternate. A conversation too long for one call is summarised piece by piece, each time together with
 * the summary so far; nothing is left out.
 *
 * @param earlier the summary of what came before these messages
 * @throws LibError as `converse` does; of kind `answer` when the model answers with nothing, with something that is no answer, or a filter in its place
 */
export async function summarizeMessages(
  client: BedrockRuntimeClient,
  messages: readonly Message[],
  earlier: string | undefined,
  request: SummaryRequest,
): Promise<string> {
  const {
    modelId,
    prompt = defaultSummaryPrompt,
    maxTokens = 512,
    signal,
    maxAttempts,
    random,
    meter,
  } = request;
  let text = earlier;
  for (const piece of pieces(messages, pieceLength(modelId, maxTokens))) {
    const question: Message = { role: 'user', content: [{ text: summaryQuestion(prompt, piece, text) }] };
    const answer = await converse(client, modelId, [question], {
      maxTokens,
      ...(signal !== undefined && { signal }),
      ...(maxAttempts !== undefined && { maxAttempts }),
      ...(random !== undefined && { random }),
      ...(meter !== undefined && { meter }),
    });
    request.onAnswer?.(answer);
    text = answer.text.trim();
    if (text === '') throw noSummary(modelId, 'an empty summary');
    // What a filter says in the place of an answer, or half a text, must not stand for what was said.
    if (endingOf(answer.stopReason).summary === 'none') throw noSummary(modelId, answer.stopReason);
  }
  return text ?? '';
}

/** What the summarising model is asked. No text can end the tags it stands between, and none is a pattern. Pure. */
export function summaryQuestion(prompt: string, conversation: string, earlier: string | undefined): string {
  const before =
    earlier === undefined ? '' : `What came before it, summarized:\n${fenced('summary', earlier)}\n\n`;
  return `${prompt}\n\n${before}${fenced('conversation', conversation)}`;
}

/** The conversation as text, in pieces of at most so many characters, cut between messages where that is possible. */
export function pieces(messages: readonly Message[], length: number): string[] {
  const found: string[] = [];
  let piece = '';
  for (const message of messages) {
    let text = renderMessage(message);
    if (piece !== '' && piece.length + 2 + text.length > length) {
      found.push(piece);
      piece = '';
    }
    while (text.length > length) {
      // A character of two halves is not cut through.
      const end = /[\uD800-\uDBFF]/.test(text.charAt(length - 1)) ? length - 1 : length;
      found.push(text.slice(0, end));
      text = text.slice(end);
    }
    piece = piece === '' ? text : `${piece}\n\n${text}`;
  }
  return piece === '' ? found : [...found, piece];
}

/** Characters that fit into one call, beside the instructions, the summary so far and the answer. */
function pieceLength(modelId: string, maxTokens: number): number {
  const context = findModel(modelId)?.contextTokens ?? unknownContext;
  return Math.max(2_000, (context - 2 * maxTokens - 1_000) * fewestCharactersPerToken);
}

function noSummary(modelId: string, what: string): LibError {
  return new LibError(`${modelId} answered with ${what}`, {
    kind: 'answer',
    hint: 'Name another model in summarize.modelId, or another text in summarize.prompt.',
    modelId,
  });
}

export interface SummarySettings extends Pick<ConverseOptions, 'maxAttempts' | 'random'> {
  readonly client: BedrockRuntimeClient;
  readonly modelId: string;
  readonly session: Session;
  readonly budget: Budget;
  readonly summarize?: Summarize;
}

/**
 * Summarises all but the newest turns and stores the summary. One that fails changes nothing and is told in `notices`.
 *
 * @returns whether there is a new summary
 */
export async function summarizeOlder(
  settings: SummarySettings,
  signal: AbortSignal,
  keepTurns: number,
  notices: string[],
): Promise<boolean> {
  const { client, session, budget, summarize, maxAttempts, random } = settings;
  const part = partToSummarize(session.entries, keepTurns);
  if (summarize === undefined || part === undefined) return false;
  const { prompt, maxTokens = 512 } = summarize;
  const modelId = summarize.modelId ?? settings.modelId;
  const earlier = contextOf(session.entries).summary;
  const inputTokens =
    mostTokensOf({ modelId, messages: part.messages as never }, modelId) + mostTokens(earlier ?? '');
  const answers: Answer[] = [];
  const billed = ({ usage }: Answer) => ({ modelId, ...(usage ?? { inputTokens, outputTokens: 0 }) });
  /** What was answered is billed, also when no summary comes of it. */
  const countUnstored = () => {
    for (const answer of answers) budget.countUnstored(billed(answer));
  };
  const asEntry = ({ costUsd, usage }: Answer, index: number): HistoryEntry => ({
    summary: '',
    coversTo: 0,
    modelId,
    sequence: index,
    createdAt: '',
    ...(usage && { usage }),
    ...(costUsd !== undefined && { costUsd }),
  });
  // What earlier pieces have cost is in no entry yet.
  const meter = budget.meterFor(() => [...session.entries, ...answers.map(asEntry)]);
  let entry: Summary;
  try {
    const text = await summarizeMessages(client, part.messages, earlier, {
      modelId,
      maxTokens,
      signal,
      ...(meter && { meter }),
      onAnswer: (answer) => void answers.push(answer),
      ...(prompt !== undefined && { prompt }),
      ...(maxAttempts !== undefined && { maxAttempts }),
      ...(random !== undefined && { random }),
    });
    if (answers.some(({ stopReason }) => endingOf(stopReason).summary === 'cut')) {
      notices.push(`The summary was cut at ${maxTokens} tokens; raise summarize.maxTokens.`);
    }
    const usage = sumUsage(answers.map((answer) => answer.usage));
    const costUsd = sumKnown(answers.map((answer) => answer.costUsd));
    entry = {
      summary: text,
      coversTo: part.coversTo,
      modelId,
      ...(usage !== undefined && { usage }),
      ...(costUsd !== undefined && { costUsd }),
    };
  } catch (error) {
    countUnstored();
    if (!isLibError(error) || error.kind === 'aborted') throw error;
    notices.push(`The conversation could not be summarized, and was sent as it is: ${error.message}`);
    return false;
  }
  try {
    await session.append(entry);
  } catch (error) {
    countUnstored();
    throw error;
  }
  notices.push(`Entries up to ${part.coversTo} were summarized.`);
  return true;
}
