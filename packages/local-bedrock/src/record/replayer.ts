import { splitFrames } from '../event-stream/frame.ts';
import { ConnectionCut } from '../faults/fault.ts';
import type { Reply } from '../http/reply.ts';
import { bytesOf, type Exchange, isEventStream, parse, readExchanges, tokensOf } from './exchange.ts';
import { ownError } from './forward.ts';
import type { Upstream } from './recorder.ts';

export interface ReplayOptions {
  /** The folder with the recordings. */
  readonly directory: string;
  /** Members of a body, at any depth, that do not count: they differ each time. Default `clientRequestToken`. */
  readonly volatile?: readonly string[];
}

/** What counts of a request when a recording is looked for. */
interface Wanted {
  readonly operation: string;
  readonly label: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/**
 * Answers from recordings. A request is found by its operation, what its path names, its query, its Bedrock headers and
 * its body, whatever the order of keys and the white space. The same request again gets the next recording of it, and in
 * the end always the last. One that was never recorded gets a RecordingNotFoundException, which names the nearest
 * recording and what differs. Throws an `Error` when the folder cannot be read.
 */
export function createReplayer({ directory, volatile = ['clientRequestToken'] }: ReplayOptions): Upstream {
  const ignored = new Set(volatile);
  const recordings = [...readExchanges(directory)].map(([file, exchange]) => ({
    file,
    exchange,
    wanted: ofRecording(exchange, ignored),
  }));
  const byKey = new Map<string, (typeof recordings)[number][]>();
  for (const recording of recordings) {
    const key = JSON.stringify(recording.wanted);
    byKey.set(key, [...(byKey.get(key) ?? []), recording]);
  }
  const used = new Map<string, number>();
  return async ({ headers, body }, { operation, label, query }, note) => {
    const wanted = normalise(
      {
        operation: operation.name,
        label,
        query: Object.fromEntries(query),
        headers,
        body: parse(body) ?? body.toString('base64'),
      },
      ignored,
    );
    const key = JSON.stringify(wanted);
    const found = byKey.get(key);
    if (found === undefined) return notFound(wanted, recordings, directory);
    const count = used.get(key) ?? 0;
    used.set(key, count + 1);
    const { exchange } = found[Math.min(count, found.length - 1)] as (typeof found)[number];
    note(tokensOf(exchange.response));
    return replay(exchange);
  };
}

function replay({ response }: Exchange): Reply {
  const headers = { ...response.headers, 'x-local-bedrock': 'replay' };
  const bytes = bytesOf(response);
  const { status, cut } = response;
  if (!isEventStream(headers)) return { status, headers, body: bytes.toString('utf8') };
  async function* frames(): AsyncIterable<Uint8Array> {
    const { frames: whole, rest } = splitFrames(bytes);
    yield* whole;
    if (rest.length > 0) yield rest;
    if (cut) throw new ConnectionCut();
  }
  return { status, headers, body: frames() };
}

function ofRecording({ request }: Exchange, ignored: ReadonlySet<string>): Wanted {
  const [, search = ''] = request.path.split(/\?(.*)/s);
  return normalise(
    {
      operation: request.operation,
      label: request.label,
      query: Object.fromEntries(new URLSearchParams(search)),
      headers: request.headers,
      body: request.body ?? request.bodyBase64 ?? '',
    },
    ignored,
  );
}

function normalise(wanted: Wanted, ignored: ReadonlySet<string>): Wanted {
  const headers = Object.entries(wanted.headers).filter(
    ([name]) => name.startsWith('x-amzn-bedrock-') && name !== 'x-amzn-bedrock-accept',
  );
  return sorted({ ...wanted, headers: Object.fromEntries(headers) }, ignored) as Wanted;
}

/** The value with its keys in order, without the members that do not count. */
function sorted(value: unknown, ignored: ReadonlySet<string>): unknown {
  if (Array.isArray(value)) return value.map((item) => sorted(item, ignored));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => !ignored.has(name))
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([name, member]) => [name, sorted(member, ignored)]),
  );
}

/** How many differences a refusal lists. */
const shown = 3;

function notFound(
  wanted: Wanted,
  recordings: readonly { readonly file: string; readonly wanted: Wanted }[],
  directory: string,
): Reply {
  const what = `${wanted.operation}${wanted.label === '' ? '' : ` of ${wanted.label}`}`;
  const [nearest] = recordings
    .filter((recording) => recording.wanted.operation === wanted.operation)
    .map(({ file, wanted: recorded }) => ({ file, differing: differencesOf(recorded, wanted) }))
    .sort((one, other) => one.differing.length - other.differing.length);
  const advice =
    nearest === undefined
      ? `There is none of ${wanted.operation} at all.`
      : `The nearest is ${nearest.file}, which differs in ${list(nearest.differing)}.`;
  return ownError(
    404,
    'RecordingNotFoundException',
    `No recording in ${directory} answers this ${what}. ${advice} Record it with --record.`,
  );
}

function differencesOf({ operation: _, ...recorded }: Wanted, { operation: __, ...asked }: Wanted): string[] {
  return differences(recorded, asked);
}

function list(differing: readonly string[]): string {
  const more = differing.length - shown;
  return differing.slice(0, shown).join('; ') + (more > 0 ? `; and ${more} more` : '');
}

/** How long a value may be in a message, in characters. */
const longest = 60;

/** Where two JSON values differ, as `messages[0].content[0].text: recorded "a", asked "b"`. Pure. */
export function differences(recorded: unknown, asked: unknown, path = ''): string[] {
  if (Array.isArray(recorded) && Array.isArray(asked)) {
    const length = Math.max(recorded.length, asked.length);
    return Array.from({ length }, (_, index) =>
      differences(recorded[index], asked[index], `${path}[${index}]`),
    ).flat();
  }
  if (isObject(recorded) && isObject(asked)) {
    const names = [...new Set([...Object.keys(recorded), ...Object.keys(asked)])].sort();
    return names.flatMap((name) =>
      differences(recorded[name], asked[name], path === '' ? name : `${path}.${name}`),
    );
  }
  if (Object.is(recorded, asked)) return [];
  const [one, other] = shorten(show(recorded), show(asked));
  return [`${path || 'the body'}: recorded ${one}, asked ${other}`];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function show(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value);
}

/** Both texts from a little before where they begin to differ. */
function shorten(one: string, other: string): [string, string] {
  let same = 0;
  while (same < one.length && one[same] === other[same]) same += 1;
  const from = one.length > longest || other.length > longest ? Math.max(0, same - 10) : 0;
  const cut = (text: string) =>
    `${from > 0 ? '…' : ''}${text.slice(from, from + longest)}${text.length > from + longest ? '…' : ''}`;
  return [cut(one), cut(other)];
}
