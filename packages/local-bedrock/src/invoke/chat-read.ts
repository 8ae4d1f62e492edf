import type { Model } from 'bedrock-models';
import { malformed, Refusal } from '../http/refusal.ts';
import { isObject, type ObjectSchema, type Schema, violations } from '../shapes/body-schema.ts';
import { type SourceText, withDocuments } from './documents.ts';
import { type Block, checkMaxTokens, type ModelRequest, type Turn } from './family.ts';

/** A picture costs this many tokens: an estimate, as for the other families. */
const tokensOfPicture = 1_000;

/** Checks a body by its family's schema and reads it; what is `null` is not there. Throws a `Refusal`. */
export function readChat(body: unknown, model: Model, schema: ObjectSchema): ModelRequest {
  const given = withoutNulls(body);
  const found = violations(given, schema);
  if (found.length > 0) throw malformed(found);
  const request = given as ChatBody;
  const wrong = request.messages.flatMap(({ content, tool_calls: calls = [] }, index) => {
    const path = `#/messages/${index}`;
    if (content === undefined && calls.length === 0) return [`${path}: required key [content] not found`];
    return [
      ...violations(calls, toolCalls, `${path}/tool_calls`),
      ...(content === undefined ? [] : violations(content, contentSchema, `${path}/content`)),
    ];
  });
  if (wrong.length > 0) throw malformed(wrong);
  if (model.refuses?.includes('images') && request.messages.some(hasPicture)) throw noPictures();
  const maxTokens = request.max_tokens ?? request.max_completion_tokens ?? model.maxOutputTokens;
  checkMaxTokens(maxTokens, model);
  const { stop = [], temperature, tools = [] } = request;
  const choice = toolChoiceOf(request.tool_choice);
  return {
    ...withDocuments(readMessages(request.messages), textsOf(request.documents)),
    maxTokens,
    stopSequences: typeof stop === 'string' ? [stop] : stop,
    ...(temperature !== undefined && { temperature }),
    ...(tools.length === 0
      ? {}
      : {
          tools: tools.map(({ function: { name, description = '', parameters = {} } }) => ({
            name,
            description,
            schema: parameters,
          })),
        }),
    ...(choice !== undefined && { toolChoice: choice }),
    ...answerSchemaOf(request.response_format),
  };
}

function hasPicture({ content }: ChatMessage): boolean {
  return Array.isArray(content) && content.some(isMedia);
}

/** What a model that reads no pictures says to one; through Converse it is refused too, in other words. */
function noPictures(): Refusal {
  return new Refusal('ValidationException', 'This model does not take pictures: send text alone.', {
    members: { param: 'messages' },
  });
}

/** Whether a body asks how likely each token of the answer was, and for how many that might stand in its place. */
export function logprobsAsked(body: unknown): { readonly alternatives: number } | undefined {
  if (!isObject(body) || body.logprobs !== true) return undefined;
  return { alternatives: Number(body.top_logprobs ?? 0) };
}

/** A function of a call of a tool of a message is so deep. */
const deepestMember = 6;
const kept: ReadonlySet<string> = new Set(['parameters', 'arguments', 'schema', 'content']);

/**
 * The body, its messages and its tools without the members that are `null`: OpenAI's form has them where there is nothing,
 * and so has an answer that is sent back. Within what is said and a tool's schema they are kept.
 */
function withoutNulls(body: unknown): unknown {
  if (!isObject(body)) return body;
  return { ...thereIn(body), ...thereIn(cleaned({ messages: body.messages, tools: body.tools }, 0)) };
}

function cleaned<T>(value: T, depth: number): T;
function cleaned(value: unknown, depth: number): unknown {
  if (depth > deepestMember) return value;
  if (Array.isArray(value)) return value.map((item: unknown) => cleaned(item, depth + 1));
  if (!isObject(value)) return value;
  const there = Object.entries(thereIn(value));
  return Object.fromEntries(
    there.map(([name, member]) => [name, kept.has(name) ? member : cleaned(member, depth + 1)]),
  );
}

function thereIn(value: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(value).filter(([, member]) => member !== null && member !== undefined),
  );
}

/** Jamba's documents: each a `content`, with a title among its `metadata` if it has one. */
function textsOf(documents: unknown): SourceText[] {
  return (Array.isArray(documents) ? documents : []).flatMap((document: unknown) => {
    if (!isObject(document) || typeof document.content !== 'string') return [];
    const metadata: unknown[] = Array.isArray(document.metadata) ? document.metadata : [];
    const title = metadata.find((entry) => isObject(entry) && entry.key === 'title');
    const named = isObject(title) && typeof title.value === 'string' ? { title: title.value } : {};
    return [{ text: document.content, ...named }];
  });
}

/** Whether a body of OpenAI's form asks for JSON and nothing before it. */
export function asksForJson(body: unknown): boolean {
  return isObject(body) && answerSchemaOf(body.response_format).answerSchema !== undefined;
}

/** Structured output: a `response_format` of OpenAI's form with a JSON schema, or for any JSON object. */
export function answerSchemaOf(format: unknown): Pick<ModelRequest, 'answerSchema'> {
  if (isObject(format) && format.type === 'json_object') return { answerSchema: { type: 'object' } };
  const named = isObject(format) && format.type === 'json_schema' ? format.json_schema : undefined;
  const schema = isObject(named) ? named.schema : undefined;
  return schema === undefined ? {} : { answerSchema: schema };
}

