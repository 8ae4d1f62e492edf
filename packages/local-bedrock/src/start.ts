import type { Server } from 'node:net';
import { createEndpoint } from './create-endpoint.ts';
import { parseFault } from './faults/parse-fault.ts';
import { createHandler } from './handler.ts';
import { requireDay } from './is-day.ts';
import type { JournalEntry } from './journal/journal.ts';
import { createOnePort } from './one-port.ts';
import type { LocalBedrockOptions } from './options.ts';
import type { Era } from './service.ts';

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
