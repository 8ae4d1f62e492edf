import { randomBytes } from 'node:crypto';
import type { Ending, ModelRequest } from '../../invoke/family.ts';
import type { AnswerEvent } from '../answer.ts';
import { countRequest, countTokens } from '../tokens.ts';
import { backendFailure, excerpt } from './failure.ts';

interface Call {
  readonly key: number | undefined;
  /** The server's own id, by which further parts may name the call. */
  readonly serverId: string | undefined;
  readonly name: string;
  arguments: string;
}

/**
 * The events of an answer from a backend's chunks. The first tool call streams; further ones follow it whole, since
 * servers may send their parts in turns. Where the backend counts no tokens, the endpoint's own tokenizer does.
 *
 * @throws Refusal when the backend reports an error, calls a tool without a name or with arguments that are not JSON,
 *   or ends without saying that it has ended
 */
export async function* answerEvents(
  chunks: AsyncIterable<Chunk>,
  request: ModelRequest,
  lead: string,
): AsyncIterable<AnswerEvent> {
  const calls: Call[] = [];
  let hasText = false;
  let isBegun = false;
  let outputTokens = 0;
  let last: { finish?: string; stopSequence?: string; usage?: Chunk['usage'] } = {};
  for await (const chunk of chunks) {
    if (chunk.error !== undefined) {
      throw backendFailure(`The backend failed while it answered: ${chunk.error}`);
    }
    last = { ...last, ...present(chunk) };
    if (chunk.reasoning !== '') yield { type: 'reasoning', text: chunk.reasoning };
    if (chunk.text !== '') {
      yield { type: 'text', text: hasText || /^\s/.test(chunk.text) ? chunk.text : lead + chunk.text };
      hasText = true;
    }
    for (const part of chunk.calls) yield* partEvents(part, calls);
    outputTokens += countTokens(chunk.reasoning) + countTokens(chunk.text);
    isBegun ||= chunk.reasoning !== '' || chunk.text !== '' || chunk.calls.length > 0;
  }
  if (last.finish === undefined) {
    const what = isBegun ? 'in the middle of its answer' : 'without an answer';
    throw backendFailure(`The backend ended its stream ${what}.`);
  }
  if (last.finish !== 'length') checkArguments(calls);
  for (const call of calls.slice(1)) {
    yield { type: 'toolUse', id: toolUseId(), name: call.name };
    if (call.arguments !== '') yield { type: 'toolInput', json: call.arguments };
  }
  outputTokens += calls.reduce((sum, call) => sum + countTokens(call.name) + countTokens(call.arguments), 0);
  yield {
    type: 'end',
    ending: endingOf(last.finish, last.stopSequence, calls.length > 0),
    inputTokens: last.usage?.input ?? countRequest(request),
    outputTokens: last.usage?.output ?? outputTokens,
  };
}

function present({ finish, stopSequence, usage }: Chunk) {
  return {
    ...(finish !== undefined && { finish }),
    ...(stopSequence !== undefined && { stopSequence }),
    ...(usage !== undefined && { usage }),
  };
}

/** Puts a part to its call, or begins one; only the first call's parts are events at once. */
function* partEvents(part: CallPart, calls: Call[]): Iterable<AnswerEvent> {
  const known = findCall(part, calls);
  if (known !== undefined) {
    known.arguments += part.arguments;
    if (known === calls[0] && part.arguments !== '') yield { type: 'toolInput', json: part.arguments };
    return;
  }
  if (part.name === undefined) throw backendFailure('The backend called a tool without naming it.');
  calls.push({ key: part.index, serverId: part.id, name: part.name, arguments: part.arguments });
  if (calls.length > 1) return;
  yield { type: 'toolUse', id: toolUseId(), name: part.name };
  if (part.arguments !== '') yield { type: 'toolInput', json: part.arguments };
}

/** Some servers leave out the index, and some number every call 0: then a new id or a name begins a new call. */
function findCall({ index, id, name }: CallPart, calls: readonly Call[]): Call | undefined {
  if (id !== undefined) {
    const same = calls.find(({ serverId }) => serverId === id);
    if (same !== undefined) return same;
    const opened = calls.find(
      (call) => call.serverId === undefined && call.key !== undefined && call.key === index,
    );
    return name === undefined ? opened : undefined;
  }
  if (name !== undefined && calls.every(({ key }) => key === undefined || key !== index)) return undefined;
  if (name !== undefined && calls.some((call) => call.key === index && call.arguments !== ''))
    return undefined;
  return index === undefined ? calls.at(-1) : calls.findLast(({ key }) => key === index);
}

