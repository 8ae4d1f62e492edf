import { parseFault } from '../faults/parse-fault.ts';
import { type AccessState, accessStates } from '../models/access.ts';
import { isDay } from '../options.ts';
import type { Endpoint } from './handler.ts';
import { type HttpRequest, headersOf, readBody } from './one-port.ts';
import { Refusal } from './refusal.ts';
import { jsonReply, type Reply } from './reply.ts';
import { refuseWebPage } from './web-page.ts';

const ownPath = /\/_local-bedrock\/([a-z-]+)(?:\?|$)/;

/** Whether a URL is one of the endpoint's own. */
export function isOwnRoute(url: string): boolean {
  return url.includes('/_local-bedrock/') && ownPath.test(url);
}

/**
 * Answers the endpoint's own routes, which AWS does not have, to whoever may call its operations.
 *
 * - `faults`: GET lists what waits, POST adds `{fault, times?, operation?, modelId?}`, DELETE clears;
 * - `requests`: GET gives the journal, DELETE clears it;
 * - `date`: GET, and PUT with `{today?, era?}`;
 * - `access`: GET, and PUT with what the account lacks, by model id.
 */
export async function answerOwnRoute(request: HttpRequest, endpoint: Endpoint): Promise<Reply> {
  const name = ownPath.exec(request.url ?? '')?.[1];
  try {
    const bytes = (await readBody(request)) ?? Buffer.alloc(0);
    const { method = '', url = '' } = request;
    const headers = headersOf(request);
    refuseWebPage(headers, endpoint.host);
    endpoint.authorize?.({ method, url, headers, body: bytes });
    const body = bytes.toString('utf8');
    const answer = ownAnswer(`${request.method} ${name}`, body, endpoint);
    if (answer !== undefined) return jsonReply(answer);
    return {
      ...jsonReply({ message: `There is no ${request.method} ${name} here. There are: ${routes}.` }),
      status: 404,
    };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { ...jsonReply({ message }), status: error instanceof Refusal ? error.status : 400 };
  }
}

const routes = 'GET, POST and DELETE faults; GET and DELETE requests; GET and PUT date and access';

function ownAnswer(route: string, body: string, endpoint: Endpoint): object | undefined {
  const { faults, journal } = endpoint;
  switch (route) {
    case 'GET faults':
      return { faults: faults.list() };
    case 'POST faults':
      addFault(body, endpoint);
      return { faults: faults.list() };
    case 'DELETE faults':
      faults.clear();
      return { faults: [] };
    case 'GET requests':
      return { requests: journal.entries() };
    case 'DELETE requests':
      journal.clear();
      return { requests: [] };
    case 'GET date':
      return dateOf(endpoint);
    case 'PUT date':
      setDate(readObject(body), endpoint);
      return dateOf(endpoint);
    case 'GET access':
      return accessOf(endpoint);
    case 'PUT access':
      setAccess(readObject(body), endpoint);
      return accessOf(endpoint);
    default:
      return undefined;
  }
}

function dateOf({ service: { today, era } }: Endpoint): object {
  return { today, era };
}

function addFault(body: string, { faults }: Endpoint): void {
  const { fault, times, operation, modelId } = readObject(body);
  if (typeof fault !== 'string')
    throw new Error('Send {"fault": "KIND..."}, such as {"fault": "ThrottlingException"}.');
  if (times !== undefined && !(Number.isInteger(times) && Number(times) > 0)) {
    throw new Error('"times" is a whole number from 1 on.');
  }
  const order = parseFault(fault);
  faults.add({
    ...order,
    ...(times !== undefined && { times: Number(times) }),
    ...(operation !== undefined && { operation: String(operation) }),
    ...(modelId !== undefined && { modelId: String(modelId) }),
  });
}

function setDate({ today, era, advanceMs = 0 }: Record<string, unknown>, endpoint: Endpoint): void {
  if (today !== undefined && !(typeof today === 'string' && isDay(today))) {
    throw new Error('"today" is a day, written YYYY-MM-DD, such as 2026-11-23.');
  }
  if (era !== undefined && era !== 'lab' && era !== 'today') throw new Error('"era" is lab or today.');
  endpoint.service.promptCache?.advance(typeof advanceMs === 'number' ? advanceMs : Number.NaN);
  endpoint.service = {
    ...endpoint.service,
    ...(today !== undefined && { today }),
    ...(era !== undefined && { era }),
  };
}

function accessOf({ service: { access } }: Endpoint): object {
  return { access: Object.fromEntries(access ?? []) };
}

function setAccess(wanted: Record<string, unknown>, endpoint: Endpoint): void {
  const access = new Map<string, AccessState>();
  for (const [modelId, state] of Object.entries(wanted)) {
    const known = accessStates.find((one) => one === state);
    if (known === undefined) throw new Error(`The access to a model is one of: ${accessStates.join(', ')}.`);
    access.set(modelId, known);
  }
  endpoint.service = { ...endpoint.service, access };
}

function readObject(body: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    throw new Error('The body is not JSON.');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Error('Send a JSON object.');
  return value as Record<string, unknown>;
}
