import type { TokenUsage } from 'bedrock-models';
import { toLibError } from '../base/aws-errors.ts';
import { type History, isSummary, type Turn } from '../history/history.ts';
import { wholeTurns } from '../history/transcript.ts';
import type { Answerer, AnswererRequest, AnswererResult, AskVisitor } from './answerer.ts';
import type { ApprovalEvent, Approvals } from './approvals.ts';
import { createFinishedBlocks, renderMarkdown } from './render-markdown.ts';
import { watchHistory } from './session-history.ts';
import {
  describeInput,
  describeUse,
  noteOfStop,
  resultOf,
  type TurnView,
  textPart,
  viewOf,
} from './turn-view.ts';

/** What the page is told of a turn while it happens, in this order. */
export type TurnEvent =
  | { readonly type: 'session'; readonly sessionId: string }
  /** The model has begun to think before it says something. */
  | { readonly type: 'thinking' }
  | { readonly type: 'text'; readonly text: string }
  /** The first `length` characters of the text that is still plain, as HTML. */
  | { readonly type: 'html'; readonly html: string; readonly length: number }
  /** A tool call: its name when the model begins to write it, its input when that is whole. */
  | { readonly type: 'call'; readonly id: string; readonly name: string; readonly input?: string }
  | ApprovalEvent
  | { readonly type: 'result'; readonly id: string; readonly text: string; readonly isError: boolean }
  /** `isKept`: the turn is in the history. */
  | {
      readonly type: 'end';
      readonly view: TurnView;
      readonly isKept: boolean;
      readonly usage?: TokenUsage | undefined;
    }
  /** With `view` something of the turn is kept all the same, such as what its tools have done. */
  | {
      readonly type: 'error';
      readonly kind: string;
      readonly message: string;
      readonly hint: string;
      readonly view?: TurnView;
    };

export interface TurnSettings {
  readonly text: string;
  readonly modelId: string;
  readonly sessionId: string;
  readonly history: History;
  readonly approvals: Approvals;
  readonly createConversation: (request: AnswererRequest, askVisitor: AskVisitor) => Answerer;
  readonly signal: AbortSignal;
}

/** Makes one turn, and tells of it. Never rejects: what goes wrong is the last event. */
export async function runTurn(settings: TurnSettings, tell: (event: TurnEvent) => unknown): Promise<void> {
  const { text, modelId, sessionId, approvals, createConversation, signal } = settings;
  const stored: Turn[] = [];
  const history = watchHistory(settings.history, sessionId, (turn) => {
    stored.push(turn);
    for (const event of stepEvents(turn)) tell(event);
  });
  try {
    const request = { modelId, sessionId, history };
    const talk = createConversation(request, approvals.askerFor(sessionId, tell)).stream(text, { signal });
    const blocks = createFinishedBlocks();
    const tellFinished = async (finished: string) => {
      if (finished === '') return;
      await tell({ type: 'html', html: renderMarkdown(finished), length: finished.length });
    };
    let isThinking = false;
    for await (const piece of talk) {
      if (piece.type === 'reasoning' && !isThinking) await tell({ type: 'thinking' });
      isThinking = piece.type === 'reasoning';
      if (piece.type === 'text') {
        await tell(piece);
        await tellFinished(blocks.add(piece.text));
      } else if (piece.type === 'toolUse') {
        await tellFinished(blocks.rest());
        await tell({ type: 'call', id: piece.toolUseId, name: piece.name });
      }
    }
    const result = await ('result' in talk ? talk.result : talk.reply);
    const kept = keptOf(stored);
    const view = kept ?? viewOfResult(text, modelId, result);
    const note = view.note ?? noteOf(result);
    await tell({
      type: 'end',
      view: { ...view, ...(note !== undefined && { note }) },
      isKept: kept !== undefined,
      usage: result.usage,
    });
  } catch (error) {
    const { message, hint, kind } = toLibError(error, { modelId });
    const view = keptOf(stored);
    await tell({ type: 'error', kind, message, hint, ...(view && { view }) });
  }
}

/** The calls and results in what was stored. Pure. */
function stepEvents({ messages }: Turn): TurnEvent[] {
  const blocks = messages.flatMap(({ content }) => content);
  return blocks.flatMap(({ toolUse, toolResult }): TurnEvent[] => {
    if (toolUse !== undefined) {
      const { toolUseId: id = '', name = '', input } = toolUse;
      return [{ type: 'call', id, name, input: describeInput(input) }];
    }
    return toolResult === undefined
      ? []
      : [{ type: 'result', id: toolResult.toolUseId ?? '', ...resultOf(toolResult) }];
  });
}

/** This turn as it is in the history; before it may stand what has repaired an earlier one. Pure. */
function keptOf(stored: readonly Turn[]): TurnView | undefined {
  const turns = wholeTurns(stored.filter((entry) => !isSummary(entry)));
  const own = turns.findLast((turn) => turn.some(({ repair }) => repair === undefined));
  return own && viewOf(own);
}

/** A turn that is not in the history. Pure. */
function viewOfResult(question: string, modelId: string, result: AnswererResult): TurnView {
  const { text, usage, costUsd, objection } = result;
  const isOnlyReason = text.trim() === '' || text === objection?.reason;
  return {
    question,
    parts: isOnlyReason ? [] : [textPart(text)],
    ...(usage !== undefined && { about: describeUse(modelId, usage, costUsd) }),
  };
}

function noteOf({ explanation, objection, stopReason }: AnswererResult): string | undefined {
  if (objection !== undefined) return `Kept back: ${objection.reason}`;
  return explanation ?? noteOfStop(stopReason);
}
