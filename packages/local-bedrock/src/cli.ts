import { enableCompileCache } from 'node:module';
import { join } from 'node:path';
import { type Command, readArguments } from './command/arguments.ts';
import { linesToFile } from './command/lines-to-file.ts';
import type { LocalBedrock, LocalBedrockOptions } from './start.ts';

/** How long answers that are being sent may take to end after the first signal to stop. In milliseconds. */
const grace = 2_000;

async function run(): Promise<void> {
  const wish = readArguments(process.argv.slice(2));
  if ('print' in wish) {
    console.log(wish.print);
    return;
  }
  if ('wrong' in wish) {
    console.error(wish.wrong);
    process.exitCode = 2;
    return;
  }
  try {
    const options = optionsOf(wish);
    // Help and refusals of arguments do not wait for the endpoint to be loaded.
    // Its compiled code is kept for the next start, where the kernels keep theirs.
    enableCompileCache(join(import.meta.dirname, '..', '..', '..', '.cache', 'node'));
    const { startLocalBedrock } = await import('./start.ts');
    const endpoint = await startLocalBedrock(options);
    // A second signal finds no listener, and ends the process at once.
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.once(signal, () => void endpoint.close({ grace }));
    }
    console.log(
      `Local Bedrock (${endpoint.era}, ${wordsOf(options, endpoint)}) listening on ${endpoint.url}`,
    );
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  }
}

function optionsOf({ start, quiet, log, journal }: Command): LocalBedrockOptions {
  const writeEntry = journal === undefined ? undefined : linesToFile('journal', journal);
  const writeLine = log === undefined ? (line: string) => console.error(line) : linesToFile('log', log);
  return {
    ...start,
    ...(quiet ? {} : { log: writeLine }),
    ...(writeEntry === undefined ? {} : { journal: (entry) => writeEntry(JSON.stringify(entry)) }),
  };
}

function wordsOf({ record, replay }: LocalBedrockOptions, { words }: LocalBedrock): string {
  if (record !== undefined) return `recording in ${record.directory}`;
  if (replay !== undefined) return `replaying from ${replay.directory}`;
  return `${words} answers`;
}

void run();
