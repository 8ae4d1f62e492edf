import type { ToolUseBlock } from '@aws-sdk/client-bedrock-runtime';
import { type BilledUsage, costOf, sumKnown, sumUsage, type TokenUsage } from 'bedrock-models';
import { LibError } from '../base/errors.ts';
import type { Message } from '../base/message.ts';
import {
  billedOf,
  type CallEstimate,
  type CostLimit,
  CostMeter,
  type Meter,
  pricedPart,
  unknownPrice,
} from '../call/cost-meter.ts';
import { mostTokens, mostTokensOf } from '../call/estimate-tokens.ts';
import type { History, HistoryEntry, Summary, Turn } from '../history/history.ts';
import { isSummary, repairOf, wholeTurns } from '../history/transcript.ts';

/** The log of one conversation: in memory, and in a history when there is one. */
export interface Session {
  readonly sessionId: string;
  /** All entries that are known. Without `load` first: those of this program. */
  readonly entries: readonly HistoryEntry[];
  /**
   * Reads the log from the history, once. Gives what a crash had left behind and reading has repaired.
   *
   * @throws LibError of kind `file` or `corrupt`
   */
  load(): Promise<readonly string[]>;
  /**
   * Runs a turn while nobody else can have one in this session, where the history can see to that (`claim`): it waits,
   * or is a conflict, before the turn costs anything.
   */
  claimed<Result>(signal: AbortSignal, turn: () => Promise<Result>): Promise<Result>;
  /**
   * To be called before a turn costs anything.
   *
   * @throws LibError of kind `conflict` when somebody else is in the middle of a turn of this session
   */
  checkFree(): void;
  /**
   * Stores an entry, in the history first.
   *
   * @throws LibError of kind `conflict` or `file`; nothing has changed then. After a conflict the next `load` reads the
   *   log again
   */
  append(entry: Turn | Summary): Promise<void>;
}

/** The log of a session. Whoever uses it does so one at a time. */
export function createSession(history: History | undefined, sessionId: string): Session {
  let entries: readonly HistoryEntry[] = [];
  let sequence = 0;
  let isLoaded = false;
  let openElsewhere: string | undefined;

  async function load(): Promise<readonly string[]> {
    if (history === undefined || isLoaded) return [];
    const log = await history.read(sessionId);
    ({ entries, sequence, openElsewhere } = log);
    // They are sent again and again: what was found out of one that cannot change need not be asked twice.
    for (const entry of entries) if (!isSummary(entry)) freeze(entry.messages);
    // What is under way elsewhere will change the log.
    isLoaded = openElsewhere === undefined;
    return log.repairs;
  }

  async function claimed<Result>(signal: AbortSignal, turn: () => Promise<Result>): Promise<Result> {
    const claim = await history?.claim?.(sessionId, { signal });
    if (claim === undefined) return await turn();
    if (claim.sequence !== sequence) isLoaded = false;
    try {
      return await turn();
    } finally {
      await claim.release();
    }
  }

  function checkFree(): void {
    if (openElsewhere === undefined) return;
    throw new LibError(`Session "${sessionId}" is in the middle of a turn of ${openElsewhere}`, {
      kind: 'conflict',
      hint: 'Wait until that turn has ended, and send again; or use a session id of your own. Nothing was sent.',
      retryable: true,
    });
  }

  async function append(entry: Turn | Summary): Promise<void> {
    try {
      sequence = (await history?.append(sessionId, entry, sequence)) ?? sequence + 1;
    } catch (error) {
      isLoaded = false;
      throw error;
    }
    entries = [...entries, { ...entry, sequence, createdAt: new Date().toISOString() }];
  }

  return {
    sessionId,
    get entries() {
      return entries;
    },
    load,
    claimed,
    checkFree,
    append,
  };
}

/**
 * Finishes a turn that is open in the log: each tool call without a result gets one that says so, and an answer
 * follows. Gives what was done, as a sentence; `undefined` when no turn was open.
 *
 * @param said stands as the answer, and in the log as the reason. Default: that it was interrupted
 * @throws LibError of kind `conflict` or `file`
 */
export async function finishTurn(session: Session, said?: string): Promise<string | undefined> {
  const last = session.entries.findLast((entry) => !isSummary(entry));
  if (last === undefined || isSummary(last)) return undefined;
  if (last.waiting) return giveUpWaiting(session);
  if (!last.open) return undefined;
  const repair = repairOf(session.entries);
  if (repair === undefined) return undefined;
  const messages = repair.messages.map((message) =>
    said === undefined || message.role === 'user'
      ? message
      : { ...message, content: [{ text: `(${said})` }] },
  );
  const reason = said ?? repair.repair;
  await session.append({ ...repair, messages, ...(reason !== undefined && { repair: reason }) });
  return reason;
}

/** A call that waits was not decided on, and the conversation has gone on: nothing was done, and nothing will be. */
async function giveUpWaiting(session: Session): Promise<string> {
  const text = 'Nobody had decided on this call when the conversation went on, so nothing was done.';
  const results: Message['content'][number][] = waitingCalls(session.entries).map(({ toolUseId }) => ({
    toolResult: { toolUseId, content: [{ text }], status: 'error' },
  }));
  const closing = '(The calls that waited for a decision were given up.)';
  const repair = `${results.length === 1 ? 'A tool call' : `${results.length} tool calls`} waited for a decision, and nothing was done: the conversation has gone on.`;
  await session.append({
    messages: [
      { role: 'user', content: results },
      { role: 'assistant', content: [{ text: closing }] },
    ],
    repair,
  });
  return repair;
}

