import { hasPrice } from 'bedrock-models';
import { checkMembers, refuseOldOptions } from '../base/check-input.ts';
import { isLibError, LibError } from '../base/errors.ts';
import type { TurnLimit } from '../converse/turn.ts';
import type { AgentStep } from './agent-result.ts';

export interface Limits {
  /** How many answers of the model one run may take. Default 10. */
  readonly maxSteps?: number;
  /** Tokens, in and out, after which a run makes no further call. The last call may pass it. Default: no limit. */
  readonly totalTokens?: number;
  /** Milliseconds that one run may take. Default: no limit. */
  readonly maxMs?: number;
  /** US dollars that the whole conversation may cost, its history included. A call that could pass it is not made. */
  readonly maxCostUsd?: number;
  /** Calls models whose price is not known, and counts them as nothing. Default false: they are refused. */
  readonly allowUnknownPrice?: boolean;
}

export type LimitName = 'steps' | 'tokens' | 'time' | 'cost';

/** A limit that a run is at. */
export type ReachedLimit = TurnLimit<LimitName>;

export const defaultMaxSteps = 10;

/** @throws LibError of kind `request` for a limit that would allow nothing, is no number, or is not known */
export function checkLimits(limits: Limits): void {
  refuseOldOptions('Agent', limits, {
    maxTokens: 'The whole run is limited by limits.totalTokens; the longest answer by maxTokens.',
  });
  const { maxSteps, totalTokens, maxMs, maxCostUsd } = limits;
  for (const [name, value] of Object.entries({ maxSteps, totalTokens, maxMs, maxCostUsd })) {
    if (value === undefined || value > 0) continue;
    throw new LibError(`The limit ${name} is ${value}`, {
      kind: 'request',
      hint: 'Set it above 0, or leave it out.',
    });
  }
  checkMembers('Agent', 'limits', limits, {
    maxSteps: 'amount?',
    totalTokens: 'amount?',
    maxMs: 'amount?',
    maxCostUsd: 'amount?',
    allowUnknownPrice: 'flag?',
  });
}

/** The limit on steps or tokens that these steps have reached. Pure. */
export function reachedLimit(
  { maxSteps = defaultMaxSteps, totalTokens }: Limits,
  steps: readonly Pick<AgentStep, 'usage'>[],
): ReachedLimit | undefined {
  if (steps.length >= maxSteps) {
    const count = maxSteps === 1 ? '1 step' : `${maxSteps} steps`;
    return { limit: 'steps', explanation: `The run has taken ${count}, which is its limit.` };
  }
  const spent = steps.reduce((sum, { usage }) => sum + (usage?.totalTokens ?? totalOf(usage)), 0);
  if (totalTokens === undefined || spent < totalTokens) return undefined;
  return { limit: 'tokens', explanation: `The run has used ${spent} tokens; its limit is ${totalTokens}.` };
}

/**
 * The limit that an error stands for; `undefined` when it is a failure. Pure.
 *
 * @param isLate the time of the run is over
 * @param isCostLimited there is a limit on cost: of the agent, or of the meter that it shares
 */
export function limitOf(
  error: unknown,
  isLate: boolean,
  isCostLimited: boolean,
  limits: Limits,
  modelId: string,
): ReachedLimit | undefined {
  if (isLate && isStop(error)) {
    return { limit: 'time', explanation: `The run has taken ${limits.maxMs} ms, which is its limit.` };
  }
  if (!isLibError(error) || error.kind !== 'limit' || !isCostLimited) return undefined;
  return hasPrice(modelId) ? { limit: 'cost', explanation: `${error.message}.` } : undefined;
}

/** What a call, or a tool, ends with when its signal aborts. */
function isStop(error: unknown): boolean {
  return isLibError(error)
    ? error.kind === 'aborted' || error.kind === 'timeout'
    : error instanceof DOMException;
}

/** What the calls and tools of a run end with when its time is over. */
export function timeOver(): DOMException {
  return new DOMException('The time of the run is over.', 'TimeoutError');
}

function totalOf(usage: AgentStep['usage']): number {
  return (usage?.inputTokens ?? 0) + (usage?.outputTokens ?? 0);
}
