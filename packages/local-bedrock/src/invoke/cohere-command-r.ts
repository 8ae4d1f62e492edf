import { type Sentence, segmentsOf, wordsIn } from '../citations/segments.ts';
import { isObject, type ObjectSchema } from '../shapes/body-schema.ts';
import { answerSoFar } from '../words/answer.ts';
import { type SourceText, withDocuments } from './documents.ts';
import type { Block, Ending, Family, ModelAnswer, ModelRequest, Tool, Turn } from './family.ts';
import { uuidFrom } from './ids.ts';

/**
 * Cohere's Command R and R+: what their body asks, and the form of their answer (user guide, "Cohere Command R and Command
 * R+ models"; Cohere's own pages of its Chat API, version 1, for what a stream has besides its text).
 */

/** What both kinds of Command take. */
export const settings: ObjectSchema['properties'] = {
  max_tokens: { type: 'integer', minimum: 1 },
  temperature: { type: 'number', minimum: 0, maximum: 5 },
  p: { type: 'number', minimum: 0, maximum: 1 },
  k: { type: 'number', minimum: 0, maximum: 500 },
  stop_sequences: { type: 'array', items: { type: 'string' } },
};

const any = { type: 'any' } as const;
const list = { type: 'array', items: any } as const;

/** Closed, as reports of what it refuses show (promptfoo/promptfoo#914, June 2024, Command R+; the most `p` too). */
export const schemaOfR: ObjectSchema = {
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
    documents: list,
    search_queries_only: { type: 'boolean' },
    ...settings,
    p: { type: 'number', minimum: 0, maximum: 0.99 },
    frequency_penalty: { type: 'number', minimum: 0, maximum: 1 },
    presence_penalty: { type: 'number', minimum: 0, maximum: 1 },
    seed: { type: 'integer' },
    prompt_truncation: { type: 'string', enum: ['OFF', 'AUTO_PRESERVE_ORDER'] },
    return_prompt: { type: 'boolean' },
    raw_prompting: { type: 'boolean' },
    tools: list,
    tool_results: list,
  },
};

/** A body that follows the schema. */
interface Body {
  readonly message?: string;
  readonly chat_history?: readonly Said[];
  readonly preamble?: string;
  readonly documents?: readonly unknown[];
  readonly search_queries_only?: boolean;
  readonly return_prompt?: boolean;
  readonly tools?: readonly unknown[];
  readonly tool_results?: readonly unknown[];
}

interface Said {
  readonly role: string;
  readonly message?: string;
  readonly tool_calls?: unknown;
  readonly tool_results?: unknown;
}

/** What the body asks, without its settings. */
export function readR(body: unknown): Pick<ModelRequest, 'system' | 'turns' | 'passages' | 'tools'> {
  const { preamble = '', tools = [], documents = [] } = body as Body;
  const said = conversationOf(body);
  const system = said.filter(({ role }) => role === 'SYSTEM').map(({ message = '' }) => message);
  const conversation = {
    system: [preamble, ...system].filter((text) => text !== '').join('\n'),
    turns: turnsOf(said),
  };
  const offered = tools.flatMap(toolOf);
  return {
    ...withDocuments(conversation, documents.map(sourceOf)),
    ...(offered.length > 0 && { tools: offered }),
  };
}

/** The conversation with what the request adds: a message, and what its tools gave. */
function conversationOf(body: unknown): readonly Said[] {
  const { message = '', chat_history: before = [], tool_results: results = [] } = (body ?? {}) as Body;
  const asked = message === '' ? [] : [{ role: 'USER', message }];
  const given = results.length === 0 ? [] : [{ role: 'TOOL', tool_results: results }];
  const isWaiting = callsOf(before.at(-1)?.tool_calls).length > 0;
  return [...before, ...(isWaiting ? [...given, ...asked] : [...asked, ...given])];
}

