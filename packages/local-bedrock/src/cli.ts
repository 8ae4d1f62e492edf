#!/usr/bin/env node
import { openSync, writeSync } from 'node:fs';
import { enableCompileCache } from 'node:module';
import { join } from 'node:path';
import { type Command, readArguments } from './command.ts';
import { isLoopback } from './http/loopback.ts';
import type { LocalBedrock, LocalBedrockOptions } from './start.ts';

/** How long answers that are being sent may take to end after the first signal to stop. */
const graceMs = 2_000;

async function run(): Promise<void> {
  const command = readArguments(process.argv.slice(2), process.env);
  if ('print' in command) {
    console.log(command.print);
    return;
  }
  if ('wrong' in command) {
    console.error(command.wrong);
    process.exitCode = 2;
    return;
  }
  try {
    const options = optionsOf(command);
    // Help and refusals of arguments do not wait for the endpoint to be loaded.
    // Its compiled code is kept for the next start; where this folder cannot be written, it is not.
    enableCompileCache(join(import.meta.dirname, '..', 'node_modules', '.cache'));
    const { startLocalBedrock } = await import('./start.ts');
    const endpoint = await startLocalBedrock(options);
    // A second signal finds no listener, and ends the process at once.
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.once(signal, () => void endpoint.close({ graceMs }));
    }
    console.log(
      `Local Bedrock (${endpoint.era}, ${wordsOf(options, endpoint)}) listening on ${endpoint.url}`,
    );
    if (!isLoopback(options.host ?? '127.0.0.1') && options.auth === undefined) {
      console.error(
        'Everybody who reaches this address can call it, read the requests of others and change its faults. To let in only some, add --auth sigv4 or --auth bearer.',
      );
    }
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
    ...(writeEntry !== undefined && { journal: (entry) => writeEntry(JSON.stringify(entry)) }),
  };
}

function wordsOf({ record, replay }: LocalBedrockOptions, { words }: LocalBedrock): string {
  if (record !== undefined) return `recording in ${record.directory}`;
  if (replay !== undefined) return `replaying from ${replay.directory}`;
  return `${words} answers`;
}

void run();

/** Appends lines to a file, each at once. Throws an `Error` that says what to do when the file cannot be opened. */
function linesToFile(option: string, file: string): (line: string) => void {
  let descriptor: number;
  try {
    descriptor = openSync(file, 'a', 0o600);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(
      `--${option} ${file} cannot be written: ${reason}. Name a file in a folder that exists.`,
      {
        cause,
      },
    );
  }
  return (line) => {
    writeSync(descriptor, `${line}\n`);
  };
}
