import { statSync } from 'node:fs';
import { availableParallelism, loadavg } from 'node:os';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Engine, Generated, GenerateOptions, Tokens } from './engine.ts';
import { chooseSlot } from './slots.ts';

/** The parts of node-llama-cpp 3 that are used here. It is no dependency: it is fetched on first use. */
interface LlamaModule {
  getLlama(options: object): Promise<Llama>;
  LlamaCompletion: new (options: { contextSequence: Sequence }) => Completion;
  LlamaGrammar: new (llama: Llama, options: { grammar: string }) => object;
}

interface Llama {
  loadModel(options: object): Promise<LlamaModel>;
  dispose(): Promise<void>;
}

interface LlamaModel {
  readonly fileInfo: { readonly metadata: { readonly tokenizer?: { readonly chat_template?: string } } };
  readonly trainContextSize: number;
  readonly tokens: { readonly bosString: string | null; readonly eosString: string | null };
  tokenize(text: string, specialTokens: boolean): number[];
  isSpecialToken(token: number | undefined): boolean;
  createContext(options: object): Promise<{ readonly contextSize: number; getSequence(): Sequence }>;
  createEmbeddingContext(options: object): Promise<{
    getEmbeddingFor(tokens: number[]): Promise<{ readonly vector: readonly number[] }>;
  }>;
}

interface Sequence {
  readonly contextTokens: readonly number[];
  readonly nextTokenIndex: number;
  adaptStateToTokens(tokens: number[], allowShift: boolean): Promise<void>;
  evaluateWithoutGeneratingNewTokens(tokens: number[]): Promise<void>;
}

interface Completion {
  generateCompletionWithMeta(
    input: number[],
    options: object,
  ): Promise<{
    readonly metadata: {
      readonly stopReason: string;
      readonly customStopTrigger?: readonly (string | number)[];
    };
  }>;
}

interface JinjaModule {
  Template: new (template: string) => { render(values: object): string };
}

/** Tokens that prompt and answer may be together, unless the weights were made for fewer. It bounds the memory. */
const defaultContextSize = 8_192;
/** Tokens of a prompt that are read between two looks at whether the caller is still there. */
const batchSize = 128;
/** Weights of at most so many bytes get two slots: a second one takes as much memory again as the context does. */
const smallWeights = 1e9;
/** What llama.cpp's own programs take small models to need, so that they do not say the same over and over. */
const repeatPenalty = { penalty: 1.1, lastTokens: 64 };

export interface EngineOptions {
  /** The GGUF file. */
  readonly file: string;
  /** The folder with node-llama-cpp in its `node_modules`. */
  readonly runtime: string;
  readonly contextSize?: number;
  /** Default: the cores that have nothing else to do, at least one. */
  readonly threads?: number;
  /** For embeddings, not for words. */
  readonly isEmbedding?: boolean;
}