/** Calls have no ids here: they are told apart by their order. A result without its call before it brings it along. */
function turnsOf(said: readonly Said[]): Turn[] {
  const turns: Turn[] = [];
  let waiting: string[] = [];
  let count = 0;
  const add = (role: Turn['role'], text: string, blocks: Block[]) => {
    const words: Block[] = text === '' ? [] : [{ type: 'text', text }];
    turns.push(blocks.length === 0 ? { role, text } : { role, text, blocks: [...words, ...blocks] });
  };
  const addCalls = (text: string, calls: readonly Call[]) => {
    const blocks = calls.map(({ name, parameters }): Extract<Block, { type: 'toolUse' }> => {
      count += 1;
      return { type: 'toolUse', id: `call_${count}`, name, input: parameters };
    });
    waiting = blocks.map(({ id }) => id);
    add('assistant', text, blocks);
  };
  for (const { role, message = '', tool_calls: calls, tool_results: results } of said) {
    if (role === 'USER') add('user', message, []);
    if (role === 'CHATBOT') addCalls(message, callsOf(calls));
    if (role !== 'TOOL') continue;
    const given = resultsOf(results);
    if (waiting.length === 0)
      addCalls(
        '',
        given.map(({ call }) => call),
      );
    const blocks = given.map(({ outputs }, index): Extract<Block, { type: 'toolResult' }> => {
      const text = JSON.stringify(outputs.length === 1 ? outputs[0] : outputs);
      return { type: 'toolResult', id: waiting[index] ?? '', text, isError: false };
    });
    waiting = [];
    turns.push({ role: 'user', text: blocks.map(({ text }) => text).join('\n'), blocks });
  }
  return turns.length > 0 ? turns : [{ role: 'user', text: '' }];
}

interface Call {
  readonly name: string;
  readonly parameters: unknown;
}

function callsOf(calls: unknown): Call[] {
  return (Array.isArray(calls) ? calls : []).map((call: unknown) => {
    const { name, parameters = {} } = isObject(call) ? call : {};
    return { name: textOf(name), parameters };
  });
}

