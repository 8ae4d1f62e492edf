import type { ModelRequest } from '../../invoke/family.ts';
import type { AnswerEvent, WordSource } from '../answer.ts';
import { countRequest } from '../tokens.ts';
import { answerEvents, type Chunk, readChunk } from './answer-events.ts';
import { chatMessages, chatRequest, leftOut } from './chat-request.ts';
import { backendFailure, excerpt, reasonOf, refusalOf } from './failure.ts';
import { fetchDirect } from './fetch-direct.ts';
import { done, MalformedEvents, readEvents } from './server-sent-events.ts';

export interface BackendOptions {
  /** The base URL of the server's API, such as `http://127.0.0.1:11434/v1`. */
  readonly url: string;
  /** The server's name for the model that answers. Default: the first that `/v1/models` lists. */
  readonly model?: string;
  /** The server's name for the model that makes embeddings. Default: the endpoint computes them. */
  readonly embedding?: string;
  /** Sent as `Authorization: Bearer …`; local servers seldom ask for one. */
  readonly apiKey?: string;
}

/**
 * Words by a real language model: any server that offers OpenAI's `/v1/chat/completions` (Ollama, llama.cpp, LM
 * Studio, vLLM). One model answers for all of Bedrock's ids. Text, reasoning, tool calls and usage are carried over as
 * they stream; when the caller goes away, the server's work is ended. Pictures and documents are not sent: the model
 * is told that there was one, and a warning is printed.
 *
 * Its calls fail with a `Refusal`, a ModelErrorException (424), when the server cannot be reached, refuses, or sends
 * what is no answer. It never falls back to other words.
 *
 * Throws an `Error` when the URL is none.
 */
export function openAiCompatible({ url, model, apiKey, embedding }: BackendOptions): WordSource {
  const address = readAddress(url);
  const headers = {
    'content-type': 'application/json',
    ...(apiKey !== undefined && { authorization: `Bearer ${apiKey}` }),
  };
  const count = tokenCounter(address, headers);
  const warned = new Set<string>();
  let found: Promise<string> | undefined;

  /** Asked for once; again after a failure. */
  function modelName(signal?: AbortSignal): Promise<string> {
    if (model !== undefined) return Promise.resolve(model);
    found ??= firstModel(address.api, headers, signal).catch((error: unknown) => {
      found = undefined;
      throw error;
    });
    return found;
  }

  async function* answer(
    request: ModelRequest,
    lead: string,
    signal: AbortSignal,
  ): AsyncIterable<AnswerEvent> {
    for (const kind of leftOut(request).filter((one) => !warned.has(one))) {
      warned.add(kind);
      process.emitWarning(
        `The backend at ${address.api} is not shown any ${kind}: only words are sent to it.`,
      );
    }
    try {
      const name = await modelName(signal);
      const response = await ask(
        `${address.api}/chat/completions`,
        headers,
        signal,
        chatRequest(request, name),
      );
      yield* answerEvents(chunksOf(response), request, lead);
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  return {
    name: `backend ${address.api}`,
    answer: (request, _, lead, signal) => answer(request, lead, signal),
    async countTokens(request) {
      return count(request, await modelName());
    },
    ...(embedding !== undefined && {
      embed: async (input) =>
        vectorsIn(await ask(`${address.api}/embeddings`, headers, undefined, { model: embedding, input })),
    }),
  };
}

/** The vectors of an answer to `/v1/embeddings`, in the order of the texts. */
async function vectorsIn(response: Response): Promise<readonly (readonly number[])[]> {
  const answer = (await response.json().catch(() => undefined)) as
    | { data?: { embedding?: unknown }[] }
    | undefined;
  const vectors = Array.isArray(answer?.data) ? answer.data.map((one) => one?.embedding) : [];
  const isVector = (one: unknown): one is number[] =>
    Array.isArray(one) && one.every((value) => typeof value === 'number');
  if (vectors.length > 0 && vectors.every(isVector)) return vectors;
  throw backendFailure('The backend sent what are no embeddings.');
}

/** The first model of the server's list. */
async function firstModel(
  api: string,
  headers: Readonly<Record<string, string>>,
  signal?: AbortSignal,
): Promise<string> {
  const response = await ask(`${api}/models`, headers, signal);
  const list: unknown = await response.json().catch(() => undefined);
  const entries =
    typeof list === 'object' && list !== null && 'data' in list && Array.isArray(list.data) ? list.data : [];
  const id: unknown = entries[0]?.id;
  if (typeof id === 'string' && id !== '') return id;
  throw backendFailure(
    `The backend at ${api} lists no model. Load one there, or name it with --backend-model.`,
  );
}

/** Sends a request: a POST where there is a body. Throws a `Refusal` when no good answer begins. */
async function ask(
  url: string,
  headers: Readonly<Record<string, string>>,
  signal?: AbortSignal,
  body?: unknown,
): Promise<Response> {
  const response = await fetchDirect(url, {
    headers,
    ...(body !== undefined && { method: 'POST', body: JSON.stringify(body) }),
    ...(signal !== undefined && { signal }),
  }).catch((error: unknown) => {
    throw backendFailure(`The backend at ${url} could not be asked: ${reasonOf(error)}.`, { cause: error });
  });
  if (response.ok) return response;
  const text = await response.text().catch(() => '');
  const known = refusalOf(response.status, text);
  if (known !== undefined) throw known;
  const what = `The backend at ${url} answered with status ${response.status}: ${excerpt(readError(text) ?? text)}.`;
  throw backendFailure(what, { status: response.status });
}

function readError(text: string): string | undefined {
  try {
    return readChunk(JSON.parse(text))?.error;
  } catch {
    return undefined;
  }
}

/** The chunks of a streamed answer, or the one of a server that answers at once. */
async function* chunksOf(response: Response): AsyncIterable<Chunk> {
  if (response.body === null) throw backendFailure('The backend answered with nothing.');
  let isBegun = false;
  let hasEnd = false;
  try {
    if (/\bapplication\/json\b/.test(response.headers.get('content-type') ?? '')) {
      yield wholeAnswer(await response.text());
      return;
    }
    for await (const value of readEvents(response.body)) {
      if (value === done) {
        if (isBegun && !hasEnd) yield { text: '', reasoning: '', calls: [], finish: 'stop' };
        return;
      }
      const chunk = readChunk(value);
      if (chunk === undefined) throw new MalformedEvents(JSON.stringify(value));
      yield chunk;
      isBegun ||= chunk.text !== '' || chunk.calls.length > 0;
      hasEnd ||= chunk.finish !== undefined;
    }
  } catch (error) {
    if (error instanceof MalformedEvents) {
      throw backendFailure(`The backend sent what is no answer: ${excerpt(error.text)}.`, {
        cause: error,
      });
    }
    if (error instanceof TypeError) {
      throw backendFailure(`The backend's answer broke off: ${reasonOf(error)}.`, {
        cause: error,
      });
    }
    throw error;
  }
}

function wholeAnswer(text: string): Chunk {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new MalformedEvents(text);
  }
  const chunk = readChunk(value);
  if (chunk === undefined) throw new MalformedEvents(text);
  return chunk.finish === undefined && chunk.error === undefined ? { ...chunk, finish: 'stop' } : chunk;
}

/** Where an OpenAI-compatible server answers. */
export interface Address {
  /** The base of the API, such as `http://127.0.0.1:11434/v1`, without a slash at its end. */
  readonly api: string;
  /** The same without `/v1`, where servers offer what is not OpenAI's, such as `/tokenize`. */
  readonly root: string;
}

/**
 * The address in a URL as people write it: with or without `/v1`, a slash at the end, or the whole path of the
 * chat operation. Throws an `Error` that says what to write when it is no URL of HTTP.
 */
export function readAddress(url: string): Address {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed === undefined || !/^https?:$/.test(parsed.protocol)) {
    throw new Error(`"${url}" is not the URL of a backend. Write it as http://127.0.0.1:11434/v1.`);
  }
  const path = parsed.pathname.replace(/\/+$/, '').replace(/\/(?:chat\/)?completions$/, '');
  const api = `${parsed.origin}${path === '' ? '/v1' : path}`;
  return { api, root: api.replace(/\/v1$/, '') };
}

