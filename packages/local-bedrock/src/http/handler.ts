import { randomUUID } from 'node:crypto';
import type { createAuthorizer } from '../auth/authorize.ts';
import { applyFault } from '../faults/apply-fault.ts';
import { isExceptionName } from '../faults/exceptions.ts';
import { ConnectionCut, type Fault, needsStream, type StreamForm, suits } from '../faults/fault.ts';
import { parseFault } from '../faults/parse-fault.ts';
import { type FaultQueue, streamFormOf } from '../faults/queue.ts';
import type { Entry, Journal, OpenEntry } from '../journal/journal.ts';
import { observeWords } from '../journal/observe-words.ts';
import type { Service } from '../operations/operation.ts';
import type { Upstream } from '../record/recorder.ts';
import type { BucketFolder } from '../s3/bucket-folder.ts';
import type { HttpRequest, HttpResponse, SocketOf } from './one-port.ts';
import { headersOf, readBody } from './one-port.ts';
import { isOpenAiPath, openAiRefusal } from './openai-error.ts';
import { answerOwnRoute, isOwnRoute } from './own-routes.ts';
import { internalError, invalid, Refusal, refusalReply } from './refusal.ts';
import type { Reply } from './reply.ts';
import { cutConnection, type Sent, send } from './reply.ts';
import { findRoute, isOperation, type RawRequest, type Route } from './router.ts';
import { refuseWebPage } from './web-page.ts';

/** A running endpoint: what it is, what waits for its requests, and what it remembers of them. */
export interface Endpoint {
  /** Replaced whole when the date, the era or the access changes. */
  service: Service;
  /** What it was told to listen on: an address or a name. */
  readonly host: string;
  readonly faults: FaultQueue;
  readonly journal: Journal;
  /** Throws a `Refusal` when the request is not signed as it should be. Absent: anything is let in. */
  readonly authorize?: ReturnType<typeof createAuthorizer>;
  /** What S3's operations work on. Absent: they are refused. */
  readonly buckets?: BucketFolder;
  /** Answers in place of the operations: a recording, or AWS itself. */
  readonly upstream?: Upstream;
}

const ignore = () => {};

/** Made once: without a reason, every abort would make an error with a stack of its own. */
const clientLeft = new Error('The client has left.');

/** The request listener of the endpoint: reads the body, runs the operation and writes its reply or its refusal. */
export function createHandler(
  endpoint: Endpoint,
): (request: HttpRequest, response: HttpResponse, socketOf: SocketOf) => void {
  return (request, response, socketOf) => {
    // A client that goes away mid-request is its own business: no error of its connection may end the process.
    request.on('error', ignore);
    response.on('error', ignore);
    const gone = new AbortController();
    // Nobody waits for a whole answer to be over, and every abort makes and dispatches an event.
    response.on('close', () => {
      if (!response.writableEnded) gone.abort(clientLeft);
    });
    // A log that cannot be written, too, is told and does not end the process.
    handle(request, response, socketOf, endpoint, gone.signal).catch((error) => warn(request, error));
  };
}

async function handle(
  request: HttpRequest,
  response: HttpResponse,
  socketOf: SocketOf,
  endpoint: Endpoint,
  signal: AbortSignal,
): Promise<void> {
  const startedAt = performance.now();
  const { method = '', url = '' } = request;
  const requestId = randomUUID();
  const always = { 'x-amzn-RequestId': requestId, 'x-local-bedrock': endpoint.service.words.name };
  if (isOwnRoute(url)) {
    await send(response, await answerOwnRoute(request, endpoint), always, signal);
    return;
  }
  const open = endpoint.journal.open({
    at: Date.now(),
    requestId,
    method,
    path: url,
    protocol: request.httpVersionMajor === 2 ? 'HTTP/2' : 'HTTP/1.1',
    operation: 'UnknownOperation',
  });
  const { entry } = open;
  let sent: Sent = { ended: 'client left' };
  try {
    const reply = await answer(request, endpoint, open, signal, startedAt);
    if (reply !== undefined && !signal.aborted) {
      entry.status = reply.status;
      noteReply(entry, reply);
      sent = await send(response, reply, always, signal);
    }
  } catch (error) {
    // An answer that broke off after it began can only end without its end. HTTP/2 throws where a client has left.
    if (error instanceof ConnectionCut || !signal.aborted) sent = { ended: 'cut' };
    if (!(error instanceof ConnectionCut) && !signal.aborted) warn(request, error);
  }
  if (sent.ended === 'cut') await cutConnection(request, socketOf);
  Object.assign(entry, sent);
  entry.milliseconds = Math.round(performance.now() - startedAt);
  endpoint.journal.close(open);
}

