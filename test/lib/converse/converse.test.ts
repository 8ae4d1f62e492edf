import { converse, createClient, type Message } from 'lib';
import { describe, expect, it } from 'vitest';
import { callModel } from '../../../lib/converse/model-call.ts';
import { createBudget, createSession } from '../../../lib/converse/session.ts';
import { clientFor, useLocalBedrock } from '../../local-endpoint.ts';
import { clientOver, serveScripts } from '../../scripted-endpoint.ts';
import { answer, bodyOf, failureOf, modelId } from './scripted-conversation.ts';

const endpoint = useLocalBedrock('lab');
const hello: Message = { role: 'user', content: [{ text: 'What is 2 + 3?' }] };
const toolConfig = {
  tools: [
    {
      toolSpec: {
        name: 'add',
        description: 'Adds.',
        inputSchema: { json: { type: 'object', properties: {} } },
      },
    },
  ],
};

describe('converse', () => {
  it('sends everything it is given, and nothing it is not', async () => {
    const server = await serveScripts(answer('Hello'));
    const client = clientOver('HTTP/1.1', server.url);
    const options = {
      guardrailConfig: { guardrailIdentifier: 'abc', guardrailVersion: '1' },
      additionalModelRequestFields: { inferenceConfig: { topK: 5 } },
      additionalModelResponseFieldPaths: ['/stop_sequence'],
      requestMetadata: { lesson: '3' },
      performanceConfig: { latency: 'standard' as const },
    };
    await converse(client, modelId, [hello], {
      ...options,
      system: [{ text: 'Be kind.' }, { text: ' ' }],
      maxTokens: 9,
      topP: 0.5,
      stopSequences: ['.'],
      toolConfig,
      signal: new AbortController().signal,
      maxAttempts: 2,
    });
    expect(bodyOf(server, 0)).toEqual({
      ...options,
      messages: [hello],
      system: [{ text: 'Be kind.' }],
      inferenceConfig: { maxTokens: 9, topP: 0.5, stopSequences: ['.'] },
      toolConfig,
    });
    await converse(client, modelId, [hello], { system: '' });
    expect(bodyOf(server, 1)).toEqual({ messages: [hello], inferenceConfig: { maxTokens: 512 } });
    client.destroy();
    await server.close();
  });

  it('tells what it had to repair, and what came back', async () => {
    const client = createClient(clientFor(endpoint().url));
    const reply = await converse(client, modelId, [{ role: 'assistant', content: [{ text: 'Hi' }] }, hello]);
    expect(reply.repairs.map(({ kind }) => kind)).toEqual(['first-turn-added']);
    expect(reply.repairs[0]?.detail).toMatch(/\.$/);
    expect(reply.text).toContain('5');
    expect(reply.costUsd).toBeGreaterThan(0);
    client.destroy();
  });

  it('sends nothing when nothing is left to send', async () => {
    const server = await serveScripts(answer('Hello'));
    const client = clientOver('HTTP/1.1', server.url);
    const empty: Message[] = [{ role: 'user', content: [{ text: ' ' }] }];
    expect(await failureOf(converse(client, modelId, empty))).toMatchObject({ kind: 'request', modelId });
    expect(server.requests).toHaveLength(0);
    client.destroy();
    await server.close();
  });
});

describe('callModel', () => {
  it('asks for the whole answer where a model does not stream tools, and gives it in pieces all the same', async () => {
    const llama = 'us.meta.llama3-3-70b-instruct-v1:0';
    const client = createClient(clientFor(endpoint().url));
    const session = createSession(undefined, 'ada');
    let text = '';
    const reply = await callModel(
      { client, modelId: llama, session, budget: createBudget({}) },
      {
        added: [hello],
        toolConfig,
        signal: new AbortController().signal,
        onDelta: (delta) => {
          if (delta.type === 'text') text += delta.text;
        },
      },
    );
    expect(text).toBe(reply.text);
    expect(text).not.toBe('');
    expect(endpoint().requests().at(-1)?.operation).toBe('Converse');
    expect(session.entries).toEqual([]);
    client.destroy();
  });

  it('does so as well where only earlier turns have called tools', async () => {
    const llama = 'us.meta.llama3-3-70b-instruct-v1:0';
    const client = createClient(clientFor(endpoint().url));
    const session = createSession(undefined, 'ada');
    await session.append({
      messages: [
        hello,
        { role: 'assistant', content: [{ toolUse: { toolUseId: 'a', name: 'add', input: {} } }] },
        { role: 'user', content: [{ toolResult: { toolUseId: 'a', content: [{ text: '5' }] } }] },
        { role: 'assistant', content: [{ text: 'It is 5.' }] },
      ],
    });
    const step = { added: [hello], signal: new AbortController().signal, onDelta: () => {} };
    const settings = { client, modelId: llama, session, budget: createBudget({}) };
    expect((await callModel(settings, step)).repairs.map(({ kind }) => kind)).toEqual(['tool-config-added']);
    client.destroy();
  });

  it('gives a tool call and its input where the model calls one', async () => {
    const content = [{ text: 'I add.' }, { toolUse: { toolUseId: 'a', name: 'add', input: { n: 1 } } }];
    const server = await serveScripts(
      answer('', { output: { message: { role: 'assistant', content } }, stopReason: 'tool_use' }),
    );
    const client = clientOver('HTTP/1.1', server.url);
    const deltas: unknown[] = [];
    const reply = await callModel(
      {
        client,
        modelId: 'us.meta.llama3-3-70b-instruct-v1:0',
        session: createSession(undefined, 'ada'),
        budget: createBudget({}),
      },
      {
        added: [hello],
        toolConfig,
        signal: new AbortController().signal,
        onDelta: (delta) => deltas.push(delta),
      },
    );
    expect(reply).toMatchObject({ stopReason: 'tool_use', message: { content } });
    expect(deltas).toEqual([
      { type: 'text', text: 'I add.' },
      { type: 'toolUse', toolUseId: 'a', name: 'add' },
      { type: 'toolInput', toolUseId: 'a', json: '{"n":1}' },
    ]);
    client.destroy();
    await server.close();
  });
});