function toolChoiceOf(choice: ChatBody['tool_choice']): ModelRequest['toolChoice'] {
  if (typeof choice === 'object') {
    const name = choice.function?.name;
    return name === undefined ? undefined : { name };
  }
  if (choice === 'required' || choice === 'any') return 'any';
  return choice === 'auto' || choice === 'none' ? choice : undefined;
}

/** Messages of the same side that follow each other are one turn; a tool's result is the user's. */
function readMessages(messages: readonly ChatMessage[]): Pick<ModelRequest, 'system' | 'turns'> {
  const system: string[] = [];
  const turns: { role: Turn['role']; blocks: Block[] }[] = [];
  for (const message of messages) {
    if (message.role === 'system' || message.role === 'developer') {
      system.push(textOf(message));
      continue;
    }
    const role = message.role === 'assistant' ? 'assistant' : 'user';
    const last = turns.at(-1);
    if (last?.role === role) last.blocks.push(...blocksOf(message));
    else turns.push({ role, blocks: blocksOf(message) });
  }
  return {
    system: system.join('\n'),
    turns: turns.length > 0 ? turns.map(toTurn) : [{ role: 'user', text: '' }],
  };
}

function toTurn({ role, blocks }: { role: Turn['role']; blocks: Block[] }): Turn {
  const text = blocks
    .flatMap((block) => (block.type === 'text' || block.type === 'toolResult' ? [block.text] : []))
    .join('\n');
  return blocks.every(({ type }) => type === 'text') ? { role, text } : { role, text, blocks };
}

function blocksOf(message: ChatMessage): Block[] {
  if (message.role === 'tool') {
    return [{ type: 'toolResult', id: message.tool_call_id ?? '', text: textOf(message), isError: false }];
  }
  const calls = (message.tool_calls ?? []).map(
    ({ id, function: { name, arguments: input } }): Block => ({
      type: 'toolUse',
      id,
      name,
      input: parse(input),
    }),
  );
  const { content } = message;
  const pictures = (Array.isArray(content) ? content : [])
    .filter(isMedia)
    .map((): Block => ({ type: 'media', kind: 'image', tokens: tokensOfPicture }));
  const text = textOf(message);
  return [...(text === '' ? [] : [{ type: 'text' as const, text }]), ...pictures, ...calls];
}

/** Parts that are words, or what was thought before them. */
const wordParts = ['text', 'refusal', 'thinking', 'reasoning'];

function isMedia({ type = '' }: { readonly type?: string }): boolean {
  return !wordParts.includes(type);
}

function textOf({ content }: ChatMessage): string {
  if (typeof content === 'string') return content;
  return (content ?? []).flatMap(({ text }) => (text === undefined ? [] : [text])).join('\n');
}

/**
 * Arguments that are no JSON stay a text: the model wrote them, and is asked to live with them. Mistral's own form has them
 * as an object, too.
 */
function parse(json: unknown): unknown {
  if (typeof json !== 'string') return json;
  try {
    return JSON.parse(json);
  } catch {
    return json;
  }
}

const any: Schema = { type: 'any' };

/** What a message says: a text, or a list of parts of which those of type `text` are read. */
const contentSchema: Schema = {
  type: 'either',
  text: { type: 'string' },
  list: {
    type: 'array',
    items: {
      type: 'object',
      required: ['type'],
      properties: { type: { type: 'string' }, text: { type: 'string' } },
      open: true,
    },
  },
};

/**
 * What OpenAI's form of a conversation has in every family that took it over; `more` are the family's own keys that are
 * read. Others are let through: no refusal of one is known but gpt-oss's (`chat-families.ts`).
 */
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
            tool_calls: any,
            tool_call_id: { type: 'string' },
          },
          open: true,
        },
      },
      temperature: { type: 'number', minimum: 0, maximum: 2 },
      top_p: { type: 'number', minimum: 0, maximum: 1 },
      tools: { type: 'array', items: tool },
      tool_choice: any,
      response_format: any,
      // OpenAI's own limit.
      n: { type: 'integer', minimum: 1, maximum: 128 },
      ...more,
    },
    open: true,
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
      properties: { name: { type: 'string' }, arguments: any },
      open: true,
    },
  },
  open: true,
};

const toolCalls: Schema = { type: 'array', items: toolCall };

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
      },
      open: true,
    },
  },
  open: true,
};

/** A request whose form was checked. */
interface ChatBody {
  messages: ChatMessage[];
  max_tokens?: number;
  max_completion_tokens?: number;
  temperature?: number;
  stop?: string | string[];
  tools?: { function: { name: string; description?: string; parameters?: unknown } }[];
  response_format?: unknown;
  tool_choice?: string | { function?: { name?: string } };
  documents?: unknown;
}

interface ChatMessage {
  role: 'system' | 'developer' | 'user' | 'assistant' | 'tool';
  content?: string | { type?: string; text?: string }[];
  tool_calls?: { id: string; function: { name: string; arguments: unknown } }[];
  tool_call_id?: string;
}
