import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fetchWeights } from '../../../src/words/model/fetch-weights.ts';
import { runtimeSource } from '../../../src/words/model/places.ts';
import { forPlatform } from '../../../src/words/model/runtime.ts';

const content = Buffer.from(Array.from({ length: 300_000 }, (_, index) => index % 251));
const sum = createHash('sha256').update(content).digest('hex');

let folder = '';
let server: Server;
let ranges: (string | undefined)[];
/** Bytes after which the server cuts the connection. */
let cutAfter: number | undefined;
let statedSum: string;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'weights-'));
  ranges = [];
  cutAfter = undefined;
  statedSum = sum;
  // As the hub does: a redirection that states the sum, then the file.
  server = createServer((request, response) => {
    if (request.url === '/gone') return response.writeHead(404).end();
    if (request.url === '/hub') {
      return response.writeHead(302, { location: '/file', 'x-linked-etag': `"${statedSum}"` }).end();
    }
    if (request.method === 'GET') ranges.push(request.headers.range);
    const start = Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0);
    if (start >= content.length) return response.writeHead(416).end();
    response.writeHead(start > 0 ? 206 : 200, { 'content-length': content.length - start });
    if (cutAfter === undefined) return response.end(content.subarray(start));
    response.write(content.subarray(start, start + cutAfter));
    // Once something of it is on disk, however busy that is.
    const look = setInterval(() => {
      if (readdirSync(folder).every((name) => statSync(join(folder, name)).size === 0)) return;
      clearInterval(look);
      response.destroy();
    }, 5);
    return response;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  rmSync(folder, { recursive: true });
});

function weights(path: string) {
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : 0;
  return { name: 'small', url: `http://127.0.0.1:${port}${path}`, licence: 'MIT', megabytes: 1 };
}

describe('weights', () => {
  it('are fetched once, with progress', async () => {
    const file = join(folder, 'deep', 'small.gguf');
    const seen: number[] = [];
    await fetchWeights(weights('/hub'), file, ({ received, total }) => seen.push(received / total));
    expect(readFileSync(file).equals(content)).toBe(true);
    expect(seen.at(-1)).toBe(1);
    await fetchWeights(weights('/hub'), file);
    expect(ranges).toHaveLength(1);
  });

  it('are taken up where the download broke off, which is said', async () => {
    const file = join(folder, 'small.gguf');
    cutAfter = 100_000;
    await expect(fetchWeights(weights('/hub'), file)).rejects.toThrow('The same command goes on from there.');
    expect(existsSync(file)).toBe(false);
    const has = readFileSync(`${file}.part`).length;
    expect(has).toBeGreaterThan(0);
    cutAfter = undefined;
    await fetchWeights(weights('/hub'), file);
    expect(ranges).toEqual([undefined, `bytes=${has}-`]);
    expect(readFileSync(file).equals(content)).toBe(true);
  });

  it('are whole where nothing is left to fetch', async () => {
    const file = join(folder, 'small.gguf');
    writeFileSync(`${file}.part`, content);
    await fetchWeights(weights('/hub'), file);
    expect(readFileSync(file).equals(content)).toBe(true);
  });

  it('with another checksum than the hub states are removed', async () => {
    const file = join(folder, 'small.gguf');
    statedSum = 'a'.repeat(64);
    await expect(fetchWeights(weights('/hub'), file)).rejects.toThrow(
      `has the checksum ${sum}, not ${statedSum}`,
    );
    expect(existsSync(file) || existsSync(`${file}.part`)).toBe(false);
    await expect(fetchWeights({ ...weights('/file'), sha256: 'b'.repeat(64) }, file)).rejects.toThrow(
      'checksum',
    );
  });

  it('that are not there, or cannot be reached, say what to do', async () => {
    const file = join(folder, 'small.gguf');
    await expect(fetchWeights(weights('/gone'), file)).rejects.toThrow('status 404. Next step: name weights');
    const nowhere = { ...weights('/'), url: 'http://127.0.0.1:9/small' };
    await expect(fetchWeights(nowhere, file)).rejects.toThrow('could not be fetched from 127.0.0.1:9');
  });
});

describe('what runs them', () => {
  const lock = readFileSync(join(runtimeSource, 'package-lock.json'), 'utf8');

  it.each(['linux-x64', 'darwin-arm64', 'win32-x64', 'linux-arm64'])(
    'has one build for %s, which cannot be left out',
    (platform) => {
      const { manifest, locked } = forPlatform(lock, platform);
      const { dependencies } = JSON.parse(manifest);
      const { packages } = JSON.parse(locked);
      const [build = ''] = Object.keys(dependencies).filter((name) => name.startsWith('@node-llama-cpp/'));
      expect(dependencies).toEqual({ 'node-llama-cpp': '3.21.1', [build]: '3.21.1' });
      expect(packages[''].dependencies).toEqual(dependencies);
      expect(packages[`node_modules/${build}`]).toMatchObject({
        integrity: expect.stringMatching(/^sha512-/),
      });
      expect(packages[`node_modules/${build}`]).not.toHaveProperty('optional');
      const others = Object.keys(packages).filter(
        (path) => path.includes('@node-llama-cpp/') && !path.endsWith(build),
      );
      expect(others.filter((path) => !packages[path].optional)).toEqual([]);
    },
  );

  it('is a server of your own where there is no build', () => {
    expect(() => forPlatform(lock, 'aix-ppc64')).toThrow('--model http://127.0.0.1:11434/v1');
  });
});
