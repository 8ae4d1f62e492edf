import type { Server } from 'node:net';
import { currentDay, findListedModel } from 'bedrock-models';
import type { FaultOrder } from './faults/fault.ts';
import { parseFault } from './faults/parse-fault.ts';
import { createFaultQueue } from './faults/queue.ts';
import { createGuardrailStore } from './guardrails/store.ts';
import { createHandler, type Endpoint } from './http/handler.ts';
import { createOnePort } from './http/one-port.ts';
import { createJournal, type JournalEntry, logLine } from './journal/journal.ts';
import type { Era } from './operations/operation.ts';
import type { LocalBedrockOptions } from './options.ts';
import { requireDay } from './options.ts';
import { createPromptCache } from './prompt-cache/prompt-cache.ts';
import type { Upstream } from './record/recorder.ts';
import { type AnswerEvent, answerWhole, type WordSource } from './words/answer.ts';
import { keepingStops } from './words/kept-stops.ts';
import { countRequest } from './words/tokens.ts';

export type { LocalBedrockOptions } from './options.ts';

/** Which requests a fault is meant for. */
export interface FaultFilter {
  /** How many matching requests it applies to. Default 1; `Infinity`: until `clearFaults`. */
  readonly times?: number;
  /** Only this operation, such as `ConverseStream`. */
  readonly operation?: string;
  /** Only this model: an id, or an id without its inference profile's prefix. */
  readonly modelId?: string;
}

export interface LocalBedrock {
  /** What the AWS SDK takes as `endpoint`, such as `http://127.0.0.1:8790`. */
  readonly url: string;
  readonly port: number;
  readonly era: Era;
  /**
   * Lets the next matching requests fail, such as `fault('ThrottlingException')` or `fault('cut:after=3')`. A fault of
   * a stream waits for one. Throws an `Error` that lists what can be given when it cannot read the fault.
   */
  fault(spec: string, filter?: FaultFilter): void;
  /** Forgets the faults that still wait. */
  clearFaults(): void;
  /** The last 1,000 requests, oldest first, also those still being answered. */
  requests(): readonly JournalEntry[];
  /**
   * Moves the endpoint's date, or changes its era, for the requests from now on; `advanceMs` lets so many milliseconds
   * pass for the prompts that are kept.
   */
  setDate(date: { readonly today?: string; readonly era?: Era; readonly advanceMs?: number }): void;
  /** Where the words come from, such as `stand-in`. */
  readonly words: string;
  /**
   * Stops listening and ends open connections: at once, or once their answers have been sent, if they are within
   * `graceMs` milliseconds.
   */
  close(options?: { readonly graceMs?: number }): Promise<void>;
}

/**
 * Starts a local endpoint that answers the same HTTP as Amazon Bedrock (runtime and control plane, on one port, over
 * cleartext HTTP/2 and HTTP/1.1). Its words come from a stand-in, not from a language model; see `stand-in.ts`.
 * Throws an `Error` that says what to do next when the port is taken or an option cannot be used.
 */
export async function startLocalBedrock(options: LocalBedrockOptions = {}): Promise<LocalBedrock> {
  const { port = 0, host = '127.0.0.1', era = 'lab', unref = false } = options;
  const endpoint = await createEndpoint(options, era);
  const onePort = createOnePort(createHandler(endpoint), unref);
  const boundPort = await listen(onePort.server, port, host);
  const hostInUrl = host.includes(':') ? `[${host}]` : host;
  return {
    url: `http://${hostInUrl}:${boundPort}`,
    port: boundPort,
    era,
    fault: (spec, filter = {}) => endpoint.faults.add({ ...parseFault(spec), ...filter }),
    clearFaults: () => endpoint.faults.clear(),
    requests: () => endpoint.journal.entries(),
    setDate({ advanceMs = 0, ...date }) {
      if (date.today !== undefined) requireDay(date.today);
      endpoint.service.promptCache?.advance(advanceMs);
      endpoint.service = { ...endpoint.service, ...date };
    },
    words: endpoint.service.words.name,
    close: async (closing = {}) => {
      await onePort.close(graceOf(closing));
      await endpoint.service.jobs?.close();
      await endpoint.buckets?.close();
      endpoint.service.words.close?.();
    },
  };
}

/** Throws an `Error` for another name than `graceMs`: a time that nobody reads would end answers at once. */
function graceOf(closing: { readonly graceMs?: number }): number {
  const { graceMs = 0, ...others } = closing;
  const [wrong] = Object.keys(others);
  if (wrong === undefined) return graceMs;
  throw new Error(`close() has no option ${wrong}. Give the time as { graceMs }, in milliseconds.`);
}

