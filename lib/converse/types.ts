import type {
  CitationsDelta,
  ConverseTrace,
  ImageBlockDelta,
  ToolResultBlockDelta,
} from '@aws-sdk/client-bedrock-runtime';
import type { PriceTier, TokenUsage } from 'bedrock-models';
import type { Message } from '../base/message.ts';
import type { StopReason } from '../invoke/family.ts';

/** What a model answered to a transcript. */
export interface Answer {
  /** All text of the answer, without the blocks of other kinds. */
  readonly text: string;
  /** The answer as it goes into the transcript. */
  readonly message: Message;
  /** `max_tokens`: the answer was cut at `maxTokens`. */
  readonly stopReason: StopReason;
  /** Tokens; `undefined` when Bedrock did not say. */
  readonly usage: TokenUsage | undefined;
  /** How the call was served. Absent: in the Standard tier. */
  readonly tier?: PriceTier;
  /** US dollars at the catalogue's price; `undefined` when the price or the usage is unknown. */
  readonly costUsd: number | undefined;
  /** Milliseconds from sending the request to the end of the answer, retries included. */
  readonly latencyMs: number;
  readonly modelId: string;
  /** How many times the call was made. */
  readonly attempts: number;
  readonly requestId: string | undefined;
  /** What had to be changed in the request before it could be sent. */
  readonly repairs: readonly Repair[];
  /**
   * Tool calls whose input came as something else than an object in JSON, or with a number that JavaScript cannot hold.
   * In `message` their input is `{}`. Do not run them; answer with an error result.
   */
  readonly invalidToolInputs: readonly InvalidToolInput[];
  /** What `additionalModelResponseFieldPaths` asked for. */
  readonly additionalModelResponseFields?: unknown;
  /** What a guardrail or a prompt router says of the answer. */
  readonly trace?: ConverseTrace;
}

/** A tool's input as its JSON text came, where it cannot be used: cut short, malformed, or with too large a number. */
export interface InvalidToolInput {
  readonly toolUseId: string;
  readonly name: string;
  readonly json: string;
  /** What is wrong with it, as a sentence for the model. */
  readonly problem?: string;
}

/** The answer to one call of the model within a turn. */
export interface CallAnswer extends Answer {
  /** How many messages of the conversation were not sent with this turn, because of `window`. They are kept. */
  readonly windowed: number;
  /** What else happened, as sentences for a person: a summary made or failed, a crash repaired. Mostly empty. */
  readonly notices: readonly string[];
}

/** What a conversation gives for one turn. */
export interface Reply extends CallAnswer {
  /**
   * `answered`: there is an answer; with `stopReason` `max_tokens` it was cut at `maxTokens`. `blocked`: a
   * guardrail or a filter has stepped in. `unfinished`: there is none, or not all of it. A turn that is blocked
   * or malformed is kept in the history, marked, and never sent again.
   */
  readonly outcome: 'answered' | 'unfinished' | 'blocked';
  /** What a reader has to know of how it ended, as a sentence; absent: nothing. */
  readonly explanation?: string;
}

/** A piece of an answer while it comes. Pieces of one block follow each other. */
export type Delta =
  | { readonly type: 'text'; readonly text: string }
  /** What the model thinks before it answers. */
  | { readonly type: 'reasoning'; readonly text: string }
  /** The beginning of a tool call; its input follows in pieces. */
  | { readonly type: 'toolUse'; readonly toolUseId: string; readonly name: string }
  /** A piece of the JSON text of the tool call's input. */
  | { readonly type: 'toolInput'; readonly toolUseId: string; readonly json: string }
  /** Where a piece of text comes from. */
  | { readonly type: 'citation'; readonly citation: CitationsDelta }
  /** What a tool that runs at the service itself gave. */
  | { readonly type: 'toolResult'; readonly content: readonly ToolResultBlockDelta[] }
  | { readonly type: 'image'; readonly image: ImageBlockDelta }
  /** A kind that this version does not know, as it came. */
  | { readonly type: 'unknown'; readonly name: string; readonly value: unknown };

/** Gives the next tool call of an answer its id, from the one that came: a model may give two calls the same. */
export type OwnId = (given: string) => string;

/** What had to be changed before a request could be sent: data, not printed. */
export interface Repair {
  readonly kind: RepairKind;
  /** What was changed, as a sentence for a person. */
  readonly detail: string;
}

export type RepairKind =
  | 'roles-merged'
  | 'role-unknown'
  | 'first-turn-added'
  | 'last-turn-added'
  | 'blank-text-dropped'
  | 'empty-message-dropped'
  | 'trailing-space-trimmed'
  | 'tool-result-added'
  | 'tool-result-as-text'
  | 'tool-result-filled'
  | 'tool-result-wrapped'
  | 'tool-result-first'
  | 'tool-turn-split'
  | 'tool-use-as-text'
  | 'tool-input-wrapped'
  | 'tool-id-changed'
  | 'tool-name-changed'
  | 'tool-config-added'
  | 'document-renamed'
  | 'document-text-added'
  | 'block-as-text'
  | 'words-before-tools'
  | 'text-mended'
  | 'reasoning-dropped'
  | 'cache-point-dropped'
  | 'cache-point-shortened'
  | 'system-moved'
  | 'tool-schema-fitted'
  | 'tool-choice-changed'
  | 'tool-result-media-moved'
  | 'inference-left-out'
  | 'thinking-changed'
  | 'prompt-overrides-dropped';

export type NoteRepair = (kind: RepairKind, detail: string) => void;
