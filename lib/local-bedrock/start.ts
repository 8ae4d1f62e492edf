import type { Server } from 'node:net';
import { currentDay } from '../models/find.ts';
import { createHandler } from './handler.ts';
import { createOnePort } from './one-port.ts';
import type { Era } from './service.ts';
import { standIn } from './stand-in.ts';

export interface LocalBedrockOptions {
  /** Absent or 0: a free port. */
  readonly port?: number;
  /** The address to listen on. Default `127.0.0.1`, which only this machine reaches. */
  readonly host?: string;
  readonly era?: Era;
  /** The endpoint's date as YYYY-MM-DD, for the era `today`. Default: the real date. */
  readonly today?: string;
  /** The AWS region that appears in ARNs. Default `us-east-1`. */
  readonly region?: string;
  /** Do not keep the process alive for the endpoint's sake. */
  readonly unref?: boolean;
}

export interface LocalBedrock {
  /** What the AWS SDK takes as `endpoint`, such as `http://127.0.0.1:8790`. */
  readonly url: string;
  readonly port: number;
  readonly era: Era;
  /** Ends open connections and stops listening. */
  close(): Promise<void>;
}

/**
 * Starts a local endpoint that answers the same HTTP as Amazon Bedrock (runtime and control plane, on one port, over
 * cleartext HTTP/2 and HTTP/1.1). Its words come from a stand-in, not from a language model; see `stand-in.ts`.
 * Throws an `Error` that says what to do next when the port is taken or an option cannot be used.
 */
export async function startLocalBedrock(options: LocalBedrockOptions = {}): Promise<LocalBedrock> {
  const { port = 0, host = '127.0.0.1', era = 'lab', region = 'us-east-1', unref = false } = options;
  const today = options.today ?? currentDay();
  if (!isDay(today)) {
    throw new Error(`"${today}" is not a day. Write it as YYYY-MM-DD, such as 2026-11-23.`);
  }
  const onePort = createOnePort(createHandler({ era, today, region, words: standIn }), unref);
  const boundPort = await listen(onePort.server, port, host);
  const hostInUrl = host.includes(':') ? `[${host}]` : host;
  return { url: `http://${hostInUrl}:${boundPort}`, port: boundPort, era, close: onePort.close };
}

/** Whether the text is a day of the calendar, written YYYY-MM-DD. */
export function isDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const time = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
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
