import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ReadFrame, readFrames, writeFrame } from '../frames.ts';

/** Exchanges with AWS that others recorded and published, beside this repository; its README says how to read them. */
const published = join(import.meta.dirname, '../../../../../shared/recorded');
/** Exchanges of each family in the same form: the members, headers and order that AWS sent, with words of our own. */
const own = join(import.meta.dirname, 'fixtures');

/** One exchange with AWS, as it was recorded. */
export interface Exchange {
  readonly name: string;
  readonly operation:
    | 'converse'
    | 'converse-stream'
    | 'invoke'
    | 'invoke-with-response-stream'
    | 'count-tokens';
  readonly modelId: string;
  /** When it was recorded, as YYYY-MM-DD; where that is not known, a day on which `usage` had the members it has. */
  readonly day: string;
  readonly path: string;
  readonly request: unknown;
  /** Headers of the request that guardrails and the like are asked by; names in lower case. */
  readonly requestHeaders: Readonly<Record<string, string>>;
  readonly status: number;
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  /** The bytes of the response. */
  readonly bytes: Buffer;
  /** The response as JSON, where it is one. */
  readonly json: unknown;
  /** The frames, where it is a stream. */
  readonly frames: readonly ReadFrame[] | undefined;
}

export const isThere = existsSync(published);

/** What was recorded, in the order of the files; nothing where the folder is absent. */
export const readExchanges = (): Exchange[] => (isThere ? exchangesIn(published) : []);

/** What a clone alone has. */
export const readFixtures = (): Exchange[] => exchangesIn(own);

function exchangesIn(folder: string): Exchange[] {
  const files = readdirSync(folder).filter((name) => name.endsWith('.json'));
  return files.sort().flatMap((file) => {
    const list: unknown = JSON.parse(readFileSync(join(folder, file), 'utf8'));
    return (list as Recorded[]).flatMap((one, index) => {
      const exchange = readExchange(one, `${file.replace('.json', '')} ${index + 1}`);
      return exchange === undefined ? [] : [exchange];
    });
  });
}

/** The forms in which the files hold an exchange. */
interface Recorded {
  readonly file?: string;
  readonly date?: string | null;
  readonly path: string;
  readonly request?: unknown;
  readonly body?: unknown;
  readonly status: number;
  readonly headers?: readonly (readonly [string, string])[];
  readonly rawHeaders?: readonly string[] | Readonly<Record<string, string>>;
  readonly reqheaders?: Readonly<Record<string, string>>;
  readonly response: unknown;
}

function readExchange(recorded: Recorded, position: string): Exchange | undefined {
  const { path, request, body, status, response } = recorded;
  const [, label = '', operation = ''] = /^\/model\/(.+)\/([a-z-]+)$/.exec(path) ?? [];
  if (operation === '') return undefined;
  const headers = headersOf(recorded);
  const bytes = bytesOf(response);
  const isStream = isFrames(bytes);
  return {
    name: recorded.file === undefined ? position : `${position} ${recorded.file}`,
    operation: operation as Exchange['operation'],
    modelId: decodeURIComponent(label),
    day: dayOf(recorded.date ?? headers.get('date')) ?? dayByUsage(bytes),
    path,
    request: request ?? body,
    requestHeaders: {},
    status,
    headers,
    bytes,
    json: isStream ? undefined : parsed(bytes),
    frames: isStream ? readFrames(bytes) : undefined,
  };
}

/** `serverToolUsage` came late in 2025, and Claude's `cacheDetails` of what it wrote in January 2026. */
function dayByUsage(bytes: Buffer): string {
  if (!bytes.includes('"serverToolUsage"')) return '2025-08-01';
  const wrote = /"cacheWriteInputTokens":\s*[1-9]/.test(bytes.toString('latin1'));
  return wrote && !bytes.includes('"cacheDetails"') ? '2025-12-01' : '2026-05-01';
}

function headersOf({ headers, rawHeaders = [] }: Recorded): Map<string, string> {
  const pairs =
    headers ??
    (Array.isArray(rawHeaders)
      ? rawHeaders.flatMap((name, index) => (index % 2 === 0 ? [[name, rawHeaders[index + 1] ?? '']] : []))
      : Object.entries(rawHeaders));
  return new Map(pairs.map(([name = '', value = '']) => [name.toLowerCase(), String(value)]));
}

function bytesOf(response: unknown): Buffer {
  if (typeof response === 'string') {
    return Buffer.from(response, /^[0-9a-f]+$/.test(response) ? 'hex' : 'utf8');
  }
  const { hex, text, events } = response as { hex?: string; text?: string; events?: FixtureEvent[] };
  if (events !== undefined) return Buffer.concat(events.map(frameOf));
  if (typeof hex === 'string') return Buffer.from(hex, 'hex');
  return Buffer.from(
    typeof text === 'string' && Object.keys(response as object).length === 1
      ? text
      : JSON.stringify(response),
  );
}

/** An event as a fixture holds it: its kind with what it says; of a chunk, what is inside, and the padding beside. */
type FixtureEvent = { readonly p?: string } & Readonly<Record<string, unknown>>;

function frameOf({ p, ...event }: FixtureEvent): Uint8Array {
  const [[kind, content] = ['', {}]] = Object.entries(event);
  const inner = () => Buffer.from(JSON.stringify(content)).toString('base64');
  return writeFrame(kind, kind === 'chunk' ? { bytes: inner(), ...(p !== undefined && { p }) } : content);
}

/** Whether the bytes are event-stream frames: the first says how long it and its headers are. */
function isFrames(bytes: Buffer): boolean {
  if (bytes.length < 16) return false;
  const length = bytes.readUInt32BE(0);
  return length >= 16 && length <= bytes.length && bytes.readUInt32BE(4) < length;
}

function dayOf(date: string | null | undefined): string | undefined {
  const time = Date.parse(date ?? '');
  return Number.isNaN(time) ? undefined : new Date(time).toISOString().slice(0, 10);
}

function parsed(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}
