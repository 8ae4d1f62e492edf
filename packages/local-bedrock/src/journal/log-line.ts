import type { JournalEntry } from './journal.ts';

/**
 * One line a request: `12:00:00 Converse amazon.nova-micro-v1:0 200 12 in 30 out 5 ms`. What the request named may hold
 * anything; control characters are left out.
 */
export function logLine(entry: JournalEntry): string {
  const { time, operation, method, path, modelId, status, error, inputTokens, outputTokens } = entry;
  const what = operation === 'UnknownOperation' ? `${method} ${path}` : operation;
  return [
    time.slice(11, 19),
    what,
    modelId,
    status ?? 'no answer',
    error,
    inputTokens === undefined ? undefined : `${inputTokens} in`,
    outputTokens === undefined ? undefined : `${outputTokens} out`,
    entry.milliseconds === undefined ? undefined : `${entry.milliseconds} ms`,
    entry.fault === undefined ? undefined : `fault ${entry.fault}`,
    entry.ended,
  ]
    .filter((part) => part !== undefined && part !== '')
    .join(' ')
    .replaceAll(/\p{Cc}/gu, '');
}