/** The answer to a request; `undefined`: there is nobody to answer, or nothing. Throws only `ConnectionCut`. */
async function answer(
  request: HttpRequest,
  endpoint: Endpoint,
  open: OpenEntry,
  signal: AbortSignal,
  startedAt: number,
): Promise<Reply | undefined> {
  const { entry } = open;
  let route: Route | undefined;
  try {
    const { method, path: url } = entry;
    if (isForS3(request, endpoint)) return await answerForS3(request, endpoint, entry, signal);
    const body = await readBody(request);
    if (body === undefined) return undefined;
    const raw: RawRequest = { method, url, headers: headersOf(request), body, signal, startedAt };
    const found = findRoute(method, url);
    route = found;
    entry.operation = found.operation.name;
    const { name, subjectOf } = found.operation;
    const { modelId, form } = subjectOf?.(body) ?? { modelId: found.label, form: streamFormOf(name) };
    if (modelId !== '') entry.modelId = modelId;
    refuseWebPage(raw.headers, endpoint.host);
    endpoint.authorize?.(raw);
    open.rawBody = body;
    const produce = () => {
      const words = () => run(raw, found, endpoint.service, entry);
      const elsewhere = endpoint.upstream?.(raw, found, (tokens) => Object.assign(entry, tokens));
      return elsewhere === undefined ? words() : elsewhere.then((reply) => reply ?? words());
    };
    const fault = faultFor(raw, name, modelId, form, endpoint.faults);
    if (fault === undefined) return await produce();
    entry.fault = fault.spec;
    // Other forms than AWS's do not tell the error's name in a header.
    if (found.operation.refuse && isExceptionName(fault.kind) && !needsStream(fault))
      entry.error = fault.kind;
    return await applyFault(fault, form, produce, signal, found.operation.refuse);
  } catch (error) {
    if (error instanceof ConnectionCut) throw error;
    if (!(error instanceof Refusal)) warn(request, error);
    const refusal = error instanceof Refusal ? error : internalError(error);
    entry.error = refusal.errorName;
    const refuse = route === undefined && isOpenAiPath(entry.path) ? openAiRefusal : route?.operation.refuse;
    return (refuse ?? refusalReply)(refusal);
  }
}

/**
 * Whether a request was signed for S3, whose paths alone could be Bedrock's. Without a folder for S3, one for an operation of
 * Bedrock is Bedrock's, with a wrong signature.
 */
function isForS3({ headers, method = '', url = '' }: HttpRequest, { buckets }: Endpoint): boolean {
  if (!headers.authorization?.includes('/s3/aws4_request')) return false;
  return buckets !== undefined || !isOperation(method, url);
}

/** S3's objects may be longer than memory, so their requests are read by who answers them. */
async function answerForS3(
  request: HttpRequest,
  { buckets, authorize, host }: Endpoint,
  entry: Entry,
  signal: AbortSignal,
): Promise<Reply | undefined> {
  const { answerS3 } = await import('../s3/answer-s3.ts');
  const { method, path: url, requestId } = entry;
  const headers = headersOf(request);
  const allow = () => {
    refuseWebPage(headers, host);
    authorize?.({ method, url, headers }, 's3');
  };
  const asked = { method, url, headers, body: request, requestId, signal };
  try {
    return await answerS3(asked, buckets, allow, (about) => Object.assign(entry, about));
  } catch (error) {
    // Whose body broke off has left, and nobody is to be told.
    if (signal.aborted || request.errored !== null) return undefined;
    throw error;
  }
}

function run(raw: RawRequest, route: Route, service: Service, entry: Entry): Reply | Promise<Reply> {
  const { headers, body, signal, startedAt } = raw;
  const words = observeWords(service.words, (inputTokens, outputTokens) => {
    entry.inputTokens = inputTokens;
    entry.outputTokens = outputTokens;
  });
  const { operation, label, query } = route;
  return operation.run({ label, query, headers, body, signal, startedAt }, { ...service, words });
}

/** The fault that the request asks for itself, or else the first that waits for one like it. */
function faultFor(
  { headers }: RawRequest,
  name: string,
  modelId: string,
  form: StreamForm | undefined,
  faults: FaultQueue,
): Fault | undefined {
  const spec = headers['x-local-bedrock-fault'];
  if (spec === undefined) return faults.take(name, modelId, form);
  let fault: Fault;
  try {
    fault = parseFault(spec).fault;
  } catch (error) {
    throw invalid(`x-local-bedrock-fault: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (!suits(fault, form)) {
    const has = form === undefined ? 'has none' : 'has none of that form';
    throw invalid(`x-local-bedrock-fault: ${spec} needs a stream, and ${name} ${has}.`);
  }
  return fault;
}

/** What the answer's headers tell the journal: the error's name, and the tokens where no words were made for it. */
function noteReply(entry: Entry, { headers }: Reply): void {
  for (const name in headers) {
    if (!name.startsWith('x') && !name.startsWith('X')) continue;
    const value = headers[name] ?? '';
    const known = name.toLowerCase();
    if (known === 'x-amzn-errortype') entry.error = value.split(':', 1)[0] ?? value;
    if (known === 'x-amzn-bedrock-input-token-count') entry.inputTokens ??= Number(value);
    if (known === 'x-amzn-bedrock-output-token-count') entry.outputTokens ??= Number(value);
  }
}

function warn(request: HttpRequest, error: unknown): void {
  const what = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.emitWarning(`Local Bedrock failed on ${request.method} ${request.url}: ${what}`);
}
