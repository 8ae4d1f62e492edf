import type { ObjectSchema, Schema } from '../shapes/body-schema.ts';

const text: Schema = { type: 'string' };
const share: Schema = { type: 'number', minimum: 0, maximum: 1 };
const tokens: Schema = { type: 'integer', minimum: 1 };
const texts: Schema = { type: 'array', items: text };

const source: Schema = {
  type: 'object',
  properties: {
    bytes: text,
    s3Location: { type: 'object', required: ['uri'], properties: { uri: text }, open: true },
  },
};

const image: Schema = {
  type: 'object',
  required: ['format', 'source'],
  properties: { format: text, source },
};
const video: Schema = image;
const document: Schema = {
  type: 'object',
  required: ['format', 'name', 'source'],
  properties: { format: text, name: text, source },
  open: true,
};

const toolUse: Schema = {
  type: 'object',
  required: ['toolUseId', 'name', 'input'],
  properties: { toolUseId: text, name: text, input: { type: 'any' } },
};

const toolResult: Schema = {
  type: 'object',
  required: ['toolUseId', 'content'],
  properties: {
    toolUseId: text,
    content: {
      type: 'array',
      items: { type: 'object', properties: { text, json: { type: 'any' }, image, document, video } },
    },
    status: { type: 'string', enum: ['success', 'error'] },
  },
};

/** A content block; members that are not known here are let through and not read. */
const block: Schema = {
  type: 'object',
  properties: {
    text,
    image,
    video,
    document,
    toolUse,
    toolResult,
    cachePoint: { type: 'object', properties: { type: text }, open: true },
    reasoningContent: {
      type: 'object',
      properties: {
        reasoningText: { type: 'object', required: ['text'], properties: { text }, open: true },
      },
      open: true,
    },
  },
  open: true,
};

const toolConfig: Schema = {
  type: 'object',
  required: ['tools'],
  properties: {
    tools: {
      type: 'array',
      minItems: 1,
      items: {
        type: 'object',
        properties: {
          toolSpec: {
            type: 'object',
            required: ['name', 'inputSchema'],
            properties: {
              name: text,
              description: text,
              inputSchema: { type: 'object', required: ['json'], properties: { json: { type: 'any' } } },
            },
            open: true,
          },
          systemTool: { type: 'object', required: ['name'], properties: { name: text }, open: true },
          cachePoint: { type: 'object', properties: { type: text }, open: true },
        },
      },
    },
    toolChoice: {
      type: 'object',
      properties: {
        auto: { type: 'any' },
        any: { type: 'any' },
        tool: { type: 'object', required: ['name'], properties: { name: text } },
      },
    },
  },
};

export const schema: ObjectSchema = {
  type: 'object',
  required: ['messages'],
  properties: {
    schemaVersion: text,
    system: { type: 'array', items: block },
    messages: {
      type: 'array',
      minItems: 1,
      items: {
        type: 'object',
        required: ['role', 'content'],
        properties: {
          role: { type: 'string', enum: ['user', 'assistant'] },
          content: { type: 'array', items: block },
        },
      },
    },
    inferenceConfig: {
      type: 'object',
      properties: {
        maxTokens: tokens,
        max_new_tokens: tokens,
        temperature: share,
        topP: share,
        top_p: share,
        topK: { type: 'integer', minimum: 0 },
        top_k: { type: 'integer', minimum: 0 },
        stopSequences: texts,
        stop_sequences: texts,
      },
    },
    toolConfig,
    reasoningConfig: { type: 'any' },
  },
};
