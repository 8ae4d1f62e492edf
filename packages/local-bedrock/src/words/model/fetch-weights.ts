import { createHash } from 'node:crypto';
import {
  createReadStream,
  createWriteStream,
  existsSync,
  mkdirSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { basename, dirname } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** Weights that can be fetched. */
export interface Weights {
  readonly name: string;
  /** Where the file is; a hub answers with a redirection to it. */
  readonly url: string;
  readonly licence: string;
  /** About how large it is, to be said before it is fetched. */
  readonly megabytes: number;
  /** SHA-256 in hex. Absent: the one that the hub states for the file (`x-linked-etag`). */
  readonly sha256?: string;
}

export interface FetchProgress {
  /** Bytes that are there, and in all; 0 where the server does not say. */
  readonly received: number;
  readonly total: number;
}

/**
 * Fetches weights into a file, once: a download that was cut short is taken up where it stopped, and nothing is
 * called by the file's name that is not whole.
 *
 * @throws an `Error` that says what happened and what to do: no connection, a status, a checksum that differs
 */
export async function fetchWeights(
  weights: Weights,
  file: string,
  onProgress: (progress: FetchProgress) => void = () => {},
  signal?: AbortSignal,
): Promise<void> {
  if (existsSync(file)) return;
  const part = `${file}.part`;
  mkdirSync(dirname(file), { recursive: true });
  const has = existsSync(part) ? statSync(part).size : 0;
  const [sum, response] = [
    weights.sha256 ?? (await statedSum(weights, signal)),
    await ask(weights, has, signal),
  ];
  // 416: there is nothing after what is there, so it is whole.
  if (response.status !== 416) {
    const start = response.status === 206 ? has : 0;
    const length = Number(response.headers.get('content-length') ?? 0);
    let received = start;
    const total = length === 0 ? 0 : start + length;
    const body = Readable.fromWeb(response.body as Parameters<typeof Readable.fromWeb>[0]);
    body.on('data', (chunk: Buffer) => {
      received += chunk.length;
      onProgress({ received, total });
    });
    await pipeline(body, createWriteStream(part, { flags: start === 0 ? 'w' : 'a' })).catch(
      (cause: unknown) => {
        throw new Error(
          `The download of ${weights.name} broke off after ${Math.floor(received / 1e6)} MB. The same command goes on from there.`,
          { cause },
        );
      },
    );
  }
  const found = await sha256Of(part);
  if (sum !== undefined && found !== sum) {
    rmSync(part);
    throw new Error(
      `The download of ${weights.name} has the checksum ${found}, not ${sum}. It was removed; run the same command again.`,
    );
  }
  renameSync(part, file);
}

async function ask({ name, url }: Weights, has: number, signal?: AbortSignal): Promise<Response> {
  const response = await fetch(url, {
    headers: has > 0 ? { range: `bytes=${has}-` } : {},
    ...(signal !== undefined && { signal }),
  }).catch((cause: unknown) => {
    throw new Error(
      `${name} could not be fetched from ${new URL(url).host}. Next step: look at the network or the proxy, or name weights that you have: --model FILE.gguf`,
      { cause },
    );
  });
  if (response.ok || response.status === 416) return response;
  await response.body?.cancel();
  throw new Error(
    `${name} could not be fetched: ${basename(new URL(url).pathname)} was answered with status ${response.status}. Next step: name weights that you have: --model FILE.gguf`,
  );
}

/** What the hub says the file's sum is, in the first answer, before it leads elsewhere. */
async function statedSum({ url }: Weights, signal?: AbortSignal): Promise<string | undefined> {
  const response = await fetch(url, {
    method: 'HEAD',
    redirect: 'manual',
    ...(signal !== undefined && { signal }),
  }).catch(() => undefined);
  return /[0-9a-f]{64}/.exec(response?.headers.get('x-linked-etag') ?? '')?.[0];
}

async function sha256Of(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}
