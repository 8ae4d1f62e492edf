import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { request } from 'node:http';
import { extname, join } from 'node:path';
import { cacheFolder } from './places.ts';

/** What the one process loads; those who ask for the same share it. */
export interface SharedModelOptions {
  /** The GGUF file with the words, and one for embeddings. */
  readonly file: string;
  readonly embedding?: string;
  readonly runtime: string;
  readonly contextSize?: number;
  readonly threads?: number;
  /** The likeliest word each time, whatever the temperature of a request. */
  readonly greedy?: boolean;
}

export interface ServeOptions extends SharedModelOptions {
  /** The file that says where the process listens. */
  readonly state: string;
}

/** A hold on the model: as long as it lasts, the process that has the weights stays. */
export interface HeldModel {
  /** The base of the process's OpenAI-compatible API, and what to send as its key. */
  readonly url: string;
  readonly apiKey: string;
  readonly name: string;
  /** Tokens that prompt and answer may be together. */
  readonly contextSize: number;
  /** The model for embeddings, where one is loaded. */
  readonly embedding?: string;
  release(): void;
}

/** Milliseconds that a process may take to say where it listens; weights are loaded after that. */
const startMs = 30_000;
const pollMs = 50;

/**
 * Takes hold of the model: of the process that has it loaded, or of a new one. It resolves when the weights are
 * loaded, and keeps no program alive.
 *
 * @param onLost called when the process ends before the hold is released
 * @throws an `Error` with what went wrong while it loaded
 */
export async function holdModel(
  options: SharedModelOptions,
  onLost: () => void = () => {},
  env = process.env,
): Promise<HeldModel> {
  const id = createHash('sha256').update(JSON.stringify(options)).digest('hex').slice(0, 12);
  const folder = cacheFolder(env);
  mkdirSync(folder, { recursive: true });
  const state = join(folder, `server-${id}.json`);
  const log = join(folder, `server-${id}.log`);
  const deadline = performance.now() + startMs;
  let child: { readonly ended: () => boolean } | undefined;
  for (;;) {
    const place = readState(state);
    const held = place && (await take(place, onLost));
    if (held !== undefined) return held;
    if (child === undefined) child = start({ ...options, state }, log, env);
    else if (child.ended() || performance.now() > deadline) {
      throw new Error(`The model's process did not start: ${readText(log).trim() || 'it said nothing'}.`);
    }
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
}

interface Place {
  readonly url: string;
  readonly key: string;
}

/** One connection for as long as the hold lasts; undefined when nobody listens there any more. */
function take({ url, key }: Place, onLost: () => void): Promise<HeldModel | undefined> {
  return new Promise((resolve, reject) => {
    let isReleased = false;
    let isHeld = false;
    const holding = request(`${url}/hold`, { headers: { authorization: `Bearer ${key}` }, agent: false });
    const release = () => {
      isReleased = true;
      holding.destroy();
    };
    holding.on('error', () => {
      if (!isHeld) resolve(undefined);
    });
    holding.on('response', (response) => {
      if (response.statusCode !== 200) {
        release();
        resolve(undefined);
        return;
      }
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        if (isHeld) return;
        text += chunk;
        if (!text.includes('\n')) return;
        const told: { error?: string; name: string; contextSize: number; embedding?: string } =
          JSON.parse(text);
        if (told.error !== undefined) {
          release();
          reject(new Error(`The model could not be loaded: ${told.error}`));
          return;
        }
        isHeld = true;
        // From now on only the model waits for the program, not the program for the model.
        holding.socket?.unref();
        resolve({ ...told, url: `${url}/v1`, apiKey: key, release });
      });
      response.on('close', () => {
        if (!isHeld) resolve(undefined);
        else if (!isReleased) onLost();
      });
      response.on('error', () => undefined);
    });
    holding.end();
  });
}

/** A process of its own, which outlives the one that starts it. */
function start(options: ServeOptions, log: string, env: NodeJS.ProcessEnv) {
  const output = openSync(log, 'w');
  // Beside this file: TypeScript here, JavaScript in a package.
  const program = join(import.meta.dirname, `serve${extname(import.meta.filename)}`);
  const child = spawn(process.execPath, [program, JSON.stringify(options)], {
    detached: true,
    stdio: ['ignore', output, output],
    env,
  });
  closeSync(output);
  let hasEnded = false;
  const end = () => {
    hasEnded = true;
  };
  child.on('exit', end).on('error', end);
  child.unref();
  return { ended: () => hasEnded };
}

function readState(file: string): Place | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