/** The calls of the last turn that wait for a person's decision. Pure. */
export function waitingCalls(entries: readonly HistoryEntry[]): readonly ToolUseBlock[] {
  const turns = entries.flatMap((entry) => (isSummary(entry) ? [] : [entry]));
  if (turns.at(-1)?.waiting === undefined) return [];
  const blocks = (wholeTurns(turns).at(-1) ?? []).flatMap(({ messages }) =>
    messages.flatMap(({ content }) => content),
  );
  const answered = new Set(blocks.map(({ toolResult }) => toolResult?.toolUseId));
  return blocks.flatMap(({ toolUse }) =>
    toolUse === undefined || toolUse.type !== undefined || answered.has(toolUse.toolUseId) ? [] : [toolUse],
  );
}

/** Token use of all entries, summaries included; `undefined` when it is not known of one. Pure. */
export function totalUsage(entries: readonly HistoryEntry[]): TokenUsage | undefined {
  return sumUsage(entries.filter(isMadeByModel).map(({ usage }) => usage));
}

/** US dollars of all entries, summaries included; `undefined` when one of them is not known. Pure. */
export function totalCost(entries: readonly HistoryEntry[]): number | undefined {
  return sumKnown(entries.filter(isMadeByModel).map(({ costUsd }) => costUsd));
}

/** Whether a call was made for the entry: not for one that only repairs, nor for a question without an answer. */
function isMadeByModel(entry: HistoryEntry): boolean {
  if (isSummary(entry) || entry.usage !== undefined || entry.costUsd !== undefined) return true;
  return entry.repair === undefined && entry.messages.some(({ role }) => role === 'assistant');
}

/** Freezes everything in it; bytes cannot be frozen. */
export function freeze<Value>(value: Value): Value {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value;
  for (const member of Object.values(value)) freeze(member);
  return Object.freeze(value);
}

export interface BudgetLimit {
  /** US dollars that the whole conversation may cost, what is in its history included. */
  readonly maxCostUsd?: number | undefined;
  /** Calls models whose price is not known, and counts them as nothing. Default false: they are refused. */
  readonly allowUnknownPrice?: boolean | undefined;
  /** Counts the conversation's calls with those of others, and holds it to their common limit. */
  readonly meter?: CostMeter | undefined;
}

export interface Budget {
  /**
   * What a call of the conversation is counted by. Its own limit knows an answer by the entry that is made of it, and
   * counts itself what is billed and in no entry. `undefined` where there is no limit: nothing is to be counted.
   */
  meterFor(entries: () => readonly HistoryEntry[]): Meter | undefined;
  /** Counts an answer that came whole, and that no entry could be made of. */
  countUnstored(call: CallEstimate): void;
}

const hint =
  'Raise maxCostUsd, lower maxTokens, or send less of the conversation with `window` or `summarize`. Nothing was sent.';

/** Keeps a conversation within its limit, and within the one that it shares with others. Without one it does nothing. */
export function createBudget({ meter: shared, ...limit }: BudgetLimit): Budget {
  /** What is in no entry. */
  const own = new CostMeter({ maxCostUsd: limit.maxCostUsd, allowUnknownPrice: true });
  const allowUnknownPrice = limit.allowUnknownPrice ?? false;

  function check(entries: readonly HistoryEntry[], call: CallEstimate): void {
    if (limit.maxCostUsd === undefined) return;
    if (!allowUnknownPrice && costOf(call, call.modelId, call.tier) === undefined) throw unknownPrice(call);
    const stored = entries.reduce((sum, entry) => sum + priceOf(entry, limit), 0);
    own.check(call, stored, hint);
  }

  const isLimited = limit.maxCostUsd !== undefined || shared !== undefined;
  const meterOf = (entries: () => readonly HistoryEntry[]): Meter => ({
    begin: (call) => {
      check(entries(), call);
      const spending = shared?.begin(call, hint);
      return {
        answered: (usage, tier) => spending?.answered(usage, tier),
        failed: (error) => {
          const billed = billedOf(error, call);
          if (billed !== undefined) own.count(billed, call.modelId, call.tier);
          spending?.failed(error);
        },
      };
    },
  });
  return {
    meterFor: (entries) => (isLimited ? meterOf(entries) : undefined),
    countUnstored: (call) => own.count(call, call.modelId, call.tier),
  };
}

/** What an entry cost; where its usage was lost, what it may have cost by its length. */
function priceOf(entry: HistoryEntry, { allowUnknownPrice = false }: CostLimit): number {
  if (entry.costUsd !== undefined) return entry.costUsd;
  const { modelId } = entry;
  if (modelId === undefined) return 0;
  const tokens = isSummary(entry)
    ? mostTokens(entry.summary)
    : mostTokensOf({ modelId, messages: entry.messages as never }, modelId);
  const usage: BilledUsage = entry.usage ?? { inputTokens: tokens, outputTokens: tokens };
  const { unpriced } = usage;
  if (!allowUnknownPrice && costOf(usage, modelId) === undefined)
    throw unknownPrice({ modelId, ...(unpriced && { unpriced }) });
  return pricedPart(usage, modelId);
}
