import {
  BedrockRuntimeClient,
  ConverseCommand,
  type ConverseCommandInput,
  ConverseStreamCommand,
} from '@aws-sdk/client-bedrock-runtime';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { describe, expect, it } from 'vitest';
import { alternation, credentials, haiku, novaMicro, sum, useEndpoint, weather } from './endpoint.ts';

const endpoint = useEndpoint({ auth: { scheme: 'sigv4' } });

const ask = (text: string): ConverseCommandInput => ({
  modelId: haiku,
  messages: [{ role: 'user', content: [{ text }] }],
});
const toolConfig: ConverseCommandInput['toolConfig'] = {
  tools: [
    {
      toolSpec: {
        name: weather.name,
        description: weather.description,
        inputSchema: { json: structuredClone(weather.schema) as never },
      },
    },
  ],
};

describe.each([
  ['its default HTTP/2 transport', (): NodeHttpHandler | undefined => undefined],
  ['NodeHttpHandler', (): NodeHttpHandler | undefined => new NodeHttpHandler()],
])('@aws-sdk/client-bedrock-runtime with %s', (_, requestHandler) => {
  const client = () => {
    const handler = requestHandler();
    return new BedrockRuntimeClient({
      endpoint: endpoint().url,
      region: 'us-east-1',
      credentials,
      maxAttempts: 1,
      ...(handler && { requestHandler: handler }),
    });
  };

  it('answers a question', async () => {
    const { output, stopReason, usage } = await client().send(new ConverseCommand(ask(sum.question)));
    expect(output?.message?.content?.[0]?.text).toBe(sum.answer);
    expect(stopReason).toBe('end_turn');
    expect(usage?.totalTokens).toBe((usage?.inputTokens ?? 0) + (usage?.outputTokens ?? 0));
  });

  it('streams the same answer', async () => {
    const { stream } = await client().send(new ConverseStreamCommand(ask(sum.question)));
    const kinds: string[] = [];
    let text = '';
    for await (const event of stream ?? []) {
      kinds.push(...Object.keys(event));
      text += event.contentBlockDelta?.delta?.text ?? '';
    }
    expect(text).toBe(sum.answer);
    expect(kinds[0]).toBe('messageStart');
    expect(kinds.slice(-2)).toEqual(['messageStop', 'metadata']);
    expect(kinds).not.toContain('contentBlockStart');
  });

  it('has a tool called', async () => {
    const { output, stopReason } = await client().send(
      new ConverseCommand({ ...ask(weather.question), toolConfig }),
    );
    const toolUse = output?.message?.content?.find((block) => block.toolUse)?.toolUse;
    expect(stopReason).toBe('tool_use');
    expect(toolUse).toMatchObject({ name: weather.name, input: weather.input });
    expect(toolUse?.toolUseId).toMatch(/^tooluse_[\w-]{22}$/);
  });

  it('is refused in its own error class', async () => {
    const messages = [1, 2].map(() => ({ role: 'user' as const, content: [{ text: 'Hello' }] }));
    await expect(client().send(new ConverseCommand({ modelId: novaMicro, messages }))).rejects.toMatchObject({
      name: 'ValidationException',
      message: alternation,
    });
  });

  it('throws the modelled exception in the middle of a stream', async () => {
    endpoint().fault('ThrottlingException:after=2', { times: 1 });
    const { stream } = await client().send(new ConverseStreamCommand(ask(sum.question)));
    const read = async () => {
      for await (const _ of stream ?? []);
    };
    await expect(read()).rejects.toMatchObject({ name: 'ThrottlingException', $fault: 'client' });
  });
});
