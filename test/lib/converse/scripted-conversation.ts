import { Conversation, isLibError } from 'lib';
import { clientOver, type Script, serveScripts, type transports } from '../../scripted-endpoint.ts';

export const modelId = 'amazon.nova-micro-v1:0';

export type ScriptedServer = Awaited<ReturnType<typeof serveScripts>>;

/** A whole answer of Converse. */
export function answer(text: string, more: object = {}): Script {
  return {
    body: JSON.stringify({
      output: { message: { role: 'assistant', content: [{ text }] } },
      stopReason: 'end_turn',
      usage: { inputTokens: 10, outputTokens: 2, totalTokens: 12 },
      metrics: { latencyMs: 1 },
      ...more,
    }),
  };
}

/** A conversation with an endpoint that answers by scripts. */
export async function withScripts<Result>(
  scripts: readonly Script[],
  use: (conversation: Conversation, server: Awaited<ReturnType<typeof serveScripts>>) => Promise<Result>,
  options: Partial<ConstructorParameters<typeof Conversation>[0]> = {},
  transport: (typeof transports)[number] = 'HTTP/1.1',
): Promise<Result> {
  const server = await serveScripts(...scripts);
  const client = clientOver(transport, server.url);
  try {
    return await use(new Conversation({ client, modelId, random: () => 0, ...options }), server);
  } finally {
    client.destroy();
    await server.close();
  }
}

/** The LibError that a promise rejects with. */
export async function failureOf(turn: Promise<unknown>) {
  const error = await turn.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (isLibError(error)) return error;
  throw new Error(`no LibError but ${String(error)}`);
}

/** What a conversation sends. */
export interface SentBody {
  readonly messages: readonly { role: string; content: readonly { text?: string }[] }[];
  readonly system?: readonly { text: string }[];
  readonly inferenceConfig: object;
}

/** The body of the request with this index. */
export function bodyOf({ requests }: ScriptedServer, index: number): SentBody {
  const request = requests[index];
  if (request === undefined) throw new Error(`There was no request ${index}, only ${requests.length}.`);
  return request.body as SentBody;
}

/** What was said, a line a message. */
export const textsOf = (conversation: Conversation) =>
  conversation.messages.map(({ role, content }) => `${role}: ${content.map(({ text }) => text).join('')}`);
