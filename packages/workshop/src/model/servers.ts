import { fetchDirect } from 'local-bedrock/model';

/** Where programs that run models listen, unless they are told otherwise. */
const usual = [
  ['Ollama', 11_434],
  ['LM Studio', 1_234],
  ['llama.cpp', 8_080],
  ['vLLM', 8_000],
] as const;

/** A server with a model, on this machine. */
export interface FoundServer {
  readonly name: string;
  readonly url: string;
  readonly models: readonly string[];
}

/** The models that a server with OpenAI's API lists; undefined when nobody answers there, or something else does. */
export async function listModels(url: string, timeoutMs = 5_000): Promise<string[] | undefined> {
  const base = url.replace(/\/+$/, '').replace(/\/v1$/, '');
  try {
    const response = await fetchDirect(`${base}/v1/models`, { signal: AbortSignal.timeout(timeoutMs) });
    if (!response.ok) return undefined;
    const { data } = (await response.json()) as { data?: unknown };
    if (!Array.isArray(data)) return undefined;
    return data.flatMap((one: { id?: unknown } | null) => (typeof one?.id === 'string' ? [one.id] : []));
  } catch {
    return undefined;
  }
}

/** Milliseconds that a server gets to say what it has: a machine that is busy with a model answers late. */
const patienceMs = 5_000;

/** A server on its usual port which has a model, if there is one. Where nobody listens, that is known at once. */
export async function findServer(
  ports: readonly (readonly [string, number])[] = usual,
): Promise<FoundServer | undefined> {
  const found = await Promise.all(
    ports.map(async ([name, port]) => {
      const url = `http://127.0.0.1:${port}/v1`;
      return { name, url, models: (await listModels(url, patienceMs)) ?? [] };
    }),
  );
  return found.find(({ models }) => models.length > 0);
}

/** How to use a server that was found, in one line. */
export function describeServer({ name, url, models }: FoundServer): string {
  const [first = ''] = models;
  const which = models.length > 1 ? ` --model-name ${first}` : '';
  const has = models.length > 1 ? `${models.length} models` : first;
  return `${name} runs here with ${has}; for its words: npm start -- --model ${url}${which}`;
}
