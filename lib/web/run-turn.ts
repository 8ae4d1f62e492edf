import type { TokenUsage } from 'bedrock-models';
import type { AgentEvent, ToolEvent } from '../agent/agent-result.ts';
import { toLibError } from '../base/aws-errors.ts';
import type { Delta } from '../converse/types.ts';
import type { History } from '../history/history.ts';
import type { Answerer, AnswererRequest, AnswererResult, AskVisitor } from './answerer.ts';
import type { ApprovalEvent, Approvals } from './approvals.ts';
import type { DayBudget } from './budget.ts';
import { createFinishedBlocks, renderMarkdown } from './render-markdown.ts';
import { inPlaceOf, shownTurns } from './session-history.ts';
import { describeInput, showName } from './shown-text.ts';
import { describeUse, noteOfStop, resultOf, shownViewOf, type TurnView, textPart } from './turn-view.ts';

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
  /** The last entry of the session before this turn. */
  readonly begunWith: number;
  /** The first entry of the turn in whose place this one is to stand. */
  readonly replaces?: number | undefined;
  readonly approvals: Approvals;
  readonly createConversation: (request: AnswererRequest, askVisitor: AskVisitor) => Answerer;
  readonly signal: AbortSignal;
  readonly dayBudget: DayBudget;
}

/** Makes one turn, and tells of it. Never rejects: what goes wrong is the last event. */
export async function runTurn(settings: TurnSettings, tell: (event: TurnEvent) => unknown): Promise<void> {
  const { text, modelId, sessionId, replaces, approvals, createConversation, signal } = settings;
  try {
    const history =
      replaces === undefined ? settings.history : inPlaceOf(settings.history, sessionId, replaces);
    const meter = await settings.dayBudget.meter();
    const request = { modelId, sessionId, history, ...(meter && { meter }) };
    const talk = createConversation(request, approvals.askerFor(sessionId, tell)).stream(text, { signal });
    const blocks = createFinishedBlocks();
    const tellFinished = async (finished: string) => {
      if (finished === '') return;
      await tell({ type: 'html', html: renderMarkdown(finished), length: finished.length });
    };
    const begun = new Set<string>();
    let isThinking = false;
    for await (const piece of talk) {
      if (piece.type === 'reasoning' && !isThinking) await tell({ type: 'thinking' });
      isThinking = piece.type === 'reasoning';
      if (piece.type === 'text') {
        await tell(piece);
        await tellFinished(blocks.add(piece.text));
      } else {
        if (piece.type === 'toolUse') await tellFinished(blocks.rest());
        for (const event of stepEvents(piece, begun)) await tell(event);
      }
    }
    const result = await ('result' in talk ? talk.result : talk.reply);
    const kept = await keptOf(settings);
    const view = kept ?? viewOfResult(text, modelId, result);
    const note = costNote(settings, result) ?? view.note ?? noteOf(result);
    await tell({
      type: 'end',
      view: { ...view, ...(note !== undefined && { note }) },
      isKept: kept !== undefined,
      usage: result.usage,
    });
  } catch (error) {
    const known = toLibError(error, { modelId });
    const { kind } = known;
    const { message, hint } = settings.dayBudget.visitorWords(known) ?? known;
    // What went wrong says more than a log that cannot be read either.
    const view = await keptOf(settings).catch(() => undefined);
    await tell({ type: 'error', kind, message, hint, ...(view && { view }) });
  }
}

/**
 * What the page is told of a tool: the name when the model begins to write the call, then what it is given, and the result.
 *
 * @param begun the calls of which it was told what they are given; a call that never comes to run is told with its end
 */
function stepEvents(event: Delta | AgentEvent, begun: Set<string>): TurnEvent[] {
  if (event.type === 'toolUse') return [{ type: 'call', id: event.toolUseId, name: showName(event.name) }];
  const call = event.type === 'toolEnd' ? event.outcome : event;
  if (!('toolUseId' in call && 'input' in call)) return [];
  const told = begun.has(call.toolUseId) ? [] : [callEvent(call)];
  begun.add(call.toolUseId);
  if (event.type !== 'toolEnd') return told;
  const { toolUseId: id, text, content = [{ text }], status } = event.outcome;
  return [...told, { type: 'result', id, ...resultOf({ toolUseId: id, content: [...content], status }) }];
}

function callEvent({ toolUseId, name, input }: Omit<ToolEvent<'toolStart'>, 'type'>): TurnEvent {
  return { type: 'call', id: toolUseId, name: showName(name), input: describeInput(input) };
}

/** This turn as it is in the history; before it may stand what has repaired an earlier one. */
async function keptOf({ history, sessionId, begunWith }: TurnSettings): Promise<TurnView | undefined> {
  const { entries } = await history.read(sessionId);
  const own = shownTurns(entries).findLast(({ turn }) =>
    turn.some(({ sequence, repair }) => sequence > begunWith && repair === undefined),
  );
  return own && shownViewOf({ ...own, turn: own.turn.filter(({ sequence }) => sequence > begunWith) });
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

/** An agent that would have passed a budget ends with it, and with no error. */
function costNote({ dayBudget }: TurnSettings, result: AnswererResult): string | undefined {
  if (!('limit' in result) || result.limit !== 'cost') return undefined;
  const { explanation: message = '' } = result;
  const words = dayBudget.visitorWords({ kind: 'limit', message });
  return words && `${words.message} ${words.hint}`;
}

function noteOf({ explanation, objection, stopReason }: AnswererResult): string | undefined {
  if (objection !== undefined) return `Kept back: ${objection.reason}`;
  return explanation ?? noteOfStop(stopReason);
}
