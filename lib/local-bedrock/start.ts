import type { Server } from 'node:net';
import { currentDay } from '../models/find.ts';
import type { AccessState } from './access.ts';
import type { WordSource } from './answer.ts';
import type { AuthOptions } from './auth/authorize.ts';
import type { FaultOrder } from './faults/fault.ts';
import { parseFault } from './faults/parse-fault.ts';
import { createFaultQueue } from './faults/queue.ts';
import { createGuardrailStore } from './guardrails/store.ts';
import { createHandler, type Endpoint } from './handler.ts';
import { isDay } from './is-day.ts';
import { createJournal, type JournalEntry } from './journal/journal.ts';
import { logLine } from './journal/log-line.ts';
import { createOnePort } from './one-port.ts';
import type { Elsewhere, RecordOptions } from './record/recorder.ts';
import type { ReplayOptions } from './record/replayer.ts';
import type { Era } from './service.ts';
import { standIn } from './stand-in.ts';

export interface LocalBedrockOptions {
  /** Absent or 0: a free port. */
  readonly port?: number;
  /** The address to listen on. Default `127.0.0.1`, which only this machine reaches. */
  readonly host?: string;
  /** Default `lab`: retired models answer as in 2024. */
  readonly era?: Era;
  /** The endpoint's date as YYYY-MM-DD, for the era `today`. Default: the real date. */
  readonly today?: string;
  /** The AWS region that appears in ARNs. Default `us-east-1`. */
  readonly region?: string;
  /** Do not keep the process alive for the endpoint's sake. */
  readonly unref?: boolean;
  /** Where the words come from. Default: the stand-in, which is no language model. */
  readonly words?: WordSource;
  /** Who is let in. Default: everybody, signed or not. */
  readonly auth?: AuthOptions;
  /** What the account lacks, by model id, such as `{ 'amazon.nova-micro-v1:0': 'no-access' }`. Default: nothing. */
  readonly access?: Readonly<Record<string, AccessState>>;
  /** Forward each request to Amazon Bedrock, or to another endpoint, and keep each exchange as a file. */
  readonly record?: RecordOptions;
  /** Answer from recordings only. */
  readonly replay?: ReplayOptions;
  /** Faults for every matching request until they are cleared, such as `['ThrottlingException:times=2']`. */
  readonly faults?: readonly string[];
  /** Gets one line for each answered request. */
  readonly log?: (line: string) => void;
  /** Gets each answered request when its answer has ended. */
  readonly journal?: (entry: JournalEntry) => void;
}

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
  /** Moves the endpoint's date, or changes its era, for the requests from now on. */
  setDate(date: { readonly today?: string; readonly era?: Era }): void;
  /** Where the words come from, such as `stand-in`. */
  readonly words: string;
  /**
   * Stops listening and ends open connections: at once, or once their answers have been sent, if they are within
   * `grace` milliseconds.
   */
  close(options?: { readonly grace?: number }): Promise<void>;
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
    setDate(date) {
      if (date.today !== undefined) requireDay(date.today);
      endpoint.service = { ...endpoint.service, ...date };
    },
    words: endpoint.service.words.name,
    close: ({ grace = 0 } = {}) => onePort.close(grace),
  };
}

async function createEndpoint(options: LocalBedrockOptions, era: Era): Promise<Endpoint> {
  const { region = 'us-east-1', words = standIn, log, journal } = options;
  const today = options.today ?? currentDay();
  requireDay(today);
  const elsewhere = await answersElsewhere(options, region);
  const authorize = await authorizerOf(options, region);
  const faults = createFaultQueue();
  for (const order of (options.faults ?? []).map(parseFault)) faults.add(untilCleared(order));
  return {
    service: {
      era,
      today,
      region,
      words,
      access: new Map(Object.entries(options.access ?? {})),
      guardrails: createGuardrailStore(),
    },
    faults,
    ...(authorize === undefined ? {} : { authorize }),
    ...(elsewhere === undefined ? {} : { answerElsewhere: elsewhere }),
    journal: createJournal([
      ...(log === undefined ? [] : [(entry: JournalEntry) => log(logLine(entry))]),
      ...(journal === undefined ? [] : [journal]),
    ]),
  };
}

// What most endpoints do not need is imported only where it is asked for: every file costs time at the start.

async function authorizerOf({ auth }: LocalBedrockOptions, region: string): Promise<Endpoint['authorize']> {
  if (auth === undefined) return undefined;
  const { createAuthorizer } = await import('./auth/authorize.ts');
  return createAuthorizer(auth, region);
}

async function answersElsewhere(
  { record, replay }: LocalBedrockOptions,
  region: string,
): Promise<Elsewhere | undefined> {
  if (record !== undefined && replay !== undefined) {
    throw new Error('An endpoint either records or replays. Leave out one of the two.');
  }
  if (record !== undefined) return (await import('./record/recorder.ts')).createRecorder(record, region);
  if (replay !== undefined) return (await import('./record/replayer.ts')).createReplayer(replay);
  return undefined;
}

function untilCleared(order: FaultOrder): FaultOrder {
  return { ...order, times: order.times ?? Number.POSITIVE_INFINITY };
}

function requireDay(today: string): void {
  if (!isDay(today)) throw new Error(`"${today}" is not a day. Write it as YYYY-MM-DD, such as 2026-11-23.`);
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
