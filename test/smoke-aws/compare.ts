import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import {
  catalogue,
  currentDay,
  findListedModel,
  isOffered,
  isRetired,
  listedModels,
  splitModelId,
} from 'bedrock-models';
import { converse, converseStream, createClient, invokeStream, invokeText, LibError } from 'lib';
import type { RawRequest } from '../../packages/local-bedrock/src/http/router.ts';
import {
  type AnswerEvent,
  scripted,
  startLocalBedrock,
  type WordSource,
} from '../../packages/local-bedrock/src/index.ts';
import { forward, type Signer } from '../../packages/local-bedrock/src/record/forward.ts';
import { type ReadFrame, readFrames } from '../../packages/local-bedrock/test/frames.ts';
import { differencesOf, wordsOf } from '../../packages/local-bedrock/test/recorded/differences.ts';
import type { Exchange } from '../../packages/local-bedrock/test/recorded/exchanges.ts';
import { batchInput, batchQuestion } from './account-calls.ts';
import type { Call } from './calls.ts';
import { withoutOthers } from './names.ts';

/** A call with what came back. */
export interface Answered {
  readonly call: Call;
  readonly status: number;
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  readonly bytes: Buffer;
}

/** What earlier calls gave, by the names that later calls use. */
export type Given = Map<string, string>;

/**
 * Sends a call to Bedrock, or to what stands in its place; `undefined` when an earlier call did not give what it names.
 * Rejects when there is no whole answer within two minutes, and when `interrupted` aborts.
 */
export async function send(
  call: Call,
  upstream: URL,
  region: string,
  signer: Signer,
  given: Given,
  interrupted?: AbortSignal,
): Promise<Answered | undefined> {
  const url = filled(call.path, given, encodeURIComponent);
  const body = filled(call.body === undefined ? '' : JSON.stringify(call.body), given);
  const headers = Object.entries(call.headers ?? {}).map(([name, value]) => [name, filled(value, given)]);
  if (url === undefined || body === undefined || headers.some(([, value]) => value === undefined))
    return undefined;
  const request = {
    method: call.method,
    url,
    headers: { 'content-type': 'application/json', ...Object.fromEntries(headers) },
    body: Buffer.from(body),
    startedAt: 0,
  };
  for (
    const until = performance.now() + 60_000;
    ;
    await setTimeout(1_000, undefined, { signal: interrupted })
  ) {
    const timeout = AbortSignal.timeout(120_000);
    const answered = await sendOnce(
      call,
      { ...request, signal: interrupted ? AbortSignal.any([interrupted, timeout]) : timeout },
      upstream,
      region,
      signer,
    );
    const json = parsed(answered.bytes) as Record<string, unknown> | undefined;
    for (const [name, member] of Object.entries(call.gives ?? {})) {
      const value = json?.[member];
      if (typeof value === 'string') given.set(name, value);
    }
    const { member = '', values = [] } = call.until ?? {};
    const state = json?.[member];
    if (typeof state !== 'string' || values.includes(state) || performance.now() > until) return answered;
  }
}

/** A text with what was given in the places of its names; `undefined` where something was not. */
function filled(text: string, given: Given, write = (value: string) => value): string | undefined {
  let isWhole = true;
  const whole = text.replaceAll(/\{(guardrail|job)\}/g, (_, name: string) => {
    const value = given.get(name);
    isWhole &&= value !== undefined;
    return write(value ?? '');
  });
  return isWhole ? whole : undefined;
}

async function sendOnce(
  call: Call,
  request: RawRequest,
  upstream: URL,
  region: string,
  signer: Signer,
): Promise<Answered> {
  const answer = await forward(upstream, request, signer, region);
  const chunks: Buffer[] = [];
  for await (const chunk of answer) chunks.push(chunk);
  const headers = Object.entries(answer.headers).map(([name, value]) => [name, String(value)] as const);
  return { call, status: answer.statusCode ?? 0, headers: new Map(headers), bytes: Buffer.concat(chunks) };
}

