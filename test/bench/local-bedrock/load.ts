import { Agent, request as httpRequest } from 'node:http';
import { type ClientHttp2Session, connect } from 'node:http2';

export interface Load {
  readonly path: string;
  readonly body: string;
  readonly clients: number;
  /** How many requests each server gets. */
  readonly requests: number;
}

/** Sends one request and waits for the end of its answer. Rejects unless the status is 200. */
type Ask = () => Promise<void>;

/** What asks one server, with the connections of all clients. */
interface Caller {
  /** A client of its own. */
  client(): Ask;
  end(): void;
}

/**
 * Sends requests to servers from so many clients, each one after the other. Each client asks the servers in turn, so
 * all of them get the same requests at the same pace, and whatever else the machine does falls on all alike. Gives the
 * milliseconds it took.
 */
export async function overHttp1(load: Load, ...urls: readonly string[]): Promise<number> {
  return await share(
    load,
    urls.map((url) => http1Caller(url, load)),
  );
}

/** The same over cleartext HTTP/2, one session a client. */
export async function overHttp2(load: Load, ...urls: readonly string[]): Promise<number> {
  return await share(
    load,
    urls.map((url) => http2Caller(url, load)),
  );
}

function http1Caller(url: string, { path, body, clients }: Load): Caller {
  const agent = new Agent({ keepAlive: true, maxSockets: clients });
  const { hostname, port } = new URL(url);
  const headers = { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)) };
  const ask: Ask = () =>
    new Promise((resolve, reject) => {
      httpRequest({ agent, hostname, port, path, method: 'POST', headers }, (response) => {
        response.resume().on('end', () => settle(response.statusCode, resolve, reject));
      })
        .on('error', reject)
        .end(body);
    });
  return { client: () => ask, end: () => agent.destroy() };
}

function http2Caller(url: string, { path, body }: Load): Caller {
  const sessions: ClientHttp2Session[] = [];
  const headers = { ':method': 'POST', ':path': path, 'content-type': 'application/json' };
  return {
    client() {
      const session = connect(url);
      sessions.push(session);
      return () =>
        new Promise((resolve, reject) => {
          const stream = session.request(headers);
          let status: number | undefined;
          stream.on('response', (answer) => {
            status = answer[':status'];
          });
          stream.on('error', reject).on('end', () => settle(status, resolve, reject));
          stream.resume().end(body);
        });
    },
    end() {
      for (const session of sessions) session.destroy();
    },
  };
}

async function share({ clients, requests }: Load, callers: readonly Caller[]): Promise<number> {
  let left = requests;
  const workers = Array.from({ length: clients }, () => callers.map((caller) => caller.client()));
  const started = performance.now();
  await Promise.all(
    workers.map(async (asks) => {
      while (left > 0) {
        left -= 1;
        for (const ask of asks) await ask();
      }
    }),
  );
  const milliseconds = performance.now() - started;
  for (const caller of callers) caller.end();
  return milliseconds;
}

function settle(status: number | undefined, resolve: () => void, reject: (error: Error) => void): void {
  if (status === 200) resolve();
  else reject(new Error(`The server answered ${status}.`));
}
