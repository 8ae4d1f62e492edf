import type { Model } from 'bedrock-models';
import { invalid } from '../http/refusal.ts';
import type { CacheUse, PromptPart } from '../prompt-cache/prompt-cache.ts';
import type { ObjectSchema } from '../shapes/body-schema.ts';
import type { AnswerEvent } from '../words/answer.ts';

/**
 * A part of an answer that comes at once: a thought that Anthropic has encrypted, a call of a tool that AWS runs, and what
 * that gave. Only scripted words have them.
 */
export type WholeBlock =
  | { readonly type: 'redacted'; readonly data: string }
  | { readonly type: 'serverToolUse'; readonly id: string; readonly name: string; readonly input: unknown }
  | {
      readonly type: 'serverToolResult';
      readonly id: string;
      /** As in Converse's ToolResultBlock, such as `nova_code_interpreter_result`. */
      readonly resultType: string;
      /** JSON values. */
      readonly content: readonly unknown[];
      readonly isError?: boolean;
    };

/** A part of a turn, whatever the family or the API called it. */
export type Block =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'reasoning'; readonly text: string }
  | { readonly type: 'toolUse'; readonly id: string; readonly name: string; readonly input: unknown }
  | { readonly type: 'toolResult'; readonly id: string; readonly text: string; readonly isError: boolean }
  /** A picture, a document, a video: it is not read, but it costs tokens. */
  | { readonly type: 'media'; readonly kind: string; readonly tokens: number }
  | WholeBlock;

/** A part of an answer that comes piece by piece. */
export type SpokenBlock = Extract<Block, { readonly type: 'text' | 'reasoning' | 'toolUse' }>;

export interface Turn {
  readonly role: 'user' | 'assistant';
  /** All words of the turn that a reader of text would see: its texts and its tools' results. */
  readonly text: string;
  /** The turn's parts, where it has others than one text. */
  readonly blocks?: readonly Block[];
}

/** A tool the model may call; `schema` is the JSON Schema of its input. */
export interface Tool {
  readonly name: string;
  readonly description: string;
  readonly schema: unknown;
}

/** What every family's request comes to: the same question, whatever the body looked like. */
export interface ModelRequest {
  readonly system: string;
  /** At least one turn. A last turn by the assistant is the beginning of the answer. */
  readonly turns: readonly Turn[];
  /** The longest answer, in tokens. */
  readonly maxTokens: number;
  readonly stopSequences: readonly string[];
  readonly temperature?: number;
  /** The tools on offer; absent or empty: none. */
  readonly tools?: readonly Tool[];
  /** `auto`: the model decides; `any`: it must call one; `none`: it must not; otherwise the tool it must call. */
  readonly toolChoice?: 'auto' | 'any' | 'none' | { readonly name: string };
  /** A JSON Schema that the answer's text must follow. */
  readonly answerSchema?: unknown;
  /** The answer begins with what the model thinks. */
  readonly thinksFirst?: boolean;
  /** Texts to answer from, as the request marks them. */
  readonly passages?: readonly string[];
  /** The prompt in pieces, where it has cache points. */
  readonly promptParts?: readonly PromptPart[];
}

/** Why an answer ended: by itself, at the token limit, before a stop sequence, or to have a tool called. */
export type Ending =
  | { readonly reason: 'end' }
  | { readonly reason: 'maxTokens' }
  | { readonly reason: 'stopSequence'; readonly sequence: string }
  | { readonly reason: 'toolUse' };

export interface ModelAnswer {
  /** The answer's parts in order: texts, reasoning and tool calls. */
  readonly blocks: readonly (SpokenBlock | WholeBlock)[];
  /** All text parts, put together. */
  readonly text: string;
  readonly ending: Ending;
  /** Without what came from the prompt cache or went to it. */
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Absent: nothing came from a cache, and nothing went to one. */
  readonly cached?: CacheUse;
}

/** What is known when a stream begins. */
export interface StreamStart {
  readonly model: Model;
  /** Hex digits, the same for the same request; ids are made from it. */
  readonly requestHash: string;
  /** Without what came from the prompt cache or went to it. */
  readonly inputTokens: number;
  readonly cached?: CacheUse;
  /** The request's body, for families that repeat parts of it. */
  readonly body?: unknown;
}

/** How one family of models reads and writes its InvokeModel bodies. */
export interface Family {
  /** Checks a parsed body and reads it, or throws a `Refusal` in the family's own words. */
  read(body: unknown, model: Model): ModelRequest;
  /** The body's schema, where there is one: Converse checks `additionalModelRequestFields` against it. */
  readonly schema?: ObjectSchema;
  /** What Converse says to `additionalModelRequestFields` in other words than the schema's; absent: nothing. */
  readonly refusedFields?: (fields: unknown, model: Model) => string | undefined;
  /** How many answers a checked body asks for. All are the same here, and each costs its tokens. Absent: always one. */
  readonly answers?: (body: unknown) => number;
  /** Whether an answer tells how likely its tokens were, where the body asks for `logprobs`. Absent: it does not. */
  readonly tellsLogprobs?: boolean;
  /** What the family puts before its answer, such as a line break or a space. */
  readonly lead: string;
  /** What Converse's answers begin with, where that is something else. */
  readonly converseLead?: string;
  /**
   * The response body. `requestHash` (hex) is the same for the same request; ids are made from it. `body` is the
   * request's, for families that repeat parts of it; Converse has none to give.
   */
  write(answer: ModelAnswer, model: Model, requestHash: string, body?: unknown): unknown;
  /**
   * Begins a stream, and gives a function that is called with each event of the answer in order and gives the chunks
   * that it comes to, as JSON values: none, one or several. What a family sends before the first word belongs to the
   * first event, whatever it is; the last event is always `end`, and comes to at least one chunk. The operation adds
   * `amazon-bedrock-invocationMetrics` to the last chunk. Absent: the family does not stream.
   */
  streamWriter?(start: StreamStart): (event: AnswerEvent) => readonly Readonly<Record<string, unknown>>[];
}

/** Refuses an answer longer than the model can give. `requested` in tokens. */
export function checkMaxTokens(requested: number, model: Model): void {
  const limit = model.maxOutputTokens;
  if (requested > limit) {
    throw invalid(
      `The maximum tokens you requested exceeds the model limit of ${limit}. Try again with a maximum tokens value that is lower than ${limit}.`,
    );
  }
}
