import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
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
import { type AnswerEvent, scripted, startLocalBedrock } from '../../packages/local-bedrock/src/index.ts';
import { forward, type Signer } from '../../packages/local-bedrock/src/record/forward.ts';
import { readFrames } from '../../packages/local-bedrock/test/frames.ts';
import {
  differencesOf,
  type Replayed,
  wordsOf,
} from '../../packages/local-bedrock/test/recorded/differences.ts';
import type { Exchange } from '../../packages/local-bedrock/test/recorded/exchanges.ts';
import type { Call } from './calls.ts';

/** A call with what came back. */
export interface Answered {
  readonly call: Call;
  readonly status: number;
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  readonly bytes: Buffer;
}

/** Sends a call to Bedrock, or to what stands in its place. */
export async function send(call: Call, upstream: URL, region: string, signer: Signer): Promise<Answered> {
  const { method, path: url, body } = call;
  const request = {
    method,
    url,
    headers: { 'content-type': 'application/json' },
    body: Buffer.from(body === undefined ? '' : JSON.stringify(body)),
    signal: AbortSignal.timeout(120_000),
    startedAt: 0,
  };
  const answer = await forward(upstream, request, signer, region);
  const chunks: Buffer[] = [];
  for await (const chunk of answer) chunks.push(chunk);
  const headers = Object.entries(answer.headers).map(([name, value]) => [name, String(value)] as const);
  return { call, status: answer.statusCode ?? 0, headers: new Map(headers), bytes: Buffer.concat(chunks) };
}

function read({ call, status, headers, bytes }: Answered): Exchange {
  const isStream = headers.get('content-type')?.includes('eventstream') ?? false;
  const [, label = '', operation = ''] = /^\/model\/(.+)\/([a-z-]+)$/.exec(call.path) ?? [];
  return {
    name: call.name,
    operation: operation as Exchange['operation'],
    modelId: decodeURIComponent(label),
    day: currentDay(),
    path: call.path,
    request: call.body,
    requestHeaders: {},
    status,
    headers,
    bytes,
    json: isStream ? undefined : parsed(bytes),
    frames: isStream ? readFrames(bytes) : undefined,
  };
}

function parsed(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}

/** What a run found: of each call, in what it differs. */
export interface Findings {
  readonly endpoint: readonly string[];
  readonly catalogue: readonly string[];
  readonly lib: readonly string[];
}

/** Holds the local endpoint, the catalogue and `lib` against what came back. */
export async function compare(answered: readonly Answered[], region: string): Promise<Findings> {
  const exchanges = answered.map((one) => ({ one, exchange: read(one) }));
  let words: AnswerEvent[] = [];
  const today = currentDay();
  const endpoint = await startLocalBedrock({ era: 'today', today, region, words: scripted(() => words) });
  const signer = { accessKeyId: 'local', secretAccessKey: 'local' };
  const byEndpoint: string[] = [];
  const byLib: string[] = [];
  for (const { one, exchange } of exchanges) {
    const isModelCall = exchange.operation !== ('' as string);
    words = wordsOf(exchange);
    const ours: Replayed = read(await send(one.call, new URL(endpoint.url), region, signer));
    for (const difference of differencesOf(exchange, ours))
      byEndpoint.push(`${one.call.name}: ${difference}`);
    const wrong = isModelCall ? await readByLib(exchange) : undefined;
    if (wrong !== undefined) byLib.push(`${one.call.name}: ${wrong}`);
  }
  await endpoint.close();
  return {
    endpoint: byEndpoint,
    catalogue: compareCatalogue(
      exchanges.map(({ exchange }) => exchange),
      region,
    ),
    lib: byLib,
  };
}

/** What `lib` makes of an answer, when it is not what the answer says. */
async function readByLib(exchange: Exchange): Promise<string | undefined> {
  const { modelId, operation, status, bytes, headers } = exchange;
  if (operation === 'count-tokens' || findListedModel(modelId) === undefined) return undefined;
  if (catalogue.every(({ id }) => id !== splitModelId(modelId).baseId)) return undefined;
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

function compareCatalogue(exchanges: readonly Exchange[], region: string): string[] {
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
  return found;
}
