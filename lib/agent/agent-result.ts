import type { TokenUsage } from 'bedrock-models';
import type { Objection, TurnStep } from '../converse/turn.ts';
import type { Delta } from '../converse/types.ts';
import type { StopReason } from '../invoke/family.ts';
import type { PendingCall } from './decisions.ts';
import type { LimitName } from './limits.ts';
import type { ToolOutcome } from './tool-result.ts';

/** One answer of the model, and what became of the tools it called. */
export type AgentStep = TurnStep<ToolOutcome>;

interface RunRecord {
  /** The answer, or what there is of one; in its place the reason when it is kept back. */
  readonly text: string;
  readonly steps: readonly AgentStep[];
  /** Tokens of all steps; `undefined` when those of one are unknown. */
  readonly usage: TokenUsage | undefined;
  /** US dollars of all steps; `undefined` when those of one are unknown. */
  readonly costUsd: number | undefined;
  /** What else happened, as sentences for a person: a summary made, a crash repaired. Mostly empty. */
  readonly notices: readonly string[];
}

/** The model has answered. With `stopReason` `max_tokens` the answer was cut at `maxTokens`. */
export interface Answered<Value> extends RunRecord {
  readonly outcome: 'answered';
  readonly stopReason: StopReason;
  /** The answer by the schema `output`; absent without one. */
  readonly value?: Value;
  /** What a reader has to know, such as that the answer was cut; absent: nothing. */
  readonly explanation?: string;
}

/**
 * The model has stopped, and there is no answer, or not all of it: nothing was said, what was said is malformed, or it
 * ended for a reason that is not known. It is not sent again, unless there are words that can be used.
 */
export interface Unfinished extends RunRecord {
  readonly outcome: 'unfinished';
  readonly stopReason: StopReason;
  /** What happened, as a sentence. */
  readonly explanation: string;
}

/** The run ended at one of `limits`, before there was an answer. */
export interface AtLimit extends RunRecord {
  readonly outcome: 'limit';
  readonly limit: LimitName;
  /** What was reached, as a sentence. */
  readonly explanation: string;
}

/**
 * Something was kept back: what the user said, what the model said, or either, or what a tool gave, by a guardrail of
 * Bedrock. It is in the history, marked, and is not sent again; of what the user said nothing is stored.
 */
export interface Blocked extends RunRecord {
  readonly outcome: 'blocked';
  /** `filter`: the model's own. */
  readonly by: 'input' | 'output' | 'guardrail' | 'filter';
  readonly objection: Objection;
}

/**
 * The run waits for a person's decision on `pending`. It is in the history as it is, and goes on in this program or in
 * another: `agent.run({ decisions: pending.map((call) => ({ ...call, approval: true })) })`. When the conversation goes
 * on without one, the calls are given up.
 */
export interface Waiting extends RunRecord {
  readonly outcome: 'waiting';
  /** Plain JSON. */
  readonly pending: readonly PendingCall[];
  /** What it waits for, as a sentence. */
  readonly explanation: string;
}

/**
 * What happens in a run, in order: each step begins, the pieces of its answer come, its tools run, and it ends. Texts of
 * two steps have an end and a start between them.
 */
export type AgentEvent =
  | { readonly type: 'stepStart'; readonly number: number }
  /** A piece of the answer: `text`, `reasoning`, `toolUse`, `toolInput` and the rarer ones. */
  | Delta
  /** The tool runs now: its input fits, and it was allowed. */
  | ToolEvent<'toolStart'>
  /** A person is asked whether it may run. Those who decide later are in `pending` of the result. */
  | ToolEvent<'approvalAsked'>
  /** The result is stored, whatever became of the call. */
  | { readonly type: 'toolEnd'; readonly outcome: ToolOutcome }
  /** With tokens, cost and the outcomes of its tools. */
  | { readonly type: 'stepEnd'; readonly step: AgentStep }
  | { readonly type: 'end'; readonly result: AgentResult };

/** What happens to one call of a tool. */
export interface ToolEvent<Type extends 'toolStart' | 'approvalAsked'> {
  readonly type: Type;
  readonly toolUseId: string;
  readonly name: string;
  /** What the tool is given: the model's input as the schema has let it through. */
  readonly input: unknown;
}

/** How a run has ended. */
export type AgentResult<Value = unknown> = Answered<Value> | Unfinished | AtLimit | Blocked | Waiting;
