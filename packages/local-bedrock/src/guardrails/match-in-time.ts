import { type Context, createContext, Script } from 'node:vm';
import { invalid } from '../http/refusal.ts';

/** Milliseconds of the processor that one pattern may take over one text. */
const limitMs = 250;

const search = new Script("text.match(new RegExp(pattern, 'g')) ?? []");
let context: Context | undefined;

/**
 * All matches of a guardrail's own pattern. A pattern that goes back over what it has read, such as `(\w+\s?)+$`, could
 * take hours over a short text, and every request of the endpoint would wait.
 *
 * @param name the regex's, for the refusal
 * @throws a `Refusal`, a ValidationException, when the pattern takes too long
 */
export function matchInTime(pattern: string, text: string, name: string): string[] {
  context ??= createContext();
  Object.assign(context, { pattern, text });
  // The context's limit is on the clock, which goes on while a busy machine lets others run: a pattern that had not its
  // share of the processor gets more time.
  for (let timeout = limitMs; ; timeout *= 2) {
    const before = process.cpuUsage();
    try {
      return [...search.runInContext(context, { timeout })];
    } catch (cause) {
      if (!isTimeout(cause)) throw cause;
      const { user, system } = process.cpuUsage(before);
      if ((user + system) / 1_000 < limitMs * 0.9) continue;
      // The endpoint's own limit: what the service does with such a pattern is not documented.
      throw invalid(
        `The pattern of the regex ${name} takes more than ${limitMs} ms over this text, where Local Bedrock stops it. Let no repetition stand inside another, as in (\\w+\\s?)+.`,
      );
    }
  }
}

/** The error is of the context's own kind: no `Error` of this one. */
function isTimeout(error: unknown): boolean {
  return (
    typeof error === 'object' &&
    error !== null &&
    'code' in error &&
    error.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT'
  );
}
