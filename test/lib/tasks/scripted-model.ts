import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createClient } from 'lib';
import { afterAll } from 'vitest';
import { clientFor } from '../../local-endpoint.ts';

export const novaMicro = 'amazon.nova-micro-v1:0';

export interface ScriptedAnswer {
  readonly text: string;
  readonly stopReason?: string;
  /** Milliseconds before it is sent. */
  readonly delay?: number;
  readonly usage?: null;
  /** What the tool is called with that the request offers. */
  readonly toolInput?: unknown;
  /** A refusal with this text, in place of an answer. */
  readonly refusal?: string;
}

/**
 * An endpoint on loopback that answers Converse with the texts it is given, in order or computed from the prompt: for
 * answers that the local endpoint would never give. 7 tokens in, 3 out.
 */
export async function scriptedModel(
  script: readonly (string | ScriptedAnswer)[] | ((prompt: string) => string | ScriptedAnswer),
) {
  const prompts: string[] = [];
  const bodies: Record<string, unknown>[] = [];
  let running = 0;
  let most = 0;
  const server = createServer((request, response) => {
    running += 1;
    most = Math.max(most, running);
    response.on('close', () => {
      running -= 1;
    });
    const chunks: Buffer[] = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      const body = JSON.parse(Buffer.concat(chunks).toString());
      const blocks: readonly { text?: string }[] = body.messages[0].content;
      const prompt = blocks.map(({ text = '' }) => text).join('');
      bodies.push(body);
      prompts.push(prompt);
      const next = typeof script === 'function' ? script(prompt) : script[prompts.length - 1];
      const answer = typeof next === 'object' ? next : { text: next ?? 'the script has ended' };
      const { text, stopReason = 'end_turn', delay = 0 } = answer;
      const usage =
        answer.usage === null ? {} : { usage: { inputTokens: 7, outputTokens: 3, totalTokens: 10 } };
      const name = body.toolConfig?.tools[0].toolSpec.name;
      const toolUse = { toolUseId: 't', name, input: answer.toolInput };
      const content = answer.toolInput === undefined ? [{ text }] : [{ toolUse }];
      const message = { role: 'assistant', content };
      const [status, reply] =
        answer.refusal === undefined
          ? [200, { output: { message }, stopReason, ...usage }]
          : [400, { message: answer.refusal }];
      setTimeout(() => {
        const type = { 'content-type': 'application/json', 'x-amzn-errortype': 'ValidationException' };
        response.writeHead(status, type);
        response.end(JSON.stringify(reply));
      }, delay);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  const client = createClient(clientFor(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
  return { client, prompts, bodies, mostAtOnce: () => most };
}
