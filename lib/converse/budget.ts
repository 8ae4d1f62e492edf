import { costOf } from 'bedrock-models';
import { type HistoryEntry, isSummary } from '../history/history.ts';
import { type CallEstimate, type CostLimit, CostMeter, unknownPrice } from './cost-meter.ts';
import { estimateTokens } from './estimate-tokens.ts';

export interface BudgetLimit {
  /** US dollars that the whole conversation may cost, what is in its history included. */
  readonly maxCostUsd?: number | undefined;
  /** Calls models whose price is not known, and counts them as nothing. Default false: they are refused. */
  readonly allowUnknownPrice?: boolean | undefined;
  /** Counts the conversation's calls with those of others, and holds it to their common limit. */
  readonly costMeter?: CostMeter | undefined;
}

export interface Budget {
  /** @throws LibError of kind `limit` when the call could pass the limit, or its price is not known */
  check(entries: readonly HistoryEntry[], call: CallEstimate): void;
  /** Counts a call whose answer came whole. The conversation's own limit knows it by its entry. */
  countAnswered(call: CallEstimate): void;
  /** Counts a call that failed after an answer had begun: it is billed, and in no entry. By estimate. */
  countFailed(call: CallEstimate): void;
  /** Counts an answer that came whole, and that no entry could be made of. `countAnswered` has been called for it. */
  countUnstored(call: CallEstimate): void;
}

const hint =
  'Raise maxCostUsd, lower inference.maxTokens, or send less of the conversation with `window` or `summarize`. Nothing was sent.';

/** Keeps a conversation within its limit, and within the one that it shares with others. Without one it does nothing. */
export function createBudget({ costMeter, ...limit }: BudgetLimit): Budget {
  /** What is in no entry. */
  const own = new CostMeter({ ...limit, allowUnknownPrice: true });
  const allowUnknownPrice = limit.allowUnknownPrice ?? false;

  function check(entries: readonly HistoryEntry[], call: CallEstimate): void {
    costMeter?.check(call, 0, hint);
    if (limit.maxCostUsd === undefined) return;
    if (!allowUnknownPrice && costOf(call, call.modelId, call.tier) === undefined) {
      throw unknownPrice(call);
    }
    const stored = entries.reduce((sum, entry) => sum + priceOf(entry, limit), 0);
    own.check(call, stored, hint);
  }

  return {
    check,
    countAnswered: (call) => costMeter?.count(call, call.modelId, call.tier),
    countFailed: (call) => {
      own.count(call, call.modelId, call.tier);
      costMeter?.count(call, call.modelId, call.tier);
    },
    countUnstored: (call) => own.count(call, call.modelId, call.tier),
  };
}

/** What an entry cost; where its usage was lost, what it may have cost by its length. */
function priceOf(entry: HistoryEntry, { allowUnknownPrice = false }: CostLimit): number {
  if (entry.costUsd !== undefined) return entry.costUsd;
  const { modelId } = entry;
  if (modelId === undefined) return 0;
  const tokens = isSummary(entry)
    ? estimateTokens(entry.summary, modelId)
    : estimateTokens(entry.messages, modelId);
  const price = costOf(entry.usage ?? { inputTokens: tokens, outputTokens: tokens }, modelId);
  if (price === undefined && !allowUnknownPrice) throw unknownPrice({ modelId });
  return price ?? 0;
}
