import type { TokenUsage } from 'bedrock-models';
import type { AgentEvent } from '../agent/agent-result.ts';
import type { Approval, ToolCallContext } from '../agent/tool.ts';
import type { CostMeter } from '../call/cost-meter.ts';
import type { Delta } from '../converse/types.ts';
import type { History } from '../history/history.ts';

/**
 * Asks the visitor in front of the page before a tool does anything: the `approve` of a `tool`. The page shows the
 * tool's name and input, with *Allow* and *Refuse*. It is refused when the visitor says so, does not answer in time, or
 * has left.
 */
export type AskVisitor = (input: unknown, context: ToolCallContext) => Promise<Approval>;

/** What came of a turn. `Reply` of a `Conversation` and `AgentResult` of an `Agent` are of this shape. */
export interface AnswererResult {
  readonly text: string;
  readonly usage?: TokenUsage | undefined;
  /** US dollars; `undefined` when unknown. */
  readonly costUsd?: number | undefined;
  /** Why the answer broke off, such as `max_tokens`. */
  readonly stopReason?: string | undefined;
  /** An agent ended at a limit: which, as a sentence. */
  readonly explanation?: string;
  /** An agent kept something back: why. */
  readonly objection?: { readonly reason: string };
}

/** One turn while it happens: what `Conversation.stream` and `Agent.stream` give. */
export type AnswererStream = AsyncIterable<Delta | AgentEvent> &
  (
    | { readonly result: Promise<AnswererResult> }
    /** @deprecated The name of `result` before. */
    | { readonly reply: Promise<AnswererResult> }
  );

/** Whoever answers in one session: a `Conversation`, an `Agent`, or something of your own. */
export interface Answerer {
  stream(input: string, options: { readonly signal: AbortSignal }): AnswererStream;
}

/** The members by which a `Conversation` or an `Agent` goes on with a visitor's session. */
export interface AnswererRequest {
  /** What the visitor has chosen from the list. */
  readonly modelId: string;
  readonly sessionId: string;
  /** Where the session is kept. What is appended to it is what the visitor sees of the turn from its end on. */
  readonly history: History;
  /** Of a page with `maxCostUsd.day`: holds what is counted by it to the day's limit. */
  readonly meter?: CostMeter;
}