function read({ call, status, headers, bytes }: Answered): Exchange {
  const type = headers.get('content-type') ?? '';
  const isStream = type.includes('eventstream');
  const [, label = '', operation = ''] = /^\/model\/(.+)\/([a-z-]+)$/.exec(call.path) ?? [];
  return {
    name: call.name,
    operation: operation as Exchange['operation'],
    modelId: decodeURIComponent(label),
    day: currentDay(),
    path: call.path,
    request: call.body,
    requestHeaders: call.headers ?? {},
    status,
    headers,
    bytes,
    json: isStream ? undefined : parsed(bytes),
    frames: isStream ? readFrames(bytes) : type.includes('text/event-stream') ? eventsOf(bytes) : undefined,
  };
}

/** Server-sent events as if they were frames: the same is asked of them. */
function eventsOf(bytes: Buffer): ReadFrame[] {
  const events = bytes.toString('utf8').matchAll(/^data: ?(.*)$/gm);
  return [...events].map(([, data = '']) => ({
    headers: [[':event-type', data === '[DONE]' ? 'done' : 'chunk']],
    payload: data,
    json: parsed(Buffer.from(data)) ?? {},
  }));
}

function parsed(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}

/** What a run found of one part. */
export interface Compared {
  /** Of so many answers. */
  readonly answers: number;
  /** In what they differ. */
  readonly differences: readonly string[];
}

export interface Findings {
  readonly endpoint: Compared;
  readonly catalogue: Compared;
  readonly lib: Compared;
}

/** A source of words that never answers the records of a batch job, so that the job is still at work when it is stopped. */
export function silentToBatches(words: WordSource): WordSource {
  return {
    name: words.name,
    countTokens: (request, model) => words.countTokens(request, model),
    async *answer(request, model, lead, signal) {
      if (request.turns.some(({ text }) => text === batchQuestion)) await new Promise(() => {});
      yield* words.answer(request, model, lead, signal);
    },
  };
}

/** The file that the calls' batch job reads, in a folder of buckets. */
function putBatchInput(s3: string, calls: readonly Call[]): void {
  const { body } = calls.find(({ gives }) => gives?.job !== undefined) ?? {};
  const [, path] = /"s3:\/\/([^"]+\/input\.jsonl)"/.exec(JSON.stringify(body ?? null)) ?? [];
  if (path === undefined) return;
  mkdirSync(join(s3, dirname(path)), { recursive: true });
  writeFileSync(join(s3, path), batchInput);
}

/** Holds the local endpoint, the catalogue and `lib` against what came back. */
export async function compare(answered: readonly Answered[], region: string): Promise<Findings> {
  const exchanges = answered.map((one) => ({ one, exchange: read(one) }));
  let words: AnswerEvent[] = [];
  const today = currentDay();
  const s3 = mkdtempSync(join(tmpdir(), 'smoke-aws-'));
  putBatchInput(
    s3,
    answered.map(({ call }) => call),
  );
  const source = silentToBatches(scripted(() => words));
  const endpoint = await startLocalBedrock({ era: 'today', today, region, words: source, s3 });
  const upstream = new URL(endpoint.url);
  const signer = { accessKeyId: 'local', secretAccessKey: 'local' };
  const given: Given = new Map();
  const made = new Set<unknown>();
  const byEndpoint: string[] = [];
  const byLib: string[] = [];
  let readable = 0;
  try {
    for (const { one, exchange } of exchanges) {
      const { name } = one.call;
      words = wordsOf(exchange);
      const answer = await send(one.call, upstream, region, signer, given);
      for (const value of given.values()) made.add(value);
      const ours = answer && read(withoutOthers(answer, made));
      const differences =
        ours === undefined ? ['not asked: an earlier call was refused'] : differencesOf(exchange, ours);
      byEndpoint.push(...differences.map((difference) => `${name}: ${difference}`));
      if (!isForLib(exchange)) continue;
      readable += 1;
      const wrong = await readByLib(exchange);
      if (wrong !== undefined) byLib.push(`${name}: ${wrong}`);
    }
  } finally {
    await endpoint.close();
    rmSync(s3, { recursive: true });
  }
  return {
    endpoint: { answers: answered.length, differences: byEndpoint },
    catalogue: compareCatalogue(
      exchanges.map(({ exchange }) => exchange),
      region,
    ),
    lib: { answers: readable, differences: byLib },
  };
}

