import type { Model } from '../../models/catalogue.ts';

export interface Turn {
  readonly role: 'user' | 'assistant';
  readonly text: string;
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
}

/** Why an answer ended: by itself, at the token limit, or before one of the caller's stop sequences. */
export type Ending =
  | { readonly reason: 'end' }
  | { readonly reason: 'maxTokens' }
  | { readonly reason: 'stopSequence'; readonly sequence: string };

export interface ModelAnswer {
  readonly text: string;
  readonly ending: Ending;
  readonly inputTokens: number;
  readonly outputTokens: number;
}

/** How one family of models writes its InvokeModel bodies. */
export interface Family {
  /** Checks a parsed body and reads it, or throws a `Refusal` in the family's own words. */
  read(body: unknown, model: Model): ModelRequest;
  /** What the family puts before its answer, such as a line break or a space. */
  readonly lead: string;
  /** The response body. `requestHash` (hex) is the same for the same request; ids are made from it. */
  write(answer: ModelAnswer, model: Model, requestHash: string): unknown;
  /** Headers beside the ones every family has. */
  readonly headers?: Readonly<Record<string, string>>;
}
