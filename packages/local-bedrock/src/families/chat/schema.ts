import type { ObjectSchema, Schema } from '../../schema.ts';

const any: Schema = { type: 'any' };

/** What a message says: a text, or a list of parts of which those of type `text` are read. */
export const contentSchema: Schema = {
  type: 'either',
  text: { type: 'string' },
  list: {
    type: 'array',
    items: { type: 'object', properties: { type: { type: 'string' }, text: { type: 'string' } }, open: true },
  },
};

/** What OpenAI's form of a conversation allows in every family that took it over; `more` are the family's own keys. */
export function chatSchema(more: ObjectSchema['properties'] = {}): ObjectSchema {
  return {
    type: 'object',
    required: ['messages'],
    properties: {
      messages: {
        type: 'array',
        minItems: 1,
        items: {
          type: 'object',
          required: ['role'],
          properties: {
            role: { type: 'string', enum: ['system', 'developer', 'user', 'assistant', 'tool'] },
            // Only an assistant that calls tools may say nothing; see `readChat`.
            content: any,
            name: { type: 'string' },
            tool_calls: { type: 'array', items: toolCall },
            tool_call_id: { type: 'string' },
          },
        },
      },
      temperature: { type: 'number', minimum: 0, maximum: 2 },
      top_p: { type: 'number', minimum: 0, maximum: 1 },
      tools: { type: 'array', items: tool },
      tool_choice: any,
      response_format: any,
      ...more,
    },
  };
}

/** One text or several. */
export const stopSchema: Schema = {
  type: 'either',
  text: { type: 'string' },
  list: { type: 'array', items: { type: 'string' } },
};

export const tokensSchema: Schema = { type: 'integer', minimum: 1 };

const toolCall: Schema = {
  type: 'object',
  required: ['id', 'function'],
  properties: {
    id: { type: 'string' },
    type: { type: 'string' },
    index: { type: 'integer' },
    function: {
      type: 'object',
      required: ['name', 'arguments'],
      properties: { name: { type: 'string' }, arguments: { type: 'string' } },
    },
  },
};

const tool: Schema = {
  type: 'object',
  required: ['type', 'function'],
  properties: {
    type: { type: 'string', enum: ['function'] },
    function: {
      type: 'object',
      required: ['name'],
      properties: {
        name: { type: 'string' },
        description: { type: 'string' },
        parameters: any,
        strict: any,
      },
    },
  },
};

/** A request whose form was checked. */
export interface ChatBody {
  messages: ChatMessage[];
  max_tokens?: number;
  max_completion_tokens?: number;
  temperature?: number;
  stop?: string | string[];
  tools?: { function: { name: string; description?: string; parameters?: unknown } }[];
  tool_choice?: string | { function?: { name?: string } };
}

export interface ChatMessage {
  role: 'system' | 'developer' | 'user' | 'assistant' | 'tool';
  content?: string | { type?: string; text?: string }[] | null;
  tool_calls?: { id: string; function: { name: string; arguments: string } }[];
  tool_call_id?: string;
}
