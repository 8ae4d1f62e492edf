import { LibError } from '../errors.ts';
import { type HistoryEntry, isSummary } from '../history/history.ts';
import { costOf, formatDollars } from '../models/cost.ts';
import { estimateTokens } from './estimate-tokens.ts';

export interface BudgetLimit {
  /** US dollars that the whole conversation may cost, what is in its history included. */
  readonly maxCostUsd?: number | undefined;
  /** Calls models whose price is not known, and counts them as nothing. Default false: they are refused. */
  readonly allowUnknownPrice?: boolean | undefined;
}

/** What a call may come to, in tokens. */
export interface CallEstimate {
  readonly modelId: string;
  readonly inputTokens: number;
  readonly outputTokens: number;
}

export interface Budget {
  /** @throws LibError of kind `limit` when the call could pass the limit, or its price is not known */
  check(entries: readonly HistoryEntry[], call: CallEstimate): void;
  /** Counts a call that failed after an answer had begun: it is billed, and in no entry. By estimate. */
  countFailed(call: CallEstimate): void;
}

/** Keeps a conversation within its limit. Without one it does nothing. */
export function createBudget({ maxCostUsd, allowUnknownPrice = false }: BudgetLimit): Budget {
  let failed = 0;

  function check(entries: readonly HistoryEntry[], call: CallEstimate): void {
    if (maxCostUsd === undefined) return;
    const price = costOf(call, call.modelId);
    if (price === undefined && !allowUnknownPrice) throw unknownPrice(call.modelId);
    const spent = failed + entries.reduce((sum, entry) => sum + priceOf(entry, allowUnknownPrice), 0);
    const next = price ?? 0;
    if (spent + next <= maxCostUsd) return;
    throw new LibError(
      `The next call may cost ${formatDollars(next)}: with the ${formatDollars(spent)} spent so far that is more than the limit of ${formatDollars(maxCostUsd)}`,
      {
        kind: 'limit',
        hint: 'Raise maxCostUsd, lower inference.maxTokens, or send less of the conversation with `window` or `summarize`. Nothing was sent.',
        modelId: call.modelId,
      },
    );
  }

  return {
    check,
    countFailed: (call) => {
      failed += costOf(call, call.modelId) ?? 0;
    },
  };
}

/** What an entry cost; where its usage was lost, what it may have cost by its length. */
function priceOf(entry: HistoryEntry, allowUnknownPrice: boolean): number {
  if (entry.costUsd !== undefined) return entry.costUsd;
  const { modelId } = entry;
  if (modelId === undefined) return 0;
  const tokens = isSummary(entry)
    ? estimateTokens(entry.summary, modelId)
    : estimateTokens(entry.messages, modelId);
  const price = costOf(entry.usage ?? { inputTokens: tokens, outputTokens: tokens }, modelId);
  if (price === undefined && !allowUnknownPrice) throw unknownPrice(modelId);
  return price ?? 0;
}

function unknownPrice(modelId: string): LibError {
  return new LibError(`The price of ${modelId} is not known, so its cost cannot be limited`, {
    kind: 'limit',
    hint: 'Leave out maxCostUsd, set allowUnknownPrice: true, or use a model that the catalogue has a price for. Nothing was sent.',
    modelId,
  });
}