function listen(server: Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const onError = (error: NodeJS.ErrnoException) => reject(explain(error, port, host));
    server.once('error', onError);
    server.listen(port, host, () => {
      server.off('error', onError);
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}

function explain(error: NodeJS.ErrnoException, port: number, host: string): Error {
  if (error.code === 'EADDRINUSE') {
    return new Error(
      `Port ${port} on ${host} is already taken. Choose another with --port, or leave it out for a free one.`,
      { cause: error },
    );
  }
  return new Error(`Local Bedrock cannot listen on ${host}:${port}: ${error.message}`, { cause: error });
}

/** An endpoint by its options, before it listens. Throws an `Error` when an option cannot be used. */
async function createEndpoint(options: LocalBedrockOptions, era: Era): Promise<Endpoint> {
  const { region = 'us-east-1', host = '127.0.0.1', log, journal } = options;
  const today = options.today ?? currentDay();
  requireDay(today);
  const words = keepingStops(await wordsOf(options));
  const upstream = await upstreamOf(options, region);
  const authorize = await authorizerOf(options, region);
  const storage = await storageOf(options, words);
  const faults = createFaultQueue();
  for (const order of (options.faults ?? []).map(parseFault)) faults.add(untilCleared(order));
  return {
    service: {
      era,
      today,
      region,
      words,
      access: new Map(Object.entries(options.access ?? {})),
      inferenceProfiles: profilesOf(options),
      guardrails: createGuardrailStore(),
      promptCache: createPromptCache(),
      ...(storage && { jobs: storage.jobs }),
    },
    host,
    ...(storage && { buckets: storage.buckets }),
    faults,
    ...(authorize !== undefined && { authorize }),
    ...(upstream !== undefined && { upstream }),
    journal: createJournal([
      ...(log === undefined ? [] : [(entry: JournalEntry) => log(logLine(entry))]),
      ...(journal === undefined ? [] : [journal]),
    ]),
  };
}

// What most endpoints do not need is imported only where it is asked for: every file costs time at the start.

/** The stand-in, whose many files are read at the first request that needs words. */
function standInWhenUsed(): WordSource {
  let standIn: WordSource | undefined;
  const loaded = async () => (standIn ??= (await import('./words/stand-in/stand-in.ts')).standIn);
  return {
    name: 'stand-in',
    answer(...asked) {
      if (standIn !== undefined) return standIn.answer(...asked);
      let events: AsyncIterator<AnswerEvent> | undefined;
      const next = async () => {
        events ??= (await loaded()).answer(...asked)[Symbol.asyncIterator]();
        return events.next();
      };
      return { [Symbol.asyncIterator]: () => ({ next }) };
    },
    wholeAnswer: (...asked) =>
      standIn?.wholeAnswer?.(...asked) ??
      loaded().then((words) => answerWhole(words, ...asked, new AbortController().signal)),
    countTokens: async (request) => countRequest(request),
  };
}

async function wordsOf({ words, backend, model }: LocalBedrockOptions): Promise<WordSource> {
  if ([words, backend, model].filter((given) => given !== undefined).length > 1) {
    throw new Error(
      'Words come from a model, a backend, or a source of your own. Leave out all but one of model, backend and words.',
    );
  }
  if (backend !== undefined)
    return (await import('./words/backend/open-ai-compatible.ts')).openAiCompatible(backend);
  if (model === undefined) return words ?? standInWhenUsed();
  const options = model === true ? {} : typeof model === 'string' ? { source: model } : model;
  return (await import('./words/model/local-model.ts')).modelWords(options);
}

async function authorizerOf({ auth }: LocalBedrockOptions, region: string): Promise<Endpoint['authorize']> {
  if (auth === undefined) return undefined;
  const { createAuthorizer } = await import('./auth/authorize.ts');
  return createAuthorizer(auth, region);
}

function profilesOf({ inferenceProfiles = {} }: LocalBedrockOptions): ReadonlyMap<string, string> {
  for (const [id, modelId] of Object.entries(inferenceProfiles)) {
    if (!/^[a-zA-Z0-9-:.]+$/.test(id)) {
      throw new Error(`"${id}" is no id of an inference profile. Write it in letters and digits.`);
    }
    if (findListedModel(modelId) === undefined) {
      throw new Error(
        `The inference profile ${id} names ${modelId}, which is not in the catalogue of models.`,
      );
    }
  }
  return new Map(Object.entries(inferenceProfiles));
}

/** The folder of S3 and the batch jobs, which read and write there. */
async function storageOf({ s3, batch, record, replay }: LocalBedrockOptions, words: WordSource) {
  if (s3 === undefined) {
    if (batch === undefined) return undefined;
    throw new Error('Batch jobs need a folder for S3. Give one as s3, or leave batch out.');
  }
  if ((record ?? replay) !== undefined) {
    throw new Error('An endpoint that records or replays runs no batch jobs of its own. Leave out s3.');
  }
  const { openBucketFolder } = await import('./s3/bucket-folder.ts');
  const { createBatchJobs } = await import('./batch/jobs.ts');
  const { batchQuotas } = await import('./batch/quotas.ts');
  const quotas = batchQuotas(batch);
  const buckets = await openBucketFolder(s3).catch((cause: unknown) => {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`The folder ${s3} for S3 cannot be used: ${reason}`, { cause });
  });
  return { buckets, jobs: createBatchJobs(buckets, quotas, words) };
}

async function upstreamOf(options: LocalBedrockOptions, region: string): Promise<Upstream | undefined> {
  const { record, replay } = options;
  if (record !== undefined && replay !== undefined) {
    throw new Error('An endpoint either records or replays. Leave out one of the two.');
  }
  if ((record ?? replay) !== undefined && (options.words ?? options.backend ?? options.model) !== undefined) {
    throw new Error(
      'An endpoint that records or replays has no words of its own. Leave out model, backend and words.',
    );
  }
  if (record !== undefined) return (await import('./record/recorder.ts')).createRecorder(record, region);
  if (replay !== undefined) return (await import('./record/replayer.ts')).createReplayer(replay);
  return undefined;
}

function untilCleared(order: FaultOrder): FaultOrder {
  return { ...order, times: order.times ?? Number.POSITIVE_INFINITY };
}
