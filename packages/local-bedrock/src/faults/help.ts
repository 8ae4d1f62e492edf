import { type ExceptionName, exceptions, statusOf } from './exceptions.ts';
import type { Mishap } from './fault.ts';
import { keysOf, mishaps } from './kinds.ts';

/** What `--fault help` prints: the grammar, and every fault with what it does and takes. */
export function faultHelp(): string {
  const width = 30;
  const line = (name: string, text: string, keys: readonly string[]) =>
    `  ${name.padEnd(width)} ${text}${keys.length === 0 ? '' : ` [${keys.join(', ')}]`}`;
  const refusals = (Object.keys(exceptions) as ExceptionName[]).map((name) =>
    line(name, String(statusOf(name)), keysOf(name)),
  );
  const others = Object.entries(mishaps).map(([name, { does, keys }]) => line(name as Mishap, does, keys));
  return `A fault is KIND[:KEY=VALUE[,KEY=VALUE...]], such as

  ThrottlingException:retry-after=2      refuses a call
  ThrottlingException:after=3            breaks a stream off with that exception after three frames
  cut:after=5,operation=ConverseStream   ends the connection of a Converse stream after five frames

times=N, operation=NAME and model=ID say which requests are meant. message=TEXT comes last and may hold commas.

Refusals, with their HTTP status; with after=N they come as a frame of an event stream after N frames:
${refusals.join('\n')}

Mishaps:
${others.join('\n')}

Ask for one by the flag --fault (every matching request), by the request header x-local-bedrock-fault (that request),
or by POST /_local-bedrock/faults with {"fault": "KIND...", "times": 1} (the next matching requests).`;
}
