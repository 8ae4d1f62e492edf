import type { Model } from '../../models/catalogue.ts';
import { invalid, malformed } from '../refusal.ts';
import { isObject, type ObjectSchema, type Schema, violations } from '../schema.ts';
import { shortName, streamMessage, writeMessage } from './claude-messages/write.ts';
import type { Family, Turn } from './family.ts';
import { checkMaxTokens } from './limits.ts';

/** Named by the service in front of every other violation of a Messages body. */
const notATextCompletion = '#: subject must not be valid against schema {"required":["messages"]}';

/** A content block: `text` blocks are read, all others are let through and not read. */
const block: Schema = {
  type: 'object',
  required: ['type'],
  properties: { type: { type: 'string' }, text: { type: 'string' } },
  open: true,
};

const content: Schema = { type: 'either', text: { type: 'string' }, list: { type: 'array', items: block } };

const schema: ObjectSchema = {
  type: 'object',
  required: ['max_tokens', 'anthropic_version', 'messages'],
  properties: {
    anthropic_version: { type: 'string' },
    anthropic_beta: { type: 'array', items: { type: 'string' } },
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
    stop_sequences: { type: 'array', items: { type: 'string' } },
    temperature: { type: 'number' },
    top_p: { type: 'number' },
    top_k: { type: 'integer' },
    tools: { type: 'array', items: { type: 'any' } },
    tool_choice: { type: 'any' },
    thinking: { type: 'any' },
    output_config: { type: 'any' },
    metadata: { type: 'any' },
  },
};

type Content = string | { type: string; text?: string; content?: unknown }[];

interface Body {
  max_tokens: number;
  messages: { role: 'user' | 'assistant'; content: Content }[];
  system?: Content;
  stop_sequences?: string[];
  temperature?: number;
  top_p?: number;
}

/** Anthropic's Messages (user guide, "Anthropic Claude Messages API"). */
export const claudeMessages: Family = {
  lead: '',
  schema,
  read(body, model) {
    refuseTextCompletion(body, model);
    const found = violations(body, schema);
    if (found.length > 0) throw malformed(hasMessages(body) ? [notATextCompletion, ...found] : found);
    const { max_tokens, messages, system = '', stop_sequences = [], temperature, top_p } = body as Body;
    checkConversation(messages);
    checkSampling(temperature, top_p, model);
    checkMaxTokens(max_tokens, model);
    return {
      system: textOf(system),
      turns: messages.map(({ role, content }): Turn => ({ role, text: textOf(content) })),
      maxTokens: max_tokens,
      stopSequences: stop_sequences,
      ...(temperature === undefined ? {} : { temperature }),
    };
  },
  write: writeMessage,
  streamWriter: streamMessage,
};

function hasMessages(body: unknown): boolean {
  return isObject(body) && Object.hasOwn(body, 'messages');
}

function refuseTextCompletion(body: unknown, model: Model): void {
  if (isObject(body) && Object.hasOwn(body, 'prompt') && !hasMessages(body)) {
    throw invalid(`"${shortName(model)}" is not supported on this API. Please use the Messages API instead.`);
  }
}

/** Turns start with the user and alternate; every turn says something, except a last one by the assistant. */
function checkConversation(messages: Body['messages']): void {
  if (messages[0]?.role !== 'user') throw invalid('messages: first message must use the "user" role');
  messages.forEach(({ role, content }, index) => {
    if (role === messages[index - 1]?.role) {
      throw invalid(
        `messages: roles must alternate between "user" and "assistant", but found multiple "${role}" roles in a row`,
      );
    }
    const isPrefill = index === messages.length - 1 && role === 'assistant';
    if (content.length === 0 && !isPrefill) {
      throw invalid(
        `messages.${index}: all messages must have non-empty content except for the optional final assistant message`,
      );
    }
    if (isPrefill && /\s$/.test(textOf(content))) {
      throw invalid('messages: final assistant content cannot end with trailing whitespace');
    }
    if (typeof content === 'string') {
      if (content !== '' && content.trim() === '') {
        throw invalid('messages: text content blocks must contain non-whitespace text');
      }
      return;
    }
    for (const { type, text = '' } of content) {
      if (type !== 'text') continue;
      if (text === '') throw invalid('messages: text content blocks must be non-empty');
      if (text.trim() === '') throw invalid('messages: text content blocks must contain non-whitespace text');
    }
  });
}

/** From the 4.5 models on, temperature and top_p are not taken together. */
function checkSampling(temperature: number | undefined, topP: number | undefined, model: Model): void {
  if (temperature !== undefined && (temperature < 0 || temperature > 1))
    throw invalid('temperature: range: 0..1');
  if (topP !== undefined && (topP < 0 || topP > 1)) throw invalid('top_p: range: 0..1');
  if (temperature !== undefined && topP !== undefined && /-4-5-/.test(model.id)) {
    throw invalid('`temperature` and `top_p` cannot both be specified for this model. Please use only one.');
  }
}

function textOf(content: Content | unknown): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  return content
    .map((block) =>
      isObject(block) ? (block.type === 'tool_result' ? textOf(block.content) : (block.text ?? '')) : '',
    )
    .filter((text) => text !== '')
    .join('\n');
}
