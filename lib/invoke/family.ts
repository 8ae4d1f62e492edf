import type { TokenUsage } from '../models/cost.ts';

/** What a caller may ask of any family. Each family's file says how it writes what its API has no member for. */
export interface InvokeOptions {
  /** Longest answer, in tokens. Default 512: enough for a lesson, and a limit on the bill. */
  readonly maxTokens?: number;
  /** 0 (always the likeliest word) to 1. Default: the model's own. */
  readonly temperature?: number;
  /** Share of the probability mass to choose from, above 0 and up to 1. */
  readonly topP?: number;
  /** The answer ends before any of these. */
  readonly stopSequences?: readonly string[];
  /** Instructions that stand above the prompt. */
  readonly system?: string;
}

/** The longest answer when the caller does not say, in tokens. */
export const defaultMaxTokens = 512;

/** Why the answer ended, in Converse's words whatever the family's own. */
export type StopReason = 'end_turn' | 'max_tokens' | 'stop_sequence' | 'content_filtered' | (string & {});

export interface ParsedAnswer {
  readonly text: string;
  readonly stopReason: StopReason;
  /** Token counts that stand in the body; several families leave them to the response headers. */
  readonly usage: Partial<TokenUsage>;
}

/** How one model family writes its request body and its answer. Both functions are pure. */
export interface InvokeFamily {
  readonly buildBody: (prompt: string, options: InvokeOptions & { maxTokens: number }) => object;
  /** Reads the decoded JSON body. Lenient: what is missing is missing, unknown members are ignored. */
  readonly parseBody: (body: unknown) => ParsedAnswer;
}

/** Drops members that are `undefined`, which Bedrock would refuse as `null`. */
export function withoutUndefined<T extends object>(members: T): T {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as T;
}
