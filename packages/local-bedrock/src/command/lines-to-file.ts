import { openSync, writeSync } from 'node:fs';

/** Appends lines to a file, each at once. Throws an `Error` that says what to do when the file cannot be opened. */
export function linesToFile(option: string, file: string): (line: string) => void {
  let descriptor: number;
  try {
    descriptor = openSync(file, 'a');
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
