import { existsSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import type { ModelRequest } from '../../invoke/family.ts';
import type { WordSource } from '../answer.ts';
import { chatRequest } from '../backend/chat-request.ts';
import { backendFailure, excerpt, reasonOf } from '../backend/failure.ts';
import { fetchDirect } from '../backend/fetch-direct.ts';
import { openAiCompatible } from '../backend/open-ai-compatible.ts';
import { type FetchProgress, fetchWeights, type Weights } from './fetch-weights.ts';
import { isServer, type ModelOptions } from './model-options.ts';
import { cacheFolder } from './places.ts';
import { ensureRuntime } from './runtime.ts';
import { type HeldModel, holdModel, type SharedModelOptions } from './shared-model.ts';

export { fetchDirect } from '../backend/fetch-direct.ts';
export { isServer, type ModelOptions } from './model-options.ts';

/**
 * The model of `--model` alone: small enough for two cores and 2 GB, and it knows tools, JSON and Japanese. Its sibling
 * for code, of the same size, was tried with the whole course; the download itself was not, for want of a network.
 */
export const recommended: Weights = {
  name: 'qwen2.5-0.5b-instruct-q4_k_m',
  url: 'https://huggingface.co/Qwen/Qwen2.5-0.5B-Instruct-GGUF/resolve/main/qwen2.5-0.5b-instruct-q4_k_m.gguf',
  licence: 'Apache-2.0',
  megabytes: 491,
};

/** The file of the weights that answer, which need not be there; the recommended ones where none are named. */
export function weightsFile(source: string | undefined): string {
  return source === undefined ? join(cacheFolder(), `${recommended.name}.gguf`) : resolve(source);
}

/** What to call a model. */
export function modelName({ source, name }: ModelOptions): string {
  if (isServer(source)) return name ?? source;
  return basename(weightsFile(source)).replace(/\.gguf$/i, '');
}

/**
 * Makes ready what a model needs: fetches what runs it and, for the recommended one, its weights.
 *
 * @returns what is to be loaded
 * @throws an `Error` that says what to do
 */
export async function prepareModel(
  { source, embedding, contextSize, threads, greedy }: ModelOptions,
  tell: (line: string) => void = () => {},
  onProgress?: (progress: FetchProgress) => void,
): Promise<SharedModelOptions> {
  const file = source === undefined ? weightsFile(source) : requireFile(source);
  const runtime = await ensureRuntime(tell);
  if (source === undefined && !existsSync(file)) {
    const { name, megabytes, licence, url } = recommended;
    tell(`Fetching ${name} (${megabytes} MB, ${licence}) from ${new URL(url).host} into ${file}`);
    await fetchWeights(recommended, file, onProgress);
  }
  return {
    file,
    runtime,
    ...(embedding !== undefined && { embedding: requireFile(embedding) }),
    ...(contextSize !== undefined && { contextSize }),
    ...(threads !== undefined && { threads }),
    ...(greedy !== undefined && { greedy }),
  };
}

function requireFile(given: string): string {
  const file = resolve(given);
  if (existsSync(file) && statSync(file).isFile()) return file;
  throw new Error(
    `There are no weights in ${file}. Name a GGUF file, or the URL of a server, such as http://127.0.0.1:11434/v1.`,
  );
}

/**
 * Words by a language model: of a server, or of weights in one process that all endpoints of this machine share. The
 * process is started at once, and the first request waits for it; when it ends, the next request starts another.
 * What fails, fails: there are no other words.
 *
 * @throws an `Error` when the source cannot be used
 */
export async function modelWords(options: ModelOptions, tell?: (line: string) => void): Promise<WordSource> {
  const { source, name, apiKey, embedding } = options;
  if (isServer(source)) {
    return openAiCompatible({
      url: source,
      ...(name && { model: name }),
      ...(apiKey && { apiKey }),
      ...(embedding && { embedding }),
    });
  }
  const shared = await prepareModel(options, tell);
  let held: Promise<HeldModel> | undefined;
  let isClosed = false;
  const hold = (): Promise<HeldModel> => {
    if (isClosed) throw backendFailure('The endpoint has been closed.');
    held ??= holdModel(shared, () => {
      held = undefined;
    }).catch((cause: unknown) => {
      held = undefined;
      throw backendFailure(cause instanceof Error ? cause.message : String(cause), { cause });
    });
    return held;
  };
  const words = async () => {
    const { url, apiKey, name, embedding } = await hold();
    return openAiCompatible({ url, apiKey, model: name, ...(embedding && { embedding }) });
  };
  // It loads while the program gets ready; what goes wrong is said to the first request.
  hold().catch(() => undefined);
  return {
    name: `model ${modelName(options)}`,
    async *answer(...asked) {
      yield* (await words()).answer(...asked);
    },
    countTokens: async (request) => countedBy(await hold(), request),
    ...(embedding !== undefined && { embed: async (texts) => (await words()).embed?.(texts) ?? [] }),
    close() {
      isClosed = true;
      held?.then((model) => model.release()).catch(() => undefined);
    },
  };
}

/** By the model's own tokenizer and template: the same number that an answer reports as its input. */
async function countedBy({ url, apiKey, name }: HeldModel, request: ModelRequest): Promise<number> {
  const response = await fetchDirect(new URL('/tokenize', url), {
    method: 'POST',
    headers: { authorization: `Bearer ${apiKey}` },
    body: JSON.stringify(chatRequest(request, name)),
  }).catch((cause: unknown) => {
    throw backendFailure(`The model's process could not be asked: ${reasonOf(cause)}.`, { cause });
  });
  if (!response.ok) throw backendFailure(`The model could not count: ${excerpt(await response.text())}.`);
  const { count } = (await response.json()) as { count: number };
  return count;
}
