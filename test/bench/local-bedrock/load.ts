import { Agent, request as httpRequest } from 'node:http';
import { type ClientHttp2Session, connect } from 'node:http2';

export interface Load {
  readonly url: string;
  readonly path: string;
  readonly body: string;
  readonly clients: number;
  readonly requests: number;
}

/** Sends requests from so many clients, each one after the other. Gives the milliseconds it took in all. */
export async function overHttp1({ url, path, body, clients, requests }: Load): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: clients });
  const { hostname, port } = new URL(url);
  const headers = { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)) };
  const once = () =>
    new Promise<void>((resolve, reject) => {
      httpRequest({ agent, hostname, port, path, method: 'POST', headers }, (response) => {
        response.resume().on('end', () => settle(response.statusCode, resolve, reject));
      })
        .on('error', reject)
        .end(body);
    });
  const milliseconds = await share(clients, requests, () => once);
  agent.destroy();
  return milliseconds;
}

/** The same over cleartext HTTP/2, one session a client. */
export async function overHttp2({ url, path, body, clients, requests }: Load): Promise<number> {
  const sessions: ClientHttp2Session[] = [];
  const milliseconds = await share(clients, requests, () => {
    const session = connect(url);
    sessions.push(session);
    return () =>
      new Promise<void>((resolve, reject) => {
        const headers = { ':method': 'POST', ':path': path, 'content-type': 'application/json' };
        const stream = session.request(headers);
        let status: number | undefined;
        stream.on('response', (answer) => {
          status = answer[':status'];
        });
        stream.on('error', reject).on('end', () => settle(status, resolve, reject));
        stream.resume().end(body);
      });
  });
  for (const session of sessions) session.destroy();
  return milliseconds;
}

async function share(clients: number, requests: number, client: () => () => Promise<void>): Promise<number> {
  let left = requests;
  const workers = Array.from({ length: clients }, client);
  const started = performance.now();
  await Promise.all(
    workers.map(async (once) => {
      while (left > 0) {
        left -= 1;
        await once();
      }
    }),
  );
  return performance.now() - started;
}

function settle(status: number | undefined, resolve: () => void, reject: (error: Error) => void): void {
  if (status === 200) resolve();
  else reject(new Error(`The server answered ${status}.`));
}
