import type { TokenUsage } from 'bedrock-models';
import type { AgentEvent, ToolEvent } from '../agent/agent-result.ts';
import { toLibError } from '../base/aws-errors.ts';
import type { Delta } from '../converse/types.ts';
import type { History, HistoryEntry, SessionLog } from '../history/history.ts';
import { standingTurns } from '../history/log-part.ts';
import { branchOf, isSummary } from '../history/transcript.ts';
import type { Answerer, AnswererRequest, AnswererResult, AskVisitor } from './answerer.ts';
import type { ApprovalEvent, Approvals } from './approvals.ts';
import type { DayBudget } from './limits.ts';
import { createFinishedBlocks, renderMarkdown } from './render-markdown.ts';
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
  /** `isKept`: the turn is in the history, and begins there with the entry `lastTurn`. */
  | {
      readonly type: 'end';
      readonly view: TurnView;
      readonly isKept: boolean;
      readonly lastTurn?: number;
      readonly usage?: TokenUsage | undefined;
    }
  /** With `view` something of the turn is kept all the same, such as what its tools have done. */
  | {
      readonly type: 'error';
      readonly kind: string;
      readonly message: string;
      readonly hint: string;
      readonly view?: TurnView;
      readonly lastTurn?: number;
    };

export interface TurnSettings {
  readonly text: string;
  readonly modelId: string;
  readonly sessionId: string;
  readonly own: TurnHistory;
  readonly approvals: Approvals;
  readonly createConversation: (request: AnswererRequest, askVisitor: AskVisitor) => Answerer;
  readonly signal: AbortSignal;
  readonly dayBudget: DayBudget;
}

/** Makes one turn, and tells of it. Never rejects: what goes wrong is the last event. */
export async function runTurn(settings: TurnSettings, tell: (event: TurnEvent) => unknown): Promise<void> {
  const { text, modelId, sessionId, own, approvals, createConversation, signal } = settings;
  const { history } = own;
  try {
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
    const kept = await own.kept();
    const view = kept?.view ?? viewOfResult(text, modelId, result);
    const note = costNote(settings, result) ?? view.note ?? noteOf(result);
    await tell({
      type: 'end',
      ...kept,
      view: { ...view, ...(note !== undefined && { note }) },
      isKept: kept !== undefined,
      usage: result.usage,
    });
  } catch (error) {
    const known = toLibError(error, { modelId });
    const { kind } = known;
    const { message, hint } = settings.dayBudget.visitorWords(known) ?? known;
    // What went wrong says more than a log that cannot be read either.
    const kept = await own.kept().catch(() => undefined);
    await tell({ type: 'error', kind, message, hint, ...kept });
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

/** A history for one turn of a session, whose log was read before it. */
export interface TurnHistory {
  readonly history: History;
  /** This turn as it is kept, which takes no reading when it was kept by `history`. `undefined`: it is not. */
  kept(): Promise<KeptTurn | undefined>;
}

/** A turn in the history. */
export interface KeptTurn {
  readonly view: TurnView;
  /** The number of the entry with which it begins. */
  readonly lastTurn: number;
}

/**
 * The history as whoever answers one turn has it: the log that is known is not read once more, unless somebody else may
 * have gone on with it. With `replaces` the turn is to stand in the place of those from that entry on: they are not
 * seen, and the first turn that is appended says so. Until then nothing has changed: it is one transaction.
 */
export function historyOfTurn(
  history: History,
  sessionId: string,
  known: SessionLog,
  replaces?: number,
): TurnHistory {
  const appended: HistoryEntry[] = [];
  let unread = known.openElsewhere === undefined ? known : undefined;
  const { claim } = history;
  return {
    history: {
      read: async (id) => {
        if (id !== sessionId) return await history.read(id);
        const log = unread ?? (await history.read(id));
        unread = undefined;
        if (replaces === undefined) return log;
        return { ...log, entries: branchOf(log.entries).filter(({ sequence }) => sequence < replaces) };
      },
      append: async (id, entry, expectedSequence) => {
        if (id !== sessionId) return await history.append(id, entry, expectedSequence);
        const isFirst = !isSummary(entry) && appended.every(isSummary);
        const stored = isFirst && replaces !== undefined ? { ...entry, replaces } : entry;
        const sequence = await history.append(id, stored, expectedSequence);
        appended.push({ ...stored, sequence, createdAt: new Date().toISOString() });
        return sequence;
      },
      ...(claim && {
        claim: async (id: string, options?: { readonly signal?: AbortSignal }) => {
          const claimed = await claim.call(history, id, options);
          // Somebody else had it in between.
          if (claimed.sequence !== known.sequence) unread = undefined;
          return claimed;
        },
      }),
      sessions: () => history.sessions(),
      delete: (id) => history.delete(id),
      // Whoever answers one turn does not end the others.
      close: async () => undefined,
    },
    async kept() {
      const isAll = appended.every(({ sequence }, index) => sequence === known.sequence + index + 1);
      const entries =
        isAll && appended.length > 0
          ? [...known.entries, ...appended]
          : (await history.read(sessionId)).entries;
      // Before this turn may stand what has repaired an earlier one.
      const own = standingTurns(entries).findLast(({ turn }) =>
        turn.some(({ sequence, repair }) => sequence > known.sequence && repair === undefined),
      );
      if (own === undefined) return undefined;
      const turn = own.turn.filter(({ sequence }) => sequence > known.sequence);
      return { view: shownViewOf({ ...own, turn }), lastTurn: own.turn[0]?.sequence ?? 0 };
    },
  };
}

/** One answer that is being made. */
export interface RunningTurn {
  readonly signal: AbortSignal;
  stop(): void;
  /** It has ended, however it did. */
  end(): void;
}

/** The answers that are being made, by session: one at a time in each. */
export interface RunningTurns {
  size(): number;
  has(sessionId: string): boolean;
  begin(sessionId: string): RunningTurn;
  /** Stops the answer of a session, and waits until it has ended; `false` when there is none. */
  stop(sessionId: string): Promise<boolean>;
  /** Waits for the end of an answer that was stopped, and not for one that goes on. */
  settled(sessionId: string): Promise<void>;
  /** Stops all, and waits until they have ended, at most `timeoutMs`. */
  stopAll(timeoutMs: number): Promise<void>;
}

export function createRunningTurns(): RunningTurns {
  const running = new Map<string, { readonly stopper: AbortController; readonly ended: Promise<void> }>();
  return {
    size: () => running.size,
    has: (sessionId) => running.has(sessionId),
    begin(sessionId) {
      const stopper = new AbortController();
      const { promise: ended, resolve } = newPromise();
      running.set(sessionId, { stopper, ended });
      return {
        signal: stopper.signal,
        stop: () => stopper.abort(),
        end: () => {
          running.delete(sessionId);
          resolve();
        },
      };
    },
    async stop(sessionId) {
      const turn = running.get(sessionId);
      turn?.stopper.abort();
      await turn?.ended;
      return turn !== undefined;
    },
    async settled(sessionId) {
      const turn = running.get(sessionId);
      if (turn?.stopper.signal.aborted) await turn.ended;
    },
    async stopAll(timeoutMs) {
      const turns = [...running.values()];
      for (const { stopper } of turns) stopper.abort();
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise((resolve) => {
        timer = setTimeout(resolve, timeoutMs);
      });
      await Promise.race([Promise.all(turns.map(({ ended }) => ended)), late]);
      clearTimeout(timer);
    },
  };
}

/** `Promise.withResolvers`, which ES2023 does not have. */
function newPromise(): { promise: Promise<void>; resolve: () => void } {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
