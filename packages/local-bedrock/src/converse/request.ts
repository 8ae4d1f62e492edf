/**
 * A Converse request after it was read by its shape (`request-shape.ts`): types and constraints hold, each union sets
 * one member, and bytes are base64 text as on the wire.
 */
/** Where a prompt's cache ends; `ttl`: how long it is kept, five minutes where it is absent. */
export interface CachePoint {
  readonly type: 'default';
  readonly ttl?: '5m' | '1h';
}

export interface ConverseRequest {
  readonly messages?: readonly Message[];
  readonly system?: readonly SystemBlock[];
  readonly inferenceConfig?: {
    readonly maxTokens?: number;
    readonly temperature?: number;
    readonly topP?: number;
    readonly stopSequences?: readonly string[];
  };
  readonly toolConfig?: ToolConfig;
  readonly guardrailConfig?: {
    readonly guardrailIdentifier?: string;
    readonly guardrailVersion?: string;
    readonly trace?: 'enabled' | 'disabled' | 'enabled_full';
    readonly streamProcessingMode?: 'sync' | 'async';
  };
  readonly additionalModelRequestFields?: unknown;
  readonly additionalModelResponseFieldPaths?: readonly string[];
  readonly requestMetadata?: Readonly<Record<string, string>>;
  readonly performanceConfig?: { readonly latency?: 'standard' | 'optimized' };
  readonly serviceTier?: { readonly type: string };
  readonly outputConfig?: {
    readonly textFormat?: {
      readonly structure: { readonly jsonSchema?: { readonly schema: string } };
    };
  };
}

export interface Message {
  readonly role: 'user' | 'assistant';
  readonly content: readonly ContentBlock[];
}

export interface ContentBlock {
  readonly text?: string;
  readonly image?: Image;
  readonly document?: Document;
  readonly video?: Video;
  /** No model that is served here listens. */
  readonly audio?: Video;
  readonly toolUse?: {
    readonly toolUseId: string;
    readonly name: string;
    readonly input: unknown;
    /** `server_tool_use`: AWS ran it, and its result stands in the same turn. */
    readonly type?: string;
  };
  readonly toolResult?: ToolResult;
  readonly guardContent?: GuardContent;
  readonly cachePoint?: CachePoint;
  readonly reasoningContent?: {
    readonly reasoningText?: { readonly text: string; readonly signature?: string };
    readonly redactedContent?: string;
  };
  readonly citationsContent?: { readonly content?: readonly { readonly text?: string }[] };
  readonly searchResult?: SearchResult;
}

interface SystemBlock {
  readonly text?: string;
  readonly guardContent?: GuardContent;
  readonly cachePoint?: CachePoint;
}

export interface ToolResult {
  readonly toolUseId: string;
  readonly content: readonly {
    readonly json?: unknown;
    readonly text?: string;
    readonly image?: Image;
    readonly document?: Document;
    readonly video?: Video;
    readonly searchResult?: SearchResult;
  }[];
  readonly status?: 'success' | 'error';
}

interface S3Location {
  readonly uri: string;
}

interface Image {
  readonly format: string;
  readonly source: { readonly bytes?: string; readonly s3Location?: S3Location };
}

export interface Document {
  readonly name: string;
  readonly format?: string;
  readonly source: {
    readonly bytes?: string;
    readonly s3Location?: S3Location;
    readonly text?: string;
    readonly content?: readonly { readonly text?: string }[];
  };
  readonly context?: string;
  readonly citations?: { readonly enabled: boolean };
}

interface Video {
  readonly format: string;
  readonly source: { readonly bytes?: string; readonly s3Location?: S3Location };
}

interface GuardContent {
  readonly text?: { readonly text: string };
  readonly image?: Image;
}

export interface SearchResult {
  readonly source: string;
  readonly title: string;
  readonly content: readonly { readonly text: string }[];
  readonly citations?: { readonly enabled: boolean };
}

export interface ToolConfig {
  readonly tools: readonly {
    readonly toolSpec?: {
      readonly name: string;
      readonly description?: string;
      readonly inputSchema: { readonly json?: unknown };
      readonly strict?: boolean;
    };
    readonly systemTool?: { readonly name: string };
    readonly cachePoint?: CachePoint;
  }[];
  readonly toolChoice?: {
    readonly auto?: object;
    readonly any?: object;
    readonly tool?: { readonly name: string };
  };
}