/** Loads weights into this process. Throws what node-llama-cpp throws: a missing file, no GGUF, too little memory. */
export async function loadEngine(options: EngineOptions): Promise<Engine> {
  const { file, runtime, isEmbedding = false } = options;
  const modules = join(runtime, 'node_modules');
  const { getLlama, LlamaCompletion, LlamaGrammar } = (await import(
    pathToFileURL(join(modules, 'node-llama-cpp', 'dist', 'index.js')).href
  )) as LlamaModule;
  const { Template } = (await import(
    pathToFileURL(join(modules, '@huggingface', 'jinja', 'dist', 'index.js')).href
  )) as JinjaModule;
  const threads = options.threads ?? freeCores();
  const llama = await getLlama({
    gpu: false,
    build: 'never',
    skipDownload: true,
    progressLogs: false,
    logLevel: 'error',
    maxThreads: threads,
  });
  const model = await llama.loadModel({ modelPath: file, gpuLayers: 0 });
  const wanted = Math.min(options.contextSize ?? defaultContextSize, model.trainContextSize);
  const sequences = statSync(file).size <= smallWeights ? 2 : 1;
  const embedding = isEmbedding
    ? await model.createEmbeddingContext({ contextSize: wanted, threads })
    : undefined;
  const context = isEmbedding
    ? undefined
    : await model.createContext({ contextSize: wanted, threads, batchSize, sequences });
  const slots = (
    context === undefined ? [] : Array.from({ length: sequences }, () => context.getSequence())
  ).map((sequence) => ({
    sequence,
    completion: new LlamaCompletion({ contextSequence: sequence }),
    usedAt: 0,
    get tokens() {
      return sequence.contextTokens;
    },
  }));
  const template = model.fileInfo.metadata.tokenizer?.chat_template;
  const grammars = new Map<string, object>();
  const grammarOf = (grammar: string) => {
    const made = grammars.get(grammar) ?? new LlamaGrammar(llama, { grammar });
    if (grammars.size < 100) grammars.set(grammar, made);
    return made;
  };

  async function generate(prompt: Tokens, options: GenerateOptions): Promise<Generated> {
    const slot = chooseSlot(slots, prompt);
    if (slot === undefined) throw new Error('These weights are for embeddings.');
    const { sequence, completion } = slot;
    slot.usedAt = performance.now();
    const { maxTokens, temperature, stop, grammar, signal, onText } = options;
    await readPrompt(sequence, prompt, signal);
    let tokens = 0;
    const { metadata } = await completion.generateCompletionWithMeta([...prompt], {
      maxTokens,
      temperature,
      ...(stop.length > 0 && { customStopTriggers: stop }),
      ...(grammar === undefined ? { repeatPenalty } : { grammar: grammarOf(grammar), repeatPenalty: false }),
      disableContextShift: true,
      signal,
      onTextChunk: onText,
      onToken: (some: readonly number[]) => {
        tokens += some.length;
      },
    });
    const { stopReason, customStopTrigger } = metadata;
    if (stopReason === 'maxTokens') return { ended: 'at-the-limit', tokens };
    if (stopReason !== 'customStopTrigger') return { ended: 'by-itself', tokens };
    const found = customStopTrigger?.join('') ?? '';
    return { ended: { stop: stop.find((one) => one === found) ?? stop[0] ?? found }, tokens };
  }

  return {
    name: basename(file).replace(/\.gguf$/i, ''),
    contextSize: context?.contextSize ?? wanted,
    ...(template !== undefined && { template }),
    bosToken: model.tokens.bosString ?? '',
    eosToken: model.tokens.eosString ?? '',
    render: (template, values) => new Template(template).render(values),
    tokenize: (text, isPrompt = false) => model.tokenize(text, isPrompt),
    isControl(text) {
      const tokens = model.tokenize(text, true);
      return tokens.length === 1 && model.isSpecialToken(tokens[0]);
    },
    generate,
    ...(embedding !== undefined && {
      embed: async (texts: readonly string[]) => {
        const vectors = [];
        for (const text of texts) {
          const tokens = model.tokenize(text, false).slice(0, wanted - 2);
          const { vector } = await embedding.getEmbeddingFor(tokens);
          vectors.push({ vector: unit(vector), tokens: tokens.length });
        }
        return vectors;
      },
    }),
    close: () => llama.dispose(),
  };
}

/**
 * Threads that wait for each other stand still whenever one of them has no core: with one more than there are free
 * cores, a model is a hundred times slower.
 */
function freeCores(): number {
  const busy = Math.round(loadavg()[0] ?? 0);
  return Math.max(1, availableParallelism() - busy);
}

/** Reads a prompt a batch at a time, so that a caller who goes away is noticed; what was read before is kept. */
async function readPrompt(sequence: Sequence, prompt: Tokens, signal: AbortSignal): Promise<void> {
  // One token is left for the completion, which begins where this ends.
  const tokens = prompt.slice(0, -1);
  if (tokens.length === 0) return;
  await sequence.adaptStateToTokens(tokens, false);
  for (;;) {
    signal.throwIfAborted();
    const start = sequence.nextTokenIndex;
    if (start >= tokens.length) return;
    await sequence.evaluateWithoutGeneratingNewTokens(tokens.slice(start, start + batchSize));
  }
}

function unit(vector: readonly number[]): number[] {
  const length = Math.hypot(...vector) || 1;
  return vector.map((value) => value / length);
}
