/**
 * The process that holds the weights, for all that use them: started by the first, ended by the going of the last.
 * What it loads is its argument, in JSON (`ServeOptions`).
 */
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { loadEngine } from './llama-engine.ts';
import { newKey, startModelServer } from './server.ts';
import type { ServeOptions } from './shared-model.ts';

/** Milliseconds that the model stays for the next who needs it: a kernel that restarts gets it back at once. */
const lingerMs = 3_000;
/** Milliseconds in which the first must come. */
const firstMs = 60_000;

async function main(): Promise<void> {
  const options: ServeOptions = JSON.parse(process.argv[2] ?? '{}');
  const { state, file, embedding, runtime, contextSize, threads, greedy } = options;
  const key = newKey();
  const shared = {
    runtime,
    ...(contextSize !== undefined && { contextSize }),
    ...(threads !== undefined && { threads }),
  };
  let ending = setTimeout(end, firstMs);
  const engine = loadEngine({ file, ...shared });
  const server = await startModelServer({
    engine,
    key,
    ...(embedding !== undefined && {
      embedding: loadEngine({ file: embedding, isEmbedding: true, ...shared }),
    }),
    ...(greedy && { temperature: 0 }),
    onUsed: () => clearTimeout(ending),
    onUnused: () => {
      ending = setTimeout(end, lingerMs);
    },
  });
  const own = JSON.stringify({ pid: process.pid, url: server.url, key });
  // There whole or not at all: others look for it all the time.
  const written = `${state}.${process.pid}`;
  writeFileSync(written, own, { mode: 0o600 });
  renameSync(written, state);

  function end(): void {
    // Two may have been started at once, and the other one's address is in its place.
    try {
      if (readFileSync(state, 'utf8') === own) rmSync(state);
    } catch {
      // It is gone already.
    }
    process.exit(0);
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, end);
}

void main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});
