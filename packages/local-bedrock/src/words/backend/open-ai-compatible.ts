import type { AnswerEvent, WordSource } from '../../answer.ts';
import type { ModelRequest } from '../../families/family.ts';
import { readAddress } from './address.ts';
import { answerEvents } from './answer-events.ts';
import { chatRequest, leftOut } from './chat-request.ts';
import { type Chunk, readChunk } from './chunk.ts';
import { backendFailure, excerpt, reasonOf } from './failure.ts';
import { done, MalformedEvents, readEvents } from './server-sent-events.ts';
import { tokenCounter } from './token-counter.ts';

export interface BackendOptions {
  /** The base URL of the server's API, such as `http://127.0.0.1:11434/v1`. */
  readonly url: string;
  /** The server's name for the model that answers. Default: the first that `/v1/models` lists. */
  readonly model?: string;
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
export function openAiCompatible({ url, model, apiKey }: BackendOptions): WordSource {
  const address = readAddress(url);
  const headers = {
    'content-type': 'application/json',
    ...(apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` }),
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
  };
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
  const response = await fetch(url, {
    headers,
    ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
    ...(signal === undefined ? {} : { signal }),
  }).catch((error: unknown) => {
    throw backendFailure(`The backend at ${url} could not be asked: ${reasonOf(error)}.`, { cause: error });
  });
  if (response.ok) return response;
  const text = await response.text().catch(() => '');
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
