import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { Server } from 'node:http';
import { createClient } from '../client.ts';
import { Conversation } from '../converse/conversation.ts';
import { LibError } from '../errors.ts';
import { openHistory } from '../history/open-history.ts';
import type { ChatLimits } from './limits.ts';
import type { OfferedModel } from './list-models.ts';
import type { Talker, TalkerRequest } from './talk.ts';

export interface ChatOptions {
  /** Default: a free one. */
  readonly port?: number;
  /** The file that conversations are kept in. Default `:memory:`. */
  readonly location?: string;
  readonly system?: string;
  /** Who answers in a session: the seam for an agent. Default: a `Conversation`. */
  readonly createConversation?: (request: TalkerRequest) => Talker;
  /** Default: what Bedrock lists in this region. */
  readonly models?: () => Promise<readonly OfferedModel[]>;
  readonly limits?: ChatLimits;
  /** Further `host:port` names, such as that of the Jupyter server whose proxy leads here. */
  readonly hosts?: readonly string[];
}

export interface Chat {
  /** The page's address with its key: whoever has it may spend. */
  readonly url: string;
  readonly port: number;
  /** Ends answers that are under way, and the page. */
  close(): Promise<void>;
}

/**
 * Serves the chat page on 127.0.0.1 only.
 *
 * @throws LibError of kind `network` when the port is taken; as `openHistory` does
 */
export async function startChat(options: ChatOptions = {}): Promise<Chat> {
  const [{ getRequestListener }, { createChatApp }, { listModels }, { createServer }] = await Promise.all([
    import('@hono/node-server'),
    import('./chat-app.ts'),
    import('./list-models.ts'),
    import('node:http'),
  ]);
  const server = createServer();
  const port = await listen(server, options.port ?? 0);
  const key = randomBytes(24).toString('base64url');
  const stop = new AbortController();
  const client = createClient();
  const history = await openHistory(options.location ?? ':memory:').catch((error: unknown) => {
    server.close();
    throw error;
  });
  const { system } = options;
  let listed: Promise<readonly OfferedModel[]> | undefined;
  // A list that could not be had is asked for again.
  const models = () =>
    (listed ??= (options.models ?? listModels)().catch((error: unknown) => {
      listed = undefined;
      throw error;
    }));
  const app = createChatApp({
    access: { key, hosts: [`127.0.0.1:${port}`, `localhost:${port}`, ...(options.hosts ?? [])] },
    history,
    models,
    createConversation:
      options.createConversation ??
      ((request) => new Conversation({ client, ...request, ...(system === undefined ? {} : { system }) })),
    limits: options.limits ?? {},
    stopped: stop.signal,
  });
  server.on('request', getRequestListener(app.fetch));
  return {
    url: `http://127.0.0.1:${port}/${key}/`,
    port,
    close: async () => {
      stop.abort();
      server.close();
      server.closeAllConnections();
      await history.close();
      client.destroy();
    },
  };
}

async function listen(server: Server, port: number): Promise<number> {
  try {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  } catch (cause) {
    throw new LibError(`The chat page cannot listen on port ${port}`, {
      kind: 'network',
      hint: 'Choose another port, or leave it out: a free one is found.',
      cause,
    });
  }
  return (server.address() as { port: number }).port;
}
