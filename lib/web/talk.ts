import type { Delta } from '../converse/delta.ts';
import type { History } from '../history/history.ts';
import type { TokenUsage } from '../models/cost.ts';

/** A step of an agent, shown while it happens. */
export interface ToolStep {
  readonly type: 'step';
  /** Such as `get_weather`. */
  readonly name: string;
  /** What it was given, or what it gave, for a person. */
  readonly text: string;
}

/** One turn while it happens. `Conversation.stream` gives this; an agent may give steps as well. */
export interface Talk extends AsyncIterable<Delta | ToolStep> {
  readonly reply: Promise<{
    readonly text: string;
    readonly usage?: TokenUsage | undefined;
    readonly costUsd?: number | undefined;
  }>;
}

/** Whoever answers in one session: a `Conversation`, or an agent. */
export interface Talker {
  stream(input: string, options: { readonly signal: AbortSignal }): Talk;
}

export interface TalkerRequest {
  readonly modelId: string;
  readonly sessionId: string;
  readonly history: History;
}
