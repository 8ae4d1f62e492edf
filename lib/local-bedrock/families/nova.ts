import { invalid, malformed } from '../refusal.ts';
import { type ObjectSchema, type Schema, violations } from '../schema.ts';
import type { Family, Turn } from './family.ts';
import { checkMaxTokens } from './limits.ts';
import { streamNova, writeNova } from './nova/write.ts';

/** A content block: `text` is read; pictures, tools and the rest are let through and not read. */
const block: Schema = { type: 'object', properties: { text: { type: 'string' } }, open: true };

const share: Schema = { type: 'number', minimum: 0, maximum: 1 };
const tokens: Schema = { type: 'integer', minimum: 1 };
const texts: Schema = { type: 'array', items: { type: 'string' } };

const schema: ObjectSchema = {
  type: 'object',
  required: ['messages'],
  properties: {
    schemaVersion: { type: 'string' },
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
    toolConfig: { type: 'any' },
    reasoningConfig: { type: 'any' },
  },
};

interface Body {
  system?: { text?: string }[];
  messages: { role: 'user' | 'assistant'; content: { text?: string }[] }[];
  inferenceConfig?: {
    maxTokens?: number;
    max_new_tokens?: number;
    temperature?: number;
    stopSequences?: string[];
    stop_sequences?: string[];
  };
}

/** Amazon Nova (Nova user guide, "Complete request schema"); the older spellings of its settings are taken too. */
export const nova: Family = {
  lead: '',
  schema,
  countsCachedTokens: true,
  read(body, model) {
    const found = violations(body, schema);
    if (found.length > 0) throw malformed(found);
    const { system = [], messages, inferenceConfig = {} } = body as Body;
    const { maxTokens, max_new_tokens, temperature, stopSequences, stop_sequences } = inferenceConfig;
    const limit = maxTokens ?? max_new_tokens ?? model.maxOutputTokens;
    checkConversation(messages);
    checkMaxTokens(limit, model);
    return {
      system: textOf(system),
      turns: messages.map(({ role, content }): Turn => ({ role, text: textOf(content) })),
      maxTokens: limit,
      stopSequences: stopSequences ?? stop_sequences ?? [],
      ...(temperature === undefined ? {} : { temperature }),
    };
  },
  write: writeNova,
  streamWriter: streamNova,
};

/** Bedrock's own rules of conversation, which it checks for Nova before the model sees the request. */
function checkConversation(messages: Body['messages']): void {
  if (messages[0]?.role !== 'user') {
    throw invalid(
      'A conversation must start with a user message. Try again with a conversation that starts with a user message.',
    );
  }
  messages.forEach(({ role, content }, index) => {
    if (role === messages[index - 1]?.role) {
      throw invalid(
        'A conversation must alternate between user and assistant roles. Make sure the conversation alternates between user and assistant roles and try again.',
      );
    }
    if (content.length === 0) {
      throw invalid(
        `The content field in the Message object at messages.${index} is empty. Add a ContentBlock object to the content field and try again.`,
      );
    }
    content.forEach(({ text }, position) => {
      if (text !== undefined && text.trim() === '') {
        throw invalid(
          `The text field in the ContentBlock object at messages.${index}.content.${position} is blank. Add text to the text field, and try again.`,
        );
      }
    });
  });
}

function textOf(blocks: readonly { text?: string }[]): string {
  return blocks.flatMap(({ text }) => (text === undefined ? [] : [text])).join('\n');
}
