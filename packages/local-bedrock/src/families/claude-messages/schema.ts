import type { ObjectSchema, Schema } from '../../schema.ts';

const text: Schema = { type: 'string' };

/** A content block: `type` says which members it has; the ones that are read are checked, the rest let through. */
const block: Schema = {
  type: 'object',
  required: ['type'],
  properties: {
    type: text,
    text,
    thinking: text,
    id: text,
    name: text,
    input: { type: 'any' },
    tool_use_id: text,
    is_error: { type: 'boolean' },
    source: { type: 'object', properties: { type: text, data: text, media_type: text }, open: true },
  },
  open: true,
};

const content: Schema = { type: 'either', text, list: { type: 'array', items: block } };

const tool: Schema = {
  type: 'object',
  required: ['name'],
  properties: { name: text, description: text, type: text, input_schema: { type: 'any' } },
  open: true,
};

export const schema: ObjectSchema = {
  type: 'object',
  required: ['max_tokens', 'anthropic_version', 'messages'],
  properties: {
    anthropic_version: text,
    anthropic_beta: { type: 'array', items: text },
    max_tokens: { type: 'integer', minimum: 1 },
    messages: {
      type: 'array',
      minItems: 1,
      items: {
        type: 'object',
        required: ['role', 'content'],
        properties: { role: { type: 'string', enum: ['user', 'assistant'] }, content },
      },
    },
    system: content,
    stop_sequences: { type: 'array', items: text },
    temperature: { type: 'number' },
    top_p: { type: 'number' },
    top_k: { type: 'integer' },
    tools: { type: 'array', items: tool },
    tool_choice: { type: 'object', required: ['type'], properties: { type: text, name: text }, open: true },
    thinking: { type: 'any' },
    output_config: { type: 'any' },
    context_management: { type: 'any' },
    mcp_servers: { type: 'any' },
    metadata: { type: 'any' },
  },
};

export type Content = string | readonly ContentBlock[];

/** A content block as the schema leaves it: only `type` is sure to be there. */
export interface ContentBlock {
  readonly type: string;
  readonly text?: string;
  readonly thinking?: string;
  readonly id?: string;
  readonly name?: string;
  readonly input?: unknown;
  readonly tool_use_id?: string;
  readonly is_error?: boolean;
  /** Of a tool's result; checked where it is read. */
  readonly content?: unknown;
  readonly source?: { readonly type?: string; readonly data?: string; readonly media_type?: string };
}

export interface Message {
  readonly role: 'user' | 'assistant';
  readonly content: Content;
}

export interface ClaudeTool {
  readonly name: string;
  readonly description?: string;
  readonly type?: string;
  readonly input_schema?: unknown;
}

/** A body that the schema has nothing against. */
export interface Body {
  readonly max_tokens: number;
  readonly messages: readonly Message[];
  readonly system?: Content;
  readonly stop_sequences?: readonly string[];
  readonly temperature?: number;
  readonly top_p?: number;
  readonly tools?: readonly ClaudeTool[];
  readonly tool_choice?: { readonly type: string; readonly name?: string };
  readonly output_config?: unknown;
}

export function blocksOf(content: Content): readonly ContentBlock[] {
  return typeof content === 'string' ? [{ type: 'text', text: content }] : content;
}
