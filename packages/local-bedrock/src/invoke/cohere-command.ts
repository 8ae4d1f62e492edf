import type { Model } from 'bedrock-models';
import { malformed } from '../http/refusal.ts';
import { type ObjectSchema, violations } from '../shapes/body-schema.ts';
import type { Ending, Family, ModelRequest, Turn } from './family.ts';
import { checkMaxTokens } from './family.ts';
import { uuidFrom } from './ids.ts';

const settings: ObjectSchema['properties'] = {
  max_tokens: { type: 'integer', minimum: 1 },
  temperature: { type: 'number', minimum: 0, maximum: 5 },
  p: { type: 'number', minimum: 0, maximum: 1 },
  k: { type: 'number', minimum: 0, maximum: 500 },
  stop_sequences: { type: 'array', items: { type: 'string' } },
};

/** The first Command continues a text. */
const firstSchema: ObjectSchema = {
  type: 'object',
  required: ['prompt'],
  properties: {
    prompt: { type: 'string' },
    ...settings,
    return_likelihoods: { type: 'string', enum: ['GENERATION', 'ALL', 'NONE'] },
    stream: { type: 'boolean' },
    num_generations: { type: 'integer', minimum: 1, maximum: 5 },
    logit_bias: { type: 'any' },
    truncate: { type: 'string', enum: ['NONE', 'START', 'END'] },
  },
};

const any = { type: 'any' } as const;

/** The R models answer a message. */
const schema: ObjectSchema = {
  type: 'object',
  required: ['message'],
  properties: {
    message: { type: 'string' },
    chat_history: {
      type: 'array',
      items: {
        type: 'object',
        required: ['role'],
        properties: {
          role: { type: 'string', enum: ['USER', 'CHATBOT', 'SYSTEM', 'TOOL'] },
          message: { type: 'string' },
          tool_calls: any,
          tool_results: any,
        },
      },
    },
    preamble: { type: 'string' },
    documents: any,
    search_queries_only: { type: 'boolean' },
    ...settings,
    frequency_penalty: { type: 'number', minimum: 0, maximum: 1 },
    presence_penalty: { type: 'number', minimum: 0, maximum: 1 },
    seed: { type: 'integer' },
    prompt_truncation: { type: 'string', enum: ['OFF', 'AUTO_PRESERVE_ORDER'] },
    return_prompt: { type: 'boolean' },
    raw_prompting: { type: 'boolean' },
    tools: any,
    tool_results: any,
  },
};

interface Body {
  prompt?: string;
  stream?: boolean;
  num_generations?: number;
  message?: string;
  chat_history?: { role: string; message?: string }[];
  preamble?: string;
  max_tokens?: number;
  temperature?: number;
  stop_sequences?: string[];
}

/** Cohere's Command (user guide, "Cohere Command models" and "Cohere Command R and Command R+ models"). */
export const cohereCommand: Family = {
  lead: '',
  schema,
  read(body, model) {
    const found = violations(body, isFirst(model) ? firstSchema : schema);
    if (found.length > 0) throw malformed(found);
    const { max_tokens: asked, temperature, stop_sequences: stopSequences = [], ...rest } = body as Body;
    const maxTokens = asked ?? model.maxOutputTokens;
    checkMaxTokens(maxTokens, model);
    return {
      ...readTurns(rest),
      maxTokens,
      stopSequences,
      ...(temperature !== undefined && { temperature }),
    };
  },
  write({ text, ending }, model, requestHash, body) {
    return isFirst(model)
      ? continuations(text, ending, requestHash, body)
      : response(text, ending, requestHash, body);
  },
  streamWriter({ model, requestHash, body }) {
    let text = '';
    const { stream, num_generations: count = 1 } = (body ?? {}) as Body;
    // The first Command streams only when its body says so, too: else one chunk is the whole answer.
    const isWhole = isFirst(model) && stream !== true;
    return (event) => {
      if (event.type === 'text') {
        text += event.text;
        if (isWhole) return [];
        if (!isFirst(model)) {
          return [{ is_finished: false, event_type: 'text-generation', text: event.text }];
        }
        return Array.from({ length: count }, (_, index) => ({
          ...(count > 1 && { index }),
          is_finished: false,
          text: event.text,
        }));
      }
      if (event.type !== 'end') return [];
      const reason = finishReason(event.ending);
      if (isWhole) return [continuations(text, event.ending, requestHash, body)];
      if (isFirst(model)) return [{ finish_reason: reason, is_finished: true }];
      const billed = { input_tokens: event.inputTokens, output_tokens: event.outputTokens };
      // Recorded so in September 2025. A whole answer has its counts in the headers only.
      const meta = { api_version: { version: '1' }, billed_units: billed, tokens: billed };
      const whole = { ...response(text, event.ending, requestHash, body), meta };
      return [{ is_finished: true, event_type: 'stream-end', response: whole, finish_reason: reason }];
    };
  },
};

/** What the first Command answers: as many continuations as were asked for, and the prompt. */
function continuations(text: string, ending: Ending, requestHash: string, body: unknown) {
  const { prompt, num_generations: count = 1 } = (body ?? {}) as Body;
  const generations = Array.from({ length: count }, (_, index) => ({
    id: generationId(requestHash, index),
    text,
    finish_reason: finishReason(ending),
  }));
  return { id: uuidFrom(requestHash), generations, ...(prompt !== undefined && { prompt }) };
}

/** What an R model answers: its words, and the conversation with them at its end. */
function response(text: string, ending: Ending, requestHash: string, body: unknown) {
  const { message, chat_history: history = [] } = (body ?? {}) as Body;
  const asked = message === undefined ? [] : [{ role: 'USER', message }];
  return {
    response_id: uuidFrom(requestHash),
    text,
    generation_id: generationId(requestHash),
    chat_history: [...history, ...asked, { role: 'CHATBOT', message: text }],
    finish_reason: finishReason(ending),
  };
}

function generationId(requestHash: string, index = 0): string {
  return uuidFrom(requestHash.slice(32 - index).padEnd(32, '0'));
}

function isFirst(model: Model): boolean {
  return /command-(?:light-)?text/.test(model.id);
}

/** Upper case on the wire. For an answer that ended before a stop sequence no recording is at hand. */
function finishReason(ending: Ending): string {
  return { end: 'COMPLETE', maxTokens: 'MAX_TOKENS', stopSequence: 'STOP_SEQUENCE', toolUse: 'COMPLETE' }[
    ending.reason
  ];
}

function readTurns(body: Body): Pick<ModelRequest, 'system' | 'turns'> {
  const { prompt, message, chat_history: history = [], preamble = '' } = body;
  if (prompt !== undefined) return { system: '', turns: [{ role: 'user', text: prompt }] };
  const before = history
    .filter(({ role }) => role !== 'SYSTEM')
    .map(({ role, message: text = '' }): Turn => ({ role: role === 'CHATBOT' ? 'assistant' : 'user', text }));
  const system = history.filter(({ role }) => role === 'SYSTEM').map(({ message: text = '' }) => text);
  return {
    system: [preamble, ...system].filter((text) => text !== '').join('\n'),
    turns: [...before, { role: 'user', text: message ?? '' }],
  };
}
