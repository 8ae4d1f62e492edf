import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { type Tool, tool } from 'lib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { calls, messagesOf, says, withAgent } from './scripted-agent.ts';

const server = join(import.meta.dirname, '..', '..', '..', 'notebooks', 'data', 'rail-server.mjs');
const rail = new Client({ name: 'test', version: '1.0.0' });
let tools: readonly Tool[] = [];

/** What one call gives, in the terms of the protocol. */
interface Given {
  readonly isError?: boolean;
  readonly content: readonly { type: string; text?: string; data?: string; mimeType?: string }[];
}

beforeAll(async () => {
  await rail.connect(new StdioClientTransport({ command: process.execPath, args: [server] }));
  const listed = await rail.listTools();
  tools = listed.tools.map(({ name, description = name, inputSchema }) =>
    tool({
      name,
      description,
      input: inputSchema,
      untrusted: true,
      run: async (input, { signal }) => {
        const { content, isError } = (await rail.callTool({ name, arguments: input }, undefined, {
          signal,
        })) as Given;
        const blocks = content.map(({ text, data = '', mimeType = '' }) =>
          text === undefined
            ? { image: { format: mimeType.split('/')[1], source: { bytes: Buffer.from(data, 'base64') } } }
            : { text },
        );
        return isError ? new Error(content[0]?.text) : blocks;
      },
    }),
  );
});
afterAll(() => rail.close());

it('tools of a server of the Model Context Protocol are called, and give words, pictures and errors', async () => {
  const answer = calls(
    ['a', 'get_train_platform', { city: 'Berlin' }],
    ['b', 'get_train_platform', { city: 'Ube' }],
    ['c', 'get_station_map', {}],
    ['d', 'get_train_platform', {}],
  );
  await withAgent(
    [answer, says('Platform 11.')],
    async (agent, endpoint) => {
      const result = await agent.run('Which platform?');
      expect(result).toMatchObject({ outcome: 'answered' });
      const failures = result.steps[0]?.tools.map(({ failure }) => failure);
      expect(failures).toEqual([undefined, 'failed', undefined, 'invalid-input']);
      // They stand in the order in which they came.
      const results = new Map(
        (messagesOf(endpoint, 1)[2]?.content ?? []).map(({ toolResult }) => {
          const { toolUseId, ...given } = toolResult as { toolUseId: string };
          return [toolUseId, given];
        }),
      );
      expect(results.get('a')).toMatchObject({
        status: 'success',
        content: [{ text: expect.stringContaining('leaves from platform 11.') }],
      });
      expect(results.get('b')).toMatchObject({
        status: 'error',
        content: [{ text: 'The tool failed: No train goes to Ube.' }],
      });
      expect(results.get('c')).toMatchObject({
        content: [{ text: expect.stringContaining('from above') }, { image: { format: 'png' } }],
      });
    },
    { tools, modelId: 'amazon.nova-lite-v1:0' },
  );
});