/**
 * Counts by the server's own `/tokenize`, which llama.cpp and vLLM offer; the estimate of the endpoint's tokenizer
 * where there is none. The chat template's few tokens around each message are in neither.
 *
 * @throws Refusal when the server cannot be reached
 */
export function tokenCounter(address: Address, headers: Readonly<Record<string, string>>) {
  let isOffered = true;
  return async (request: ModelRequest, model: string): Promise<number> => {
    if (!isOffered) return countRequest(request);
    const text = wordsOf(request);
    const response = await post(`${address.root}/tokenize`, headers, { model, content: text, prompt: text });
    const count = response.ok ? countIn(await response.json().catch(() => undefined)) : undefined;
    if (!response.ok) await response.body?.cancel();
    isOffered = count !== undefined;
    return count ?? countRequest(request);
  };
}

async function post(
  url: string,
  headers: Readonly<Record<string, string>>,
  body: unknown,
): Promise<Response> {
  try {
    return await fetchDirect(url, { method: 'POST', headers, body: JSON.stringify(body) });
  } catch (error) {
    throw backendFailure(`The backend at ${new URL(url).origin} could not be asked: ${reasonOf(error)}.`, {
      cause: error,
    });
  }
}

/** llama.cpp answers `{ tokens: [...] }`, vLLM `{ count, tokens }`. */
function countIn(value: unknown): number | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if ('count' in value && typeof value.count === 'number') return value.count;
  return 'tokens' in value && Array.isArray(value.tokens) ? value.tokens.length : undefined;
}

function wordsOf(request: ModelRequest): string {
  const messages = chatMessages(request).map((message) => {
    const calls = message.role === 'assistant' ? (message.tool_calls ?? []) : [];
    return [message.content ?? '', ...calls.map((call) => JSON.stringify(call.function))].join('\n');
  });
  return [...messages, ...(request.tools ?? []).map((tool) => JSON.stringify(tool))].join('\n');
}
