import { rmSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { freePort } from '../../../test/free-ports.ts';
import { writeKernelspecs } from '../src/kernelspecs.ts';
import { findOrCreateJupyter } from '../src/setup/find-jupyter.ts';
import {
  type JupyterServer,
  lastLines,
  logFileFor,
  startJupyterServer,
} from '../src/setup/jupyter-server.ts';

const projectRoot = join(import.meta.dirname, '..', '..', '..');
let server: JupyterServer;
let logFile: string;
let cookie: string;

beforeAll(async () => {
  const { command } = await findOrCreateJupyter(projectRoot);
  const { jupyterPath } = writeKernelspecs(projectRoot, process.execPath);
  const port = await freePort();
  logFile = logFileFor(projectRoot, port);
  const env = {
    ...process.env,
    CODESPACE_NAME: 'fuzzy-waffle-x1',
    GITHUB_CODESPACES_PORT_FORWARDING_DOMAIN: 'app.github.dev',
  };
  server = startJupyterServer({ command, projectRoot, port, jupyterPath, env, logFile });
  await server.ready.catch((error: Error) => {
    throw new Error(`${error.message}\n${lastLines(logFile, 20)}`);
  });
  // As a browser signs in: the address with the token gives a cookie, which is all that later requests carry.
  const page = await fetch(`${server.url}/lab?token=${server.token}`, { redirect: 'manual' });
  cookie = page.headers
    .getSetCookie()
    .map((text) => text.split(';')[0])
    .join('; ');
  // In a fresh clone JupyterLab is installed first.
}, 600_000);

afterAll(async () => {
  await server?.stop();
  rmSync(logFile, { force: true });
});

/** The status that a page of this origin gets when it asks for a WebSocket. */
function upgradeFrom(origin: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const ask = request(`${server.url}/api/events/subscribe`, {
      headers: {
        connection: 'Upgrade',
        upgrade: 'websocket',
        'sec-websocket-version': '13',
        'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
        origin,
        cookie,
      },
    });
    ask.on('upgrade', (answer, socket) => {
      socket.destroy();
      resolve(answer.statusCode);
    });
    ask.on('response', (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    });
    ask.on('error', reject);
    ask.end();
  });
}

it("lets in the page from the codespace's own forwarded address, whose origin is not localhost", async () => {
  expect(await upgradeFrom('https://fuzzy-waffle-x1-8888.app.github.dev')).toBe(101);
});

it.each([
  'https://another-codespace-8888.app.github.dev',
  'https://fuzzy-waffle-x1-8888.app.github.dev.example.com',
  'https://fuzzy-waffle-x1-8888xapp.github.dev',
  'http://fuzzy-waffle-x1-8888.app.github.dev',
  'https://example.com',
])('turns away a page from %s', async (origin) => {
  expect(await upgradeFrom(origin)).toBe(403);
});