function resultsOf(results: unknown): { readonly call: Call; readonly outputs: readonly unknown[] }[] {
  return (Array.isArray(results) ? results : []).map((result: unknown) => {
    const { call, outputs } = isObject(result) ? result : {};
    const [made = { name: '', parameters: {} }] = callsOf([call]);
    return { call: made, outputs: Array.isArray(outputs) ? outputs : [] };
  });
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** A tool's parameters are told in Python's names of types. */
function toolOf(tool: unknown): Tool[] {
  if (!isObject(tool)) return [];
  const { name, description, parameter_definitions: definitions } = tool;
  const parameters = Object.entries(isObject(definitions) ? definitions : {}).map(
    ([key, value]) => [key, isObject(value) ? value : {}] as const,
  );
  const properties = parameters.map(([key, { type, description: meaning }]) => [
    key,
    { type: typeOf(textOf(type)), ...(textOf(meaning) !== '' && { description: meaning }) },
  ]);
  const required = parameters.filter(([, value]) => value.required === true).map(([key]) => key);
  const schema = { type: 'object', properties: Object.fromEntries(properties), required };
  return [{ name: textOf(name), description: textOf(description), schema }];
}

const types = [
  ['integer', /^int/i],
  ['number', /^(?:float|num)/i],
  ['boolean', /^bool/i],
  ['array', /^(?:list|array)/i],
  ['object', /^(?:dict|object)/i],
] as const;

function typeOf(name: string): string {
  return types.find(([, pattern]) => pattern.test(name))?.[0] ?? 'string';
}

/** A document: its `title`, and the words of its other members, such as `snippet`. */
function sourceOf(document: unknown): SourceText {
  const { title, id: _, ...rest } = isObject(document) ? document : {};
  const text = Object.values(rest).map(wordsOf).join('\n');
  return typeof title === 'string' ? { title, text } : { text };
}

function wordsOf(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}

/** What an answer can be drawn from, by the ids that Cohere gives: `doc_0`, and for tools `name:call:output`. */
function citable(body: Body): { readonly id: string; readonly text: string; readonly members: object }[] {
  const documents = (body.documents ?? []).map((document, index) => {
    const members = isObject(document) ? document : {};
    return {
      id: typeof members.id === 'string' ? members.id : `doc_${index}`,
      text: sourceOf(document).text,
      members,
    };
  });
  const outputs = resultsOf(body.tool_results).flatMap(({ call: { name }, outputs: given }, index) =>
    given.map((output, position) => {
      const members = isObject(output) ? output : {};
      const text = Object.values(members).map(wordsOf).join('\n');
      return { id: `${name}:${index}:${position}`, text, members: { ...members, tool_name: name } };
    }),
  );
  return [...documents, ...outputs];
}

/** What is looked through of a sentence, in characters, of a source, in sentences, and of all sources, in characters. */
const most = { sentence: 2_000, sentences: 300, sources: 60_000 };

/** Which words of the answer stand in which document. Absent members: none do. */
function citationsOf(answer: string, body: Body) {
  const sources = citable(body);
  let left = most.sources;
  const sentences: Sentence<string>[] = sources.flatMap(({ id, text }) => {
    const read = text.slice(0, left);
    left -= read.length;
    return read
      .split(/(?<=[.!?])\s+|\n+/)
      .slice(0, most.sentences)
      .map((sentence) => ({
        words: wordsIn(sentence.slice(0, most.sentence)).map(({ word }) => word),
        citation: id,
      }));
  });
  let end = 0;
  const citations = segmentsOf(answer, sentences).flatMap(({ text, citation }) => {
    const start = end;
    end += text.length;
    return citation === undefined ? [] : [{ start, end, text, document_ids: [citation] }];
  });
  if (citations.length === 0) return {};
  const cited = new Set(citations.flatMap(({ document_ids: ids }) => ids));
  const documents = sources.filter(({ id }) => cited.has(id)).map(({ id, members }) => ({ ...members, id }));
  return { citations, documents };
}

/** What one would look up: the questions of a message, or a message without one; a greeting asks for nothing. */
function queriesOf(message: string): string[] {
  const sentences = message.split(/(?<=[.!?])\s+|\n+/).filter((text) => text.trim() !== '');
  const questions = sentences.filter((text) => text.trimEnd().endsWith('?'));
  const asked = questions.length > 0 ? questions : sentences.filter((text) => wordsIn(text).length > 2);
  return asked.slice(0, 5).map((text) => text.trim().replace(/[.!?]+$/, ''));
}

type Answer = Pick<ModelAnswer, 'text' | 'ending' | 'blocks'>;

/** What an R model answers: its words, and the conversation with them at its end. */
export function writeR({ text, ending, blocks }: Answer, requestHash: string, fields: unknown) {
  const body = (fields ?? {}) as Body;
  const ids = { response_id: uuidFrom(requestHash), generation_id: generationId(requestHash) };
  if (body.search_queries_only === true) {
    const queries = queriesOf(body.message ?? '');
    return {
      ...ids,
      text: '',
      is_search_required: queries.length > 0,
      search_queries: queries.map((query, index) => ({
        text: query,
        generation_id: generationId(requestHash, index),
      })),
      chat_history: conversationOf(body),
      finish_reason: 'COMPLETE',
    };
  }
  const calls = blocks.flatMap((block) =>
    block.type === 'toolUse' ? [{ name: block.name, parameters: block.input }] : [],
  );
  const called = calls.length > 0 && { tool_calls: calls };
  return {
    response_id: ids.response_id,
    text,
    generation_id: ids.generation_id,
    ...citationsOf(text, body),
    chat_history: [...conversationOf(body), { role: 'CHATBOT', message: text, ...called }],
    finish_reason: finishReason(ending),
    ...called,
    ...(body.return_prompt === true && { prompt: body.message }),
  };
}

/** A stream tells words as they come; what they cite, and calls, are told behind them, before the whole answer. */
export const streamR: NonNullable<Family['streamWriter']> = ({ requestHash, body }) => {
  const answer = answerSoFar();
  const onlyQueries = (body as Body | undefined)?.search_queries_only === true;
  const chunk = (type: string, members: object) => ({ is_finished: false, event_type: type, ...members });
  return (event) => {
    if (event.type !== 'end') {
      answer.add(event);
      return event.type === 'text' && !onlyQueries ? [chunk('text-generation', { text: event.text })] : [];
    }
    const whole = writeR(answer.answer(event), requestHash, body);
    const { finish_reason: reason } = whole;
    const billed = { input_tokens: event.inputTokens, output_tokens: event.outputTokens };
    // Recorded so in September 2025. A whole answer has its counts in the headers only.
    const meta = { api_version: { version: '1' }, billed_units: billed, tokens: billed };
    const told = [
      ['search-queries-generation', 'search_queries'],
      ['citation-generation', 'citations'],
      ['tool-calls-generation', 'tool_calls'],
    ] as const;
    return [
      ...told.flatMap(([type, member]) => {
        const value = (whole as Readonly<Record<string, unknown>>)[member];
        return value === undefined ? [] : [chunk(type, { [member]: value })];
      }),
      { is_finished: true, event_type: 'stream-end', response: { ...whole, meta }, finish_reason: reason },
    ];
  };
};

export function generationId(requestHash: string, index = 0): string {
  return uuidFrom(requestHash.slice(32 - index).padEnd(32, '0'));
}

/** Upper case on the wire. For an answer that ended before a stop sequence no recording is at hand. */
export function finishReason(ending: Ending): string {
  return { end: 'COMPLETE', maxTokens: 'MAX_TOKENS', stopSequence: 'STOP_SEQUENCE', toolUse: 'COMPLETE' }[
    ending.reason
  ];
}
