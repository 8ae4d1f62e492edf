import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { LibError } from '../base/errors.ts';

/** Made for nobody else's eyes. Whose file is there already has chosen who sees it. */
const own = { mode: 0o600 };

/** What a job has done, in a file of a line for each input, so that it goes on after the program was ended. */
export interface ResumeFile<R> {
  /** What was done with this input before; `undefined` when nothing was. */
  find(input: unknown, index: number): { readonly result: R } | undefined;
  /** Notes a result: it is in the file when this returns. */
  note(input: unknown, index: number, result: R): void;
}

/**
 * @param path of the file; begun when it is missing
 * @throws LibError of kind `file` when it cannot be read or written; of kind `request` for a result that JSON cannot hold
 */
export function openResumeFile<R>(path: string): ResumeFile<R> {
  const done = new Map<string, R>();
  try {
    const lines = existsSync(path) ? readFileSync(path, 'utf8').split('\n') : [];
    for (const line of lines) {
      const entry = readLine(line);
      if (entry !== undefined) done.set(entry.key, entry.result as R);
    }
    // The last line may have been cut by the end of the program: the next one begins on its own.
    if (lines.at(-1) !== '') appendFileSync(path, lines.length === 0 ? '' : '\n', own);
  } catch (cause) {
    throw unusable(path, cause);
  }
  return {
    find(input, index) {
      const key = keyOf(input, index);
      return done.has(key) ? { result: done.get(key) as R } : undefined;
    },
    note(input, index, result) {
      const line = JSON.stringify({ key: keyOf(input, index), result });
      try {
        appendFileSync(path, `${line}\n`, own);
      } catch (cause) {
        throw unusable(path, cause);
      }
    },
  };
}

/** Its place and what it is: a changed input is done again. */
function keyOf(input: unknown, index: number): string {
  const text = JSON.stringify(input) ?? '';
  return `${index} ${createHash('sha256').update(text).digest('hex').slice(0, 16)}`;
}

function readLine(line: string): { key: string; result: unknown } | undefined {
  try {
    const { key, result } = JSON.parse(line);
    return typeof key === 'string' ? { key, result } : undefined;
  } catch {
    return undefined;
  }
}

function unusable(path: string, cause: unknown): LibError {
  return new LibError(`${path} could not be read or written: ${(cause as Error).message}`, {
    kind: 'file',
    hint: 'Check the folder, the rights and the disk. What was done before is in the file.',
    cause,
  });
}