/** Whether `lib` has a reader for an answer. */
function isForLib({ modelId, operation }: Exchange): boolean {
  if (operation === 'count-tokens' || findListedModel(modelId) === undefined) return false;
  return catalogue.some(({ id }) => id === splitModelId(modelId).baseId);
}

/** What `lib` makes of an answer, when it is not what the answer says. */
async function readByLib(exchange: Exchange): Promise<string | undefined> {
  const { modelId, operation, status, bytes, headers } = exchange;
  const server = createServer((request, response) => {
    request.resume();
    for (const [name, value] of headers)
      if (/^(content-type|x-amzn-)/.test(name)) response.setHeader(name, value);
    response.writeHead(status).end(bytes);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = createClient({
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
  });
  const messages = [{ role: 'user' as const, content: [{ text: 'Hi' }] }];
  const calls = {
    converse: () => converse(client, modelId, messages),
    'converse-stream': () => converseStream(client, modelId, messages, () => {}),
    invoke: () => invokeText(client, modelId, 'Hi'),
    'invoke-with-response-stream': () => invokeStream(client, modelId, 'Hi').result,
    'count-tokens': () => Promise.reject(new Error('lib does not read it')),
  };
  try {
    const reply = await calls[operation]();
    const said = wordsOf(exchange)
      .map((event) => (event.type === 'text' ? event.text : ''))
      .join('')
      .replace(/<reasoning>.*<\/reasoning>/s, '')
      .trim();
    const text = 'text' in reply ? reply.text.trim() : '';
    // Of a form that is read by nobody else here, there is nothing to compare with.
    if (said === '' || text === said) return undefined;
    return `read "${text.slice(0, 60)}" where it says "${said.slice(0, 60)}"`;
  } catch (error) {
    // A refusal is read right when it is told with its text and a kind.
    if (status !== 200 && error instanceof LibError && error.kind !== 'unknown') return undefined;
    return `failed: ${error instanceof Error ? error.message : String(error)}`;
  } finally {
    client.destroy();
    server.closeAllConnections();
    server.close();
  }
}

interface Listed {
  readonly modelSummaries?: readonly {
    modelId: string;
    outputModalities?: string[];
    modelLifecycle?: { status?: string };
  }[];
  readonly inferenceProfileSummaries?: readonly { inferenceProfileId: string; type?: string }[];
}

function compareCatalogue(exchanges: readonly Exchange[], region: string): Compared {
  const today = currentDay();
  const listOf = (path: string) =>
    exchanges.find((exchange) => exchange.path.startsWith(path))?.json as Listed | undefined;
  const summaries = listOf('/foundation-models')?.modelSummaries;
  const profiles = listOf('/inference-profiles')?.inferenceProfileSummaries;
  const found: string[] = [];
  if (summaries !== undefined) {
    const listed = new Map(summaries.map((summary) => [summary.modelId, summary]));
    for (const model of listedModels) {
      const isHere = isOffered(model, region) && !isRetired(model, today);
      if (isHere && !listed.has(model.id))
        found.push(`${model.id} is offered in ${region} by the catalogue, and not listed`);
      const status = listed.get(model.id)?.modelLifecycle?.status;
      const ours = model.legacy !== undefined && model.legacy <= today ? 'LEGACY' : 'ACTIVE';
      if (status !== undefined && status !== ours) found.push(`${model.id} is ${status}, here ${ours}`);
    }
    for (const { modelId, outputModalities = [] } of summaries) {
      const isText = outputModalities.includes('TEXT') && !/:\d+k$/.test(modelId);
      if (isText && findListedModel(modelId) === undefined) found.push(`${modelId} is not in the catalogue`);
    }
  }
  if (profiles !== undefined) {
    const ids = new Set(profiles.map(({ inferenceProfileId }) => inferenceProfileId));
    for (const id of ids) {
      const { baseId, profile } = splitModelId(id);
      const model = findListedModel(baseId);
      if (model !== undefined && profile !== undefined && !model.profiles.includes(profile)) {
        found.push(`${id} is a profile that the catalogue does not have`);
      }
    }
  }
  const lists = [summaries, profiles].filter((list) => list !== undefined);
  return { answers: lists.length, differences: found };
}
