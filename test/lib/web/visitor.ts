import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { expect } from 'vitest';
import { createClient } from '../../../lib/call/client.ts';
import { Conversation } from '../../../lib/converse/conversation.ts';
import { type Chat, type ChatOptions, startChat } from '../../../lib/web/start-chat.ts';
import { clientFor } from '../../local-endpoint.ts';

export const modelId = 'amazon.nova-lite-v1:0';

/** A chat page whose answers come from the local endpoint at `url`. */
export function startChatAt(url: string, options: ChatOptions = {}): Promise<Chat> {
  return startChat({
    models: async () => [{ id: modelId, name: 'Nova Lite' }],
    createConversation: (asked) => new Conversation({ client: createClient(clientFor(url)), ...asked }),
    ...options,
  });
}

export interface Call {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: object;
}

/** Sends what no browser would: any Host, any Origin. The answer's body is still to be read. */
export async function open(url: string, { method = 'GET', headers, body }: Call = {}) {
  const outgoing = request(url, { method, agent: false, headers: headers ?? {} });
  outgoing.end(body && JSON.stringify(body));
  const [incoming] = (await once(outgoing, 'response')) as [IncomingMessage];
  return incoming;
}

/** As `open`, with the body read to its end. */
export async function call(url: string, request: Call = {}) {
  const incoming = await open(url, request);
  return { status: incoming.statusCode, headers: incoming.headers, text: await text(incoming) };
}

/** One event of an answer, as the page gets it. */
export type Told = Record<string, unknown> & { readonly type: string };

/** The events of an answer that has ended. */
export function eventsOf(body: string): Told[] {
  const parts = body.split('\n\n').filter((part) => part !== '');
  return parts.map((part) => JSON.parse(part.replace('data: ', '')));
}

/** Reads an answer while it comes: `told` grows, `until` waits for the first event of a type. */
export function listen(answer: IncomingMessage) {
  const told: Told[] = [];
  let rest = '';
  answer.setEncoding('utf8').on('data', (piece: string) => {
    const end = (rest + piece).lastIndexOf('\n\n') + 2;
    const whole = (rest + piece).slice(0, Math.max(end, 0));
    rest = (rest + piece).slice(whole.length);
    told.push(...eventsOf(whole));
  });
  answer.on('error', () => undefined);
  const until = async (type: string): Promise<Told> => {
    await expect.poll(() => told.map((event) => event.type)).toContain(type);
    return told.find((event) => event.type === type) as Told;
  };
  return { told, until };
}

/** Somebody's browser: it has a cookie of its own, and names its origin. */
export async function visit(pageUrl: string) {
  const { headers } = await call(pageUrl);
  const cookie = headers['set-cookie']?.[0]?.split(';')[0] ?? '';
  const asked = (body: object): Call => ({
    method: 'POST',
    headers: { cookie, origin: new URL(pageUrl).origin, 'content-type': 'application/json' },
    body: { modelId, ...body },
  });
  return {
    cookie,
    /** One message, with its answer still to be read. */
    begin: (body: object) => open(`${pageUrl}turns`, asked(body)),
    /** One message, and the whole answer. */
    say: (body: object) => call(`${pageUrl}turns`, asked(body)),
    /** One message, and the events of the whole answer. */
    turn: async (body: object) => eventsOf((await call(`${pageUrl}turns`, asked(body))).text),
    post: (path: string, body: object = {}) => call(pageUrl + path, asked(body)),
    get: (path: string) => call(pageUrl + path, { headers: { cookie } }),
    /** The turns of a session, or of all that are listed. */
    read: async (path: string) => JSON.parse((await call(pageUrl + path, { headers: { cookie } })).text),
  };
}
