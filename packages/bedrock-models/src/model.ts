import type { Price, Source } from './price.ts';

/** How a text model's InvokeModel body is shaped. One file in `lib/invoke` for each. */
export type ModelFamily =
  | 'titan-text'
  | 'claude-text'
  | 'claude-messages'
  | 'nova'
  | 'llama'
  | 'mistral-text'
  | 'mistral-chat'
  | 'cohere-command'
  | 'jamba'
  | 'jurassic'
  | 'gpt-oss'
  | 'deepseek'
  | 'qwen';

/** How an embedding model's InvokeModel body is shaped. `lib/retrieval/embedding-families.ts` has each. */
export type EmbeddingFamily = 'titan-embed-v1' | 'titan-embed-v2' | 'cohere-embed' | 'nova-embed';

/** What a model may refuse to take, although other models do. */
export type Feature =
  | 'converse'
  | 'streaming'
  | 'system'
  | 'tools'
  | 'tools-in-stream'
  /**
   * To be made to call a tool. Seen of Opus 5.5 (run-llama/llama_index#23207, ax-llm/ax#667) and Fable 5.1
   * (wso2/ballerina's Bedrock connector) in September and October 2026.
   */
  | 'forced-tools'
  | 'images'
  | 'documents'
  | 'stop-sequences'
  | 'temperature'
  | 'top-p'
  | 'temperature-with-top-p'
  | 'cache-points'
  | 'count-tokens'
  /** A conversation that ends with the beginning of the answer. */
  | 'prefill'
  | 'text-beside-tool-result'
  /**
   * Thoughts in a conversation, whoever signed them. Seen of Claude 3 Haiku (vercel/ai#7034, a recorded body), DeepSeek-R1
   * (aws-samples/bedrock-chat PR 851) and Nova (can1357/oh-my-pi PR 9086), 2025 to 2026; taken to hold for the
   * Claude 3 and Nova that do not think.
   */
  | 'reasoning';

/** What is known of every model, whether it writes text or gives vectors. */
export interface ListedModel {
  /** The base model id, without a geographic prefix. */
  readonly id: string;
  readonly name: string;
  readonly provider:
    | 'AI21 Labs'
    | 'Amazon'
    | 'Anthropic'
    | 'Cohere'
    | 'DeepSeek'
    | 'Google'
    | 'Meta'
    | 'MiniMax'
    | 'Mistral AI'
    | 'Moonshot AI'
    | 'NVIDIA'
    | 'OpenAI'
    | 'Qwen'
    | 'Writer'
    | 'xAI'
    | 'Z.AI';
  /** Prefixes of the system inference profiles, such as `us` in `us.anthropic.…`. Empty: none. */
  readonly profiles: readonly string[];
  /** Where the bare id may be called: everywhere, nowhere, or in these regions. Elsewhere a profile is needed. */
  readonly onDemand: boolean | readonly string[];
  /** Days as YYYY-MM-DD. `endOfLifeIsApproximate`: AWS no longer lists the date; this is the latest it can be. */
  readonly startOfLife?: string;
  readonly legacy?: string;
  readonly endOfLife?: string;
  readonly endOfLifeIsApproximate?: true;
  /** Where the dates were read. Absent: there are none. */
  readonly datesFrom?: readonly Source[];
  /** The id of the model to use instead, once this one is retired. Absent: none, or nobody named one. */
  readonly successor?: string;
  /** Absent: unknown, which is never zero. */
  readonly price?: Price;
  /** Anthropic models ask for a one-time use-case form per account. */
  readonly needsUseCaseForm?: true;
}

/** A model that answers with text. */
export interface Model extends ListedModel {
  readonly family: ModelFamily;
  /** Longest prompt plus answer, in tokens. */
  readonly contextTokens: number;
  /** Longest answer, in tokens. */
  readonly maxOutputTokens: number;
  /** What it does not take. Absent: nothing is known that it refuses. */
  readonly refuses?: readonly Feature[];
}

/** A model that answers with vectors. */
export interface EmbeddingModel extends ListedModel {
  readonly family: EmbeddingFamily;
  /** The lengths of vector it can give; the first is the one it gives when nobody asks. */
  readonly dimensions: readonly [number, ...number[]];
  /** The most texts that one call takes. */
  readonly textsPerCall: number;
  /** The longest text it takes, as far as each is known. */
  readonly maxInputTokens?: number;
  readonly maxInputCharacters?: number;
  /** What it reads besides text. */
  readonly readsImages?: true;
}
