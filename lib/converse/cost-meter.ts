import { type BilledUsage, costOf, formatDollars, type PriceTier } from 'bedrock-models';
import { checkOptions } from '../base/check-input.ts';
import { isLibError, LibError } from '../base/errors.ts';
import { harmless } from '../base/harmless.ts';
import type { Message } from '../base/message.ts';
import { type HistoryEntry, isSummary } from '../history/history.ts';
import { defaultMaxTokens } from '../invoke/family.ts';
import { estimateTokens } from './context.ts';

export interface CostLimit {
  /** US dollars that everything together may cost. Absent: no limit. */
  readonly maxCostUsd?: number | undefined;
  /** Lets calls pass whose price is not known, and counts them as nothing. Default false: a limit refuses them. */
  readonly allowUnknownPrice?: boolean | undefined;
}

/** What a call may come to, in tokens. */
export interface CallEstimate {
  readonly modelId: string;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** How it is served. Absent: the Standard tier. */
  readonly tier?: PriceTier | undefined;
}

/** A call that is about to be made. */
export interface PlannedCall {
  readonly modelId: string;
  /** What is sent. Its tokens are estimated. */
  readonly prompt: string | readonly Message[];
  /** The longest answer, in tokens. Default 512, as everywhere in `lib`. */
  readonly maxTokens?: number;
  /** How it is served. Absent: the Standard tier. */
  readonly tier?: PriceTier | undefined;
}

const lowerCosts = 'Raise maxCostUsd, lower maxTokens, or send a shorter prompt. Nothing was sent.';

/**
 * Adds up what calls cost, and stops before the one that could pass a limit. What a call will cost is an estimate
 * (its prompt by length, its answer as long as it may become); what it did cost is counted from its usage, cached
 * tokens once. A price that is not known makes the sum unknown, never smaller.
 */
export class CostMeter {
  readonly #limit: CostLimit;
  readonly #listeners = new Set<() => void>();
  #calls = 0;
  #inputTokens = 0;
  #outputTokens = 0;
  #knownUsd = 0;
  #reservedUsd = 0;
  /** The model, and its tier, whose price was first not known. */
  #unknownPriceOf: PricedAs | undefined;

  constructor(limit: CostLimit = {}) {
    checkOptions('CostMeter', limit, { maxCostUsd: 'amount?', allowUnknownPrice: 'flag?' });
    this.#limit = limit;
  }

  /** How many calls were counted. */
  get calls(): number {
    return this.#calls;
  }

  /** Tokens that went in, cached ones included, and came out. */
  get tokens(): { readonly input: number; readonly output: number } {
    return { input: this.#inputTokens, output: this.#outputTokens };
  }

  /** US dollars so far; `undefined` when the price of one call is not known. */
  get costUsd(): number | undefined {
    return this.#unknownPriceOf === undefined ? this.#knownUsd : undefined;
  }

  /** The limit, in US dollars. */
  get maxCostUsd(): number | undefined {
    return this.#limit.maxCostUsd;
  }

  /**
   * To be asked before a call; calls under way are taken at what they may cost.
   *
   * @param spentElsewhere US dollars that count against the limit and are not in this meter
   * @param hint the next step when the limit would be passed
   * @throws LibError of kind `limit` when the call could pass the limit, or a price is not known
   */
  check(call: CallEstimate, spentElsewhere = 0, hint = lowerCosts): void {
    const { maxCostUsd, allowUnknownPrice = false } = this.#limit;
    if (maxCostUsd === undefined) return;
    const price = costOf(call, call.modelId, call.tier);
    const unknown = price === undefined ? call : this.#unknownPriceOf;
    if (unknown !== undefined && !allowUnknownPrice) throw unknownPrice(unknown);
    const next = price ?? 0;
    const spent = spentElsewhere + this.#knownUsd + this.#reservedUsd;
    if (spent + next <= maxCostUsd) return;
    throw new LibError(
      `The next call may cost ${formatDollars(next)}: with the ${formatDollars(spent)} spent so far that is more than the limit of ${formatDollars(maxCostUsd)}`,
      { kind: 'limit', hint, modelId: call.modelId },
    );
  }

  /** Counts a call that was made. */
  count(usage: BilledUsage, modelId: string, tier?: PriceTier): void {
    const price = costOf(usage, modelId, tier);
    if (price === undefined) this.#unknownPriceOf ??= { modelId, tier };
    else this.#knownUsd += price;
    this.#calls += 1;
    this.#inputTokens +=
      usage.inputTokens + (usage.cacheReadInputTokens ?? 0) + (usage.cacheWriteInputTokens ?? 0);
    this.#outputTokens += usage.outputTokens;
    for (const listener of this.#listeners) listener();
  }

  /**
   * Makes a call if the limit allows it, and counts it: by its usage, or by estimate where Bedrock did not tell it.
   * Of a call that fails, what had arrived is counted. Calls at the same time never pass the limit together.
   *
   * @returns what `run` gives
   * @throws LibError of kind `limit` before anything is sent; and whatever `run` throws
   */
  async spend<Result extends { readonly usage?: BilledUsage | undefined }>(
    { modelId, prompt, maxTokens = defaultMaxTokens, tier }: PlannedCall,
    run: () => Promise<Result>,
  ): Promise<Result> {
    const call = { modelId, tier, inputTokens: estimateTokens(prompt, modelId), outputTokens: maxTokens };
    this.check(call);
    const reserved = costOf(call, modelId, tier) ?? 0;
    this.#reservedUsd += reserved;
    try {
      const result = await run();
      this.count(result.usage ?? call, modelId, tier);
      return result;
    } catch (error) {
      if (isLibError(error) && error.partialText !== undefined) {
        this.count({ ...call, outputTokens: estimateTokens(error.partialText, modelId) }, modelId, tier);
      }
      throw error;
    } finally {
      this.#reservedUsd -= reserved;
    }
  }

  /** Calls `given` after each call that is counted. Gives the function that ends this. */
  onCount(given: () => void): () => void {
    const listener = harmless('onCount', given);
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Such as `3 calls, 1,204 tokens in and 80 out: $0.00042 of at most $0.05`. */
  toString(): string {
    const count = (number: number) => number.toLocaleString('en-US');
    const limit = this.maxCostUsd === undefined ? '' : ` of at most ${formatDollars(this.maxCostUsd)}`;
    const unknown = this.#unknownPriceOf;
    const cost =
      unknown !== undefined
        ? `cost unknown (no price for ${nameOf(unknown)}; the rest is ${formatDollars(this.#knownUsd)})`
        : formatDollars(this.costUsd);
    const calls = `${count(this.#calls)} ${this.#calls === 1 ? 'call' : 'calls'}`;
    return `${calls}, ${count(this.#inputTokens)} tokens in and ${count(this.#outputTokens)} out: ${cost}${limit}`;
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return `CostMeter (${this})`;
  }
}

/** What has one price. */
type PricedAs = Pick<CallEstimate, 'modelId' | 'tier'>;

/** A model, with the tier that serves it where that is not the standard one. Pure. */
function nameOf({ modelId, tier }: PricedAs): string {
  return tier === undefined ? modelId : `${modelId} in the ${tier} tier`;
}

/** Why a limit refuses what it cannot add up. Pure. */
function unknownPrice(priced: PricedAs): LibError {
  return new LibError(`The price of ${nameOf(priced)} is not known, so its cost cannot be limited`, {
    kind: 'limit',
    hint: 'Leave out maxCostUsd, set allowUnknownPrice: true, or use a model that the catalogue has a price for. Nothing was sent.',
    modelId: priced.modelId,
  });
}

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