function checkArguments(calls: readonly Call[]): void {
  for (const { name, arguments: json } of calls) {
    if (json.trim() === '') continue;
    try {
      JSON.parse(json);
    } catch (cause) {
      const what = `The backend called ${name} with arguments that are not JSON: ${excerpt(json)}.`;
      throw backendFailure(what, { cause });
    }
  }
}

function endingOf(finish: string, stopSequence: string | undefined, hasCalls: boolean): Ending {
  if (finish === 'length') return { reason: 'maxTokens' };
  if (hasCalls) return { reason: 'toolUse' };
  return stopSequence === undefined ? { reason: 'end' } : { reason: 'stopSequence', sequence: stopSequence };
}

/** `tooluse_` and 22 characters: servers number their own from 0 in each answer, Bedrock's are never the same. */
function toolUseId(): string {
  return `tooluse_${randomBytes(16).toString('base64url').slice(0, 22)}`;
}

/** A part of a tool call, in a chunk of a stream or in a whole answer. */
interface CallPart {
  readonly index?: number;
  readonly id?: string;
  readonly name?: string;
  readonly arguments: string;
}

/** What one chunk of a stream says, or a whole answer; whatever is missing in it is absent or empty. */
export interface Chunk {
  readonly text: string;
  readonly reasoning: string;
  readonly calls: readonly CallPart[];
  readonly finish?: string;
  /** The stop sequence before which the answer ended, from servers that tell. */
  readonly stopSequence?: string;
  readonly usage?: { readonly input: number; readonly output: number };
  /** What the server says went wrong. */
  readonly error?: string;
}

/** Reads a `chat.completion.chunk` or a `chat.completion`; `undefined` for a value that is neither. Pure. */
export function readChunk(value: unknown): Chunk | undefined {
  const chunk = asRecord(value);
  if (chunk === undefined) return undefined;
  if (chunk.error !== undefined && chunk.error !== null) return { ...nothing, error: errorText(chunk.error) };
  const usage = readUsage(chunk.usage);
  const withUsage = usage === undefined ? {} : { usage };
  if (!Array.isArray(chunk.choices)) return usage === undefined ? undefined : { ...nothing, ...withUsage };
  const choice = asRecord(chunk.choices[0]);
  if (choice === undefined) return { ...nothing, ...withUsage };
  const delta = asRecord(choice.delta) ?? asRecord(choice.message) ?? {};
  return {
    text: contentText(delta.content),
    reasoning: textOr(delta.reasoning_content) || textOr(delta.reasoning),
    calls: Array.isArray(delta.tool_calls) ? delta.tool_calls.flatMap(readCall) : [],
    ...(typeof choice.finish_reason === 'string' ? { finish: choice.finish_reason } : {}),
    ...(typeof choice.stop_reason === 'string' ? { stopSequence: choice.stop_reason } : {}),
    ...withUsage,
  };
}

const nothing: Chunk = { text: '', reasoning: '', calls: [] };

/** Content is text, or parts of which some are text. */
function contentText(content: unknown): string {
  if (!Array.isArray(content)) return textOr(content);
  return content.map((part) => textOr(asRecord(part)?.text)).join('');
}

function readCall(value: unknown): CallPart[] {
  const call = asRecord(value);
  const called = asRecord(call?.function);
  if (call === undefined || called === undefined) return [];
  const given = called.arguments;
  return [
    {
      ...(typeof call.index === 'number' ? { index: call.index } : {}),
      ...(typeof call.id === 'string' && call.id !== '' ? { id: call.id } : {}),
      ...(typeof called.name === 'string' && called.name !== '' ? { name: called.name } : {}),
      arguments: typeof given === 'object' && given !== null ? JSON.stringify(given) : textOr(given),
    },
  ];
}

function readUsage(value: unknown): Chunk['usage'] {
  const usage = asRecord(value);
  const { prompt_tokens: input, completion_tokens: output } = usage ?? {};
  return isCount(input) && isCount(output) && input > 0 ? { input, output } : undefined;
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0;
}

function errorText(error: unknown): string {
  const message = asRecord(error)?.message;
  return typeof message === 'string' ? message : typeof error === 'string' ? error : JSON.stringify(error);
}

function textOr(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function asRecord(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined;
}
