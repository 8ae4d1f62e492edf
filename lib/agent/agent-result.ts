import type { TokenUsage } from 'bedrock-models';
import type { StopReason } from '../invoke/family.ts';
import type { Objection } from './guard.ts';
import type { LimitName } from './limits.ts';
import type { ToolOutcome } from './tool-outcome.ts';

/** One answer of the model, and what became of the tools it called. */
export interface AgentStep {
  /** 1, 2, 3, … */
  readonly number: number;
  /** What the model said, beside its calls. */
  readonly text: string;
  /** In the order of the calls. Empty for an answer without calls. */
  readonly tools: readonly ToolOutcome[];
  readonly stopReason: StopReason;
  /** Tokens; `undefined` when Bedrock did not say. */
  readonly usage: TokenUsage | undefined;
  /** US dollars; `undefined` when unknown. */
  readonly costUsd: number | undefined;
}

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

/** The model has answered. With `stopReason` `max_tokens` the answer was cut at `inference.maxTokens`. */
export interface Answered<Value> extends RunRecord {
  readonly outcome: 'answered';
  readonly stopReason: StopReason;
  /** The answer by the schema `output`; absent without one. */
  readonly value?: Value;
}

/** The run ended at one of `limits`, before there was an answer. */
export interface AtLimit extends RunRecord {
  readonly outcome: 'limit';
  readonly limit: LimitName;
  /** What was reached, as a sentence. */
  readonly explanation: string;
}

/** Something was kept back: what the user said, what the model said, or either by a guardrail of Bedrock. */
export interface Blocked extends RunRecord {
  readonly outcome: 'blocked';
  readonly by: 'input' | 'output' | 'guardrail';
  readonly objection: Objection;
}

/** How a run has ended. */
export type AgentResult<Value = unknown> = Answered<Value> | AtLimit | Blocked;
