import type { ConverseCommandInput } from '@aws-sdk/client-bedrock-runtime';
import { type BilledUsage, costOf, formatDollars, type PriceTier } from 'bedrock-models';
import { checkInput, checkOptions, refuseOtherMembers } from '../base/check-input.ts';
import { isLibError, LibError } from '../base/errors.ts';
import { harmless } from '../base/harmless.ts';
import type { Message } from '../base/message.ts';
import { mostTokens, mostTokensOf } from './estimate-tokens.ts';

export interface CostLimit {
  /** US dollars that everything together may cost. Absent: no limit. */
  readonly maxCostUsd?: number | undefined;
  /** Lets calls pass whose price is not known, and counts what has none as nothing. Default false: a limit refuses them. */
  readonly allowUnknownPrice?: boolean | undefined;
}

/** What a call may come to, in tokens. */
export interface CallEstimate {
  readonly modelId: string;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cacheWriteInputTokens?: number;
  readonly cacheDetails?: NonNullable<BilledUsage['cacheDetails']>;
  /** What of it is billed by itself, and has no price in the catalogue, such as a guardrail. */
  readonly unpriced?: readonly string[];
  /** How it is served. Absent: the Standard tier. */
  readonly tier?: PriceTier | undefined;
}

/** What a call is counted by, and held to a limit by: `CostMeter`, or a conversation's budget. */
export interface Meter {
  /** @throws LibError of kind `limit` when the call could pass the limit, or a price is not known */
  begin(call: CallEstimate): Spending;
}

/** A call that is under way. One of the two ends it. */
export interface Spending {
  /** It has been answered: it is counted by its usage, or by estimate where Bedrock did not tell it. */
  answered(usage: BilledUsage | undefined, tier?: PriceTier): void;
  /** It has failed: what was billed of it is counted, by estimate. */
  failed(error: unknown): void;
}

/**
 * Makes a call that a meter counts. Without a meter, makes it.
 *
 * @param estimate what it may come to; asked for only when there is a meter
 */
export async function metered<Result extends { readonly usage?: BilledUsage | undefined }>(
  meter: Meter | undefined,
  estimate: () => CallEstimate,
  run: () => Promise<Result>,
): Promise<Result> {
  if (meter === undefined) return run();
  const spending = meter.begin(estimate());
  try {
    const result = await run();
    spending.answered(result.usage, (result as { tier?: PriceTier }).tier);
    return result;
  } catch (error) {
    spending.failed(error);
    throw error;
  }
}

/**
 * What a failed call is billed, by estimate: what had arrived of its answer; all of it where an answer came that could
 * not be used. `undefined`: nothing, it was turned away. Pure.
 */
export function billedOf(error: unknown, call: CallEstimate): CallEstimate | undefined {
  if (!isLibError(error)) return undefined;
  const { kind, partialText, status } = error;
  if (kind === 'response' && (status ?? 200) === 200) return call;
  if (partialText === undefined) return undefined;
  // Turned away before the model began.
  if (partialText === '' && (kind === 'throttled' || kind === 'overloaded')) return undefined;
  return { ...call, outputTokens: Math.min(call.outputTokens, mostTokens(partialText)) };
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
  #limit: CostLimit;
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
    refuseOtherMembers('CostMeter', 'options', limit, ['maxCostUsd', 'allowUnknownPrice']);
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

  /** The limit, in US dollars. It may be set to another one at any time, or to none. */
  get maxCostUsd(): number | undefined {
    return this.#limit.maxCostUsd;
  }

  set maxCostUsd(maxCostUsd: number | undefined) {
    checkInput('CostMeter', { maxCostUsd }, { maxCostUsd: 'amount?' });
    this.#limit = { ...this.#limit, maxCostUsd };
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
    const next = pricedPart(call, call.modelId, call.tier);
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
    const { unpriced } = usage;
    if (price === undefined) this.#unknownPriceOf ??= { modelId, tier, ...(unpriced && { unpriced }) };
    this.#knownUsd += pricedPart(usage, modelId, tier);
    this.#calls += 1;
    this.#inputTokens +=
      usage.inputTokens + (usage.cacheReadInputTokens ?? 0) + (usage.cacheWriteInputTokens ?? 0);
    this.#outputTokens += usage.outputTokens;
    for (const listener of this.#listeners) listener();
  }

  /**
   * Begins a call if the limit allows it. Until it ends it counts as what it may cost, so that calls at the same time
   * never pass the limit together.
   *
   * @throws LibError of kind `limit`
   */
  begin(call: CallEstimate, hint?: string): Spending {
    this.check(call, 0, hint);
    const { modelId, tier } = call;
    const reserved = pricedPart(call, modelId, tier);
    this.#reservedUsd += reserved;
    let isOpen = true;
    const end = (usage: BilledUsage | undefined, servedAs: PriceTier | undefined) => {
      if (!isOpen) return;
      isOpen = false;
      this.#reservedUsd -= reserved;
      if (usage !== undefined) this.count(usage, modelId, servedAs);
    };
    return {
      answered: (usage, servedAs = tier) => end(usage ?? call, servedAs),
      failed: (error) => end(billedOf(error, call), tier),
    };
  }

  /**
   * Makes a call if the limit allows it, and counts it: by its usage, or by estimate where Bedrock did not tell it.
   * Of a call that fails, what had arrived is counted. Calls at the same time never pass the limit together. The
   * functions of `lib` take the option `meter`, which does the same and knows all of the request.
   *
   * @returns what `run` gives
   * @throws LibError of kind `limit` before anything is sent; and whatever `run` throws
   */
  async spend<Result extends { readonly usage?: BilledUsage | undefined }>(
    { modelId, prompt, maxTokens = 512, tier }: PlannedCall,
    run: () => Promise<Result>,
  ): Promise<Result> {
    if (typeof prompt !== 'string') checkInput('CostMeter.spend', { prompt }, { prompt: 'messages' });
    const inputTokens =
      typeof prompt === 'string'
        ? mostTokens(prompt)
        : mostTokensOf({ modelId, messages: prompt as ConverseCommandInput['messages'] }, modelId);
    return metered(this, () => ({ modelId, tier, inputTokens, outputTokens: maxTokens }), run);
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
type PricedAs = Pick<CallEstimate, 'modelId' | 'tier' | 'unpriced'>;

/** US dollars of a call without what is billed by itself and has no price; 0 where nothing of it has one. Pure. */
export function pricedPart(usage: BilledUsage, modelId: string, tier?: PriceTier): number {
  return costOf({ ...usage, unpriced: [] }, modelId, tier) ?? 0;
}

/** A model, with the tier that serves it where that is not the standard one, and what is billed beside it. Pure. */
function nameOf({ modelId, tier, unpriced = [] }: PricedAs): string {
  const served = tier === undefined ? modelId : `${modelId} in the ${tier} tier`;
  return unpriced.length === 0 ? served : `${served} with ${unpriced.join(' and ')}`;
}

/** Why a limit refuses what it cannot add up. Pure. */
export function unknownPrice(priced: PricedAs): LibError {
  return new LibError(`The price of ${nameOf(priced)} is not known, so its cost cannot be limited`, {
    kind: 'limit',
    hint: priced.unpriced?.length
      ? 'Leave out maxCostUsd, or what has no price; or set allowUnknownPrice: true, and only what has one is counted. Nothing was sent.'
      : 'Leave out maxCostUsd, set allowUnknownPrice: true, or use a model that the catalogue has a price for. Nothing was sent.',
    modelId: priced.modelId,
  });
}
