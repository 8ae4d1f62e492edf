import { Agent, type AgentOptions, tool } from 'lib';
import { clientOver, type Script, serveScripts } from '../../scripted-endpoint.ts';

export const modelId = 'amazon.nova-micro-v1:0';

export type ToolCall = readonly [toolUseId: string, name: string, input: unknown];

/** A whole answer of Converse that calls tools. */
export function calls(...made: readonly ToolCall[]): Script {
  const content = made.map(([toolUseId, name, input]) => ({ toolUse: { toolUseId, name, input } }));
  return reply(content, 'tool_use');
}

/** A whole answer of Converse in words. */
export const says = (text: string, stopReason = 'end_turn', more: object = {}) =>
  reply([{ text }], stopReason, more);

function reply(content: readonly object[], stopReason: string, more: object = {}): Script {
  return {
    body: JSON.stringify({
      output: { message: { role: 'assistant', content } },
      stopReason,
      usage: { inputTokens: 100, outputTokens: 10, totalTokens: 110 },
      metrics: { latencyMs: 1 },
      ...more,
    }),
  };
}

/** Gives the weather of a city. */
export const weather = tool({
  name: 'weather',
  description: 'The weather in a city.',
  input: {
    type: 'object',
    properties: { city: { type: 'string', minLength: 1 } },
    required: ['city'],
  },
  run: ({ city }) => ({ city, sky: 'rain' }),
});

export type SentMessage = { role: string; content: readonly Record<string, unknown>[] };

/** What the model was told in the request with this index. */
export function messagesOf(
  { requests }: Awaited<ReturnType<typeof serveScripts>>,
  index: number,
): readonly SentMessage[] {
  return (requests[index]?.body as { messages: readonly SentMessage[] } | undefined)?.messages ?? [];
}

/** The tool results in the last message of a request: id, status, text. */
export function resultsOf(server: Awaited<ReturnType<typeof serveScripts>>, index: number) {
  const last = messagesOf(server, index).at(-1);
  return (last?.content ?? []).map(({ toolResult }) => {
    const { toolUseId, status, content } = toolResult as {
      toolUseId: string;
      status: string;
      content: readonly { text: string }[];
    };
    return { toolUseId, status, text: content.map(({ text }) => text).join('') };
  });
}

/** An agent whose model answers by scripts. */
export async function withAgent<Result>(
  scripts: readonly Script[],
  use: (agent: Agent, server: Awaited<ReturnType<typeof serveScripts>>) => Promise<Result>,
  options: Partial<AgentOptions> = {},
): Promise<Result> {
  const server = await serveScripts(...scripts);
  const client = clientOver('HTTP/1.1', server.url);
  try {
    return await use(new Agent({ client, modelId, tools: [weather], random: () => 0, ...options }), server);
  } finally {
    client.destroy();
    await server.close();
  }
}
