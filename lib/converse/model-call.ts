import type { BedrockRuntimeClient, ToolConfiguration } from '@aws-sdk/client-bedrock-runtime';
import { mayBeMedia } from '../base/aws-errors.ts';
import { isLibError, type LibError, withDetails } from '../base/errors.ts';
import type { Message } from '../base/message.ts';
import { contextOf, estimateRequest, isQuestion, type Window, windowOf, withSummary } from './context.ts';
import { answerInPieces, converse } from './converse.ts';
import { holdsMedia } from './legal-blocks.ts';
import { mediaAsText } from './legal-media.ts';
import { type ConverseOptions, systemOf } from './options.ts';
import type { Budget, Session } from './session.ts';
import { type Summarize, summarizeOlder } from './summarize.ts';
import type { CallAnswer, Delta, OwnId, Repair } from './types.ts';

/** What every call of a conversation is made with. */
export interface CallSettings extends ConverseOptions {
  readonly client: BedrockRuntimeClient;
  readonly modelId: string;
  readonly session: Session;
  readonly budget: Budget;
  readonly window?: Window;
  readonly summarize?: Summarize;
}

/** What is new in one call. */
export interface ModelCall {
  /** What was said since the last entry: the user's message, or tool results. */
  readonly added: readonly Message[];
  readonly toolConfig?: ToolConfiguration;
  readonly signal: AbortSignal;
  /** Is given the pieces of the answer as they come. Absent: the answer is not streamed. */
  readonly onDelta?: (delta: Delta) => void;
  /** Gives each tool call its id. */
  readonly ownId?: OwnId;
}

/**
 * One call of the model: its answer to a conversation and what was added to it: summarised and cut as the settings say, within
 * the budget. It stores no turn; whoever calls it appends what it has got, open as long as tools are to be run.
 *
 * @throws LibError as `converse` and `converseStream` do; of kind `limit` when it would cost too much; of kind
 *   `conflict` or `file` when a summary cannot be stored
 */
export async function callModel(settings: CallSettings, call: ModelCall): Promise<CallAnswer> {
  const notices: string[] = [];
  const { summarize, window = {} } = settings;
  if (summarize !== undefined && estimateCall(settings, call) > summarize.afterTokens) {
    await summarizeOlder(settings, call.signal, summarize.keepTurns ?? 2, notices);
  }
  let begun = false;
  const onDelta =
    call.onDelta &&
    ((delta: Delta) => {
      begun = true;
      call.onDelta?.(delta);
    });
  let share: Share = window;
  for (;;) {
    try {
      return await callOnce(settings, { ...call, ...(onDelta && { onDelta }) }, share, notices);
    } catch (error) {
      if (!isLibError(error) || error.kind !== 'too-long') throw error;
      // What a reader has seen cannot be taken back.
      const smaller = begun ? undefined : await shrink(settings, call, share, error, notices);
      if (smaller === undefined) throw mayBeMedia(error) ? error : tooLong(error);
      share = smaller;
    }
  }
}

/** What of the conversation is sent. */
interface Share extends Window {
  /** Pictures and documents of earlier turns are sent in words. */
  readonly inWords?: boolean;
  /** It has been summarised, or its window halved. */
  readonly isShort?: boolean;
}

async function callOnce(
  settings: CallSettings,
  call: ModelCall,
  share: Share,
  notices: readonly string[],
): Promise<CallAnswer> {
  const { client, modelId, session, budget, window: _, summarize: __, ...rest } = settings;
  const { messages, summary } = contextOf(session.entries);
  const { messages: windowed, leftOut } = windowOf([...messages, ...call.added], share, modelId);
  const repairs: Repair[] = [];
  const sent = share.inWords
    ? mediaAsText(
        windowed,
        undefined,
        () => false,
        (kind, detail) => repairs.push({ kind, detail }),
        0,
      )
    : windowed;
  const meter = budget.meterFor(() => session.entries);
  const options: ConverseOptions = {
    ...rest,
    ...(meter && { meter }),
    system: withSummary(settings.system, summary),
    signal: call.signal,
    ...(call.toolConfig !== undefined && { toolConfig: call.toolConfig }),
  };
  const answer = call.onDelta
    ? await answerInPieces(client, modelId, sent, options, call.onDelta, call.ownId)
    : await converse(client, modelId, sent, options, call.ownId);
  return { ...answer, repairs: [...repairs, ...answer.repairs], windowed: leftOut, notices };
}

/** Tokens of the next request, roughly. */
function estimateCall({ session, modelId, system }: CallSettings, call: ModelCall): number {
  const { summary = '' } = contextOf(session.entries);
  const text = systemOf(system)
    .map((block) => block.text ?? '')
    .concat(summary)
    .join('');
  return estimateRequest(session.entries, call.added, text, modelId);
}

/** Makes what is sent smaller after Bedrock found it too long; `undefined` when it cannot, or must not. */
async function shrink(
  settings: CallSettings,
  call: ModelCall,
  share: Share,
  error: LibError,
  notices: string[],
): Promise<Share | undefined> {
  const { summarize, window, session } = settings;
  const { messages } = contextOf(session.entries);
  if (mayBeMedia(error) && !share.inWords && messages.some(({ content }) => content.some(holdsMedia))) {
    notices.push(
      'The pictures and documents of earlier turns were too many or too large, and were sent in words.',
    );
    return { ...share, inWords: true };
  }
  if (share.isShort) return undefined;
  const keepTurns = Math.floor((summarize?.keepTurns ?? 2) / 2);
  if (summarize !== undefined && (await summarizeOlder(settings, call.signal, keepTurns, notices)))
    return { ...share, isShort: true };
  if (window === undefined) return undefined;
  const before = windowOf([...messages, ...call.added], window, settings.modelId);
  const questions = before.messages.filter(isQuestion).length;
  if (questions < 2) return undefined;
  notices.push('The conversation was too long for the model, so half as many turns were sent.');
  return { ...share, turns: Math.floor(questions / 2), isShort: true };
}

function tooLong(error: LibError): LibError {
  return withDetails(error, {
    hint: 'Send less of the conversation (`window` or `summarize` of Conversation), shorten this message, or choose a model with a longer context.',
  });
}
