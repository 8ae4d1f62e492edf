/** Text in the model's own tokens. */
export type Tokens = readonly number[];

export interface GenerateOptions {
  /** The longest continuation, in tokens. */
  readonly maxTokens: number;
  /** 0: always the likeliest token. */
  readonly temperature: number;
  /** Texts before which the continuation ends. */
  readonly stop: readonly string[];
  /** A grammar in llama.cpp's GBNF that the continuation follows to its end. */
  readonly grammar?: string;
  readonly signal: AbortSignal;
  /** Gets the continuation piece by piece, without what it stopped before. */
  readonly onText: (text: string) => void;
}

/** How a continuation ended, and how many tokens it was. */
export interface Generated {
  readonly ended: 'by-itself' | 'at-the-limit' | { readonly stop: string };
  readonly tokens: number;
}

/** A language model in this process: one continuation at a time. */
export interface Engine {
  readonly name: string;
  /** How many tokens prompt and answer may be together. */
  readonly contextSize: number;
  /** The chat template of the weights, in Jinja; absent where they have none. */
  readonly template?: string;
  readonly bosToken: string;
  readonly eosToken: string;
  /** Renders a Jinja template. Throws what the template raises. */
  render(template: string, values: Readonly<Record<string, unknown>>): string;
  /** `isPrompt`: the names of control tokens, such as `<|im_end|>`, are these tokens, not words. */
  tokenize(text: string, isPrompt?: boolean): Tokens;
  /** Whether the text is the name of one control token. */
  isControl(text: string): boolean;
  /** Continues a prompt. Rejects with the signal's reason when it aborts, within a few tokens. */
  generate(prompt: Tokens, options: GenerateOptions): Promise<Generated>;
  /** Vectors of length 1, one a text; absent where the weights are not for embeddings. */
  embed?(texts: readonly string[]): Promise<readonly { vector: readonly number[]; tokens: number }[]>;
  close(): Promise<void>;
}
