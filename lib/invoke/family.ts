import type { TokenUsage } from 'bedrock-models';

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

/** What one chunk of a stream adds to the answer. */
export interface ParsedChunk {
  /** A further piece of text. */
  readonly text?: string;
  /** With it the answer is whole, although further chunks may follow. */
  readonly stopReason?: StopReason;
  readonly usage?: Partial<TokenUsage>;
}

/** One side's words in a conversation. */
export interface TextTurn {
  readonly role: 'user' | 'assistant';
  readonly text: string;
}

/** What a family's functions are told of the call. */
export interface BuildOptions extends InvokeOptions {
  readonly maxTokens: number;
  /** The base id of the model, where a family's models differ. */
  readonly modelId?: string;
}

/**
 * How one model family writes its request body and its answer. All functions are pure, but for the memory of a
 * chunk reader.
 */
export interface InvokeFamily {
  /** The body for one prompt. */
  readonly buildBody: (prompt: string, options: BuildOptions) => object;
  /**
   * The body for a conversation. It has at least one turn; a last one by the assistant is the beginning of the answer.
   */
  readonly buildConversation: (turns: readonly TextTurn[], options: BuildOptions) => object;
  /** The body for a stream, where that says so itself. */
  readonly streamBody?: (body: object) => object;
  /** Reads the decoded JSON body. Lenient: what is missing is missing, unknown members are ignored. */
  readonly parseBody: (body: unknown, modelId?: string) => ParsedAnswer;
  /** Begins to read a stream: a function that is given its chunks in order, decoded from JSON. Lenient likewise. */
  readonly readChunks: (modelId?: string) => (chunk: unknown) => ParsedChunk;
}
