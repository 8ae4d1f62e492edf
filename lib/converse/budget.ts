import { costOf } from 'bedrock-models';
import {
  billedOf,
  type CallEstimate,
  type CostLimit,
  CostMeter,
  type Meter,
  unknownPrice,
} from '../call/cost-meter.ts';
import { mostTokens, mostTokensOf } from '../call/estimate-tokens.ts';
import { type HistoryEntry, isSummary } from '../history/history.ts';

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
   * counts itself what is billed and in no entry.
   */
  meterFor(entries: readonly HistoryEntry[]): Meter;
  /** Counts an answer that came whole, and that no entry could be made of. */
  countUnstored(call: CallEstimate): void;
}

const hint =
  'Raise maxCostUsd, lower inference.maxTokens, or send less of the conversation with `window` or `summarize`. Nothing was sent.';

/** Keeps a conversation within its limit, and within the one that it shares with others. Without one it does nothing. */
export function createBudget({ meter: shared, ...limit }: BudgetLimit): Budget {
  /** What is in no entry. */
  const own = new CostMeter({ ...limit, allowUnknownPrice: true });
  const allowUnknownPrice = limit.allowUnknownPrice ?? false;

  function check(entries: readonly HistoryEntry[], call: CallEstimate): void {
    if (limit.maxCostUsd === undefined) return;
    if (!allowUnknownPrice && costOf(call, call.modelId, call.tier) === undefined) throw unknownPrice(call);
    const stored = entries.reduce((sum, entry) => sum + priceOf(entry, limit), 0);
    own.check(call, stored, hint);
  }

  return {
    meterFor: (entries) => ({
      begin: (call) => {
        check(entries, call);
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
    }),
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
  const price = costOf(entry.usage ?? { inputTokens: tokens, outputTokens: tokens }, modelId);
  if (price === undefined && !allowUnknownPrice) throw unknownPrice({ modelId });
  return price ?? 0;
}
