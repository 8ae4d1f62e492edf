import {
  type ExceptionForm,
  type ExceptionName,
  exceptions,
  isExceptionName,
  statusOf,
} from './exceptions.ts';
import { type FaultOrder, faultNames, isMishap, type Key, keysOf, type Mishap, mishaps } from './fault.ts';

const orderKeys: readonly Key[] = ['times', 'operation', 'model'];

/** The most each number may be, so that no fault holds a request for longer than a person would wait. */
const limits: Partial<Record<Key, { readonly least: number; readonly most: number }>> = {
  after: { least: 0, most: 100_000 },
  ms: { least: 1, most: 600_000 },
  'retry-after': { least: 0, most: 3_600 },
  originalStatusCode: { least: 100, most: 599 },
  times: { least: 1, most: 1_000_000 },
};

/** The longest specification, in characters. */
const longestSpec = 2_000;

/**
 * Reads `KIND[:KEY=VALUE[,KEY=VALUE…]]`, such as `ThrottlingException:retry-after=2` or `cut:after=3`. `message` comes
 * last and takes the rest of the text, commas and all.
 *
 * @throws Error that says what is wrong and what can be given
 */
export function parseFault(spec: string): FaultOrder {
  const text = spec.trim();
  if (text.length > longestSpec) throw new Error(`A fault is at most ${longestSpec} characters long.`);
  const [kind = '', rest = ''] = text.split(/:(.*)/s);
  if (!isExceptionName(kind) && !isMishap(kind)) {
    throw new Error(`There is no fault "${kind}". There are: ${faultNames.join(', ')}.`);
  }
  const values = readValues(kind, rest);
  const after = numberOf(values, 'after');
  const milliseconds = numberOf(values, 'ms');
  const retryAfter = numberOf(values, 'retry-after');
  const times = numberOf(values, 'times');
  const { message, code, operation, model } = Object.fromEntries(values);
  return {
    fault: {
      spec: text,
      kind,
      members: membersOf(kind, values),
      ...(after !== undefined && { after }),
      ...(milliseconds !== undefined && { milliseconds }),
      ...(retryAfter !== undefined && { retryAfter }),
      ...(message !== undefined && { message }),
      ...(code !== undefined && { code }),
    },
    ...(times !== undefined && { times }),
    ...(operation !== undefined && { operation }),
    ...(model !== undefined && { modelId: model }),
  };
}

function readValues(kind: ExceptionName | Mishap, rest: string): Map<string, string> {
  const values = new Map<string, string>();
  const allowed = [...keysOf(kind), ...orderKeys];
  let left = rest;
  while (left !== '') {
    const [, key = '', value = '', more = ''] =
      /^message=/.test(left) || !left.includes(',')
        ? (/^([^=]*)=(.*)$/s.exec(left) ?? ['', left])
        : (/^([^=,]*)=([^,]*),(.*)$/s.exec(left) ?? ['', left]);
    if (!allowed.some((name) => name === key)) {
      throw new Error(`"${key}" is not something ${kind} takes. It takes: ${allowed.join(', ')}.`);
    }
    values.set(key, value);
    left = more;
  }
  return values;
}

function numberOf(values: ReadonlyMap<string, string>, key: Key): number | undefined {
  const text = values.get(key);
  if (text === undefined) return undefined;
  const { least, most } = limits[key] ?? { least: 0, most: Number.MAX_SAFE_INTEGER };
  if (!/^\d+$/.test(text) || Number(text) < least || Number(text) > most) {
    throw new Error(`${key}=${text} is not a whole number from ${least} to ${most}.`);
  }
  return Number(text);
}

function membersOf(
  kind: ExceptionName | Mishap,
  values: ReadonlyMap<string, string>,
): Record<string, string | number> {
  if (isMishap(kind)) return {};
  const form: ExceptionForm = exceptions[kind];
  return Object.fromEntries(
    Object.entries(form.members ?? {}).map(([name, usual]) => [
      name,
      typeof usual === 'number' ? (numberOf(values, name as Key) ?? usual) : (values.get(name) ?? usual),
    ]),
  );
}

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
