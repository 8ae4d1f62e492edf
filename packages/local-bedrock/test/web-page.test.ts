import { request as httpRequest } from 'node:http';
import { connect } from 'node:http2';
import { expect, test } from 'vitest';
import { bodies, novaMicro, useEndpoint } from './endpoint.ts';

const endpoint = useEndpoint();
const invocation = { method: 'POST', path: `/model/${novaMicro}/invoke` };
const question = JSON.stringify(bodies.nova('What is 2 + 2?'));

/** `fetch` keeps `Host` and `Origin` for itself, so the request is a plain one. */
function statusOf(
  { method, path }: { method: string; path: string },
  headers: Record<string, string>,
): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(`${endpoint.url}${path}`, { method, headers }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode));
    });
    request.on('error', reject).end(method === 'POST' ? question : undefined);
  });
}

const fromPages: Record<string, Record<string, string>> = {
  'a page of another site': { origin: 'https://example.com', 'content-type': 'text/plain' },
  'a page in a sandbox': { origin: 'null' },
  'a picture or a script of another site': { 'sec-fetch-site': 'cross-site' },
  'a page of another port': { 'sec-fetch-site': 'same-site' },
  'a page whose name leads here': { host: 'rebound.example.com:8790' },
  'a page whose name looks like an address': { host: '127.0.0.1.example.com' },
};

test.each(Object.entries(fromPages))('%s calls neither a model nor the own routes', async (_, headers) => {
  expect(await statusOf(invocation, headers)).toBe(403);
  for (const name of ['requests', 'faults', 'date', 'access']) {
    expect(await statusOf({ method: 'GET', path: `/_local-bedrock/${name}` }, headers)).toBe(403);
  }
  expect(await statusOf({ method: 'DELETE', path: '/_local-bedrock/requests' }, headers)).toBe(403);
});

test('a page whose name leads here is refused over HTTP/2, too', async () => {
  const session = connect(endpoint.url);
  const status = await new Promise((resolve, reject) => {
    const stream = session.request({
      ':method': 'POST',
      ':path': invocation.path,
      ':authority': 'rebound.example.com',
    });
    stream.on('error', reject).on('response', (headers) => resolve(headers[':status']));
    stream.end(question);
  });
  session.close();
  expect(status).toBe(403);
});

test.each([
  'localhost:8790',
  'bedrock.localhost',
  'LOCALHOST',
  '127.0.0.1',
  '192.168.1.20:8790',
  '[::1]:8790',
  'local-bedrock:8790',
  'host.docker.internal:8790',
  'bedrock.default.svc.cluster.local',
])('a program may call it %s', async (host) => {
  expect(await statusOf(invocation, { host })).toBe(200);
  expect(await statusOf({ method: 'GET', path: '/_local-bedrock/faults' }, { host })).toBe(200);
});

test('somebody who types the address into a browser sees the journal', async () => {
  const headers = { 'sec-fetch-site': 'none' };
  expect(await statusOf({ method: 'GET', path: '/_local-bedrock/requests' }, headers)).toBe(200);
});
