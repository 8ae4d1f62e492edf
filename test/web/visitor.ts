import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { createClient } from '../../lib/client.ts';
import { Conversation } from '../../lib/converse/conversation.ts';
import { type Chat, type ChatOptions, startChat } from '../../lib/web/start-chat.ts';
import { clientFor } from '../local-endpoint.ts';

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
    get: (path: string) => call(pageUrl + path, { headers: { cookie } }),
  };
}
