import type { ModelRequest } from '../../families/family.ts';
import { countRequest } from '../../tokens.ts';
import type { Address } from './address.ts';
import { chatMessages } from './chat-request.ts';
import { backendFailure, reasonOf } from './failure.ts';

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
    return await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
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
