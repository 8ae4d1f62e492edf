import {
  BedrockRuntimeClient,
  ConverseCommand,
  ConverseStreamCommand,
  InvokeModelCommand,
} from '@aws-sdk/client-bedrock-runtime';
import { expect, it } from 'vitest';
import { Refusal, type ScriptStep, scripted, startLocalBedrock } from '../../src/index.ts';

const question = {
  modelId: 'amazon.nova-micro-v1:0',
  messages: [{ role: 'user' as const, content: [{ text: 'Is it raining?' }] }],
};

async function withScript<T>(
  script: readonly ScriptStep[],
  use: (client: BedrockRuntimeClient) => Promise<T>,
): Promise<T> {
  const endpoint = await startLocalBedrock({ words: scripted(...script) });
  const client = new BedrockRuntimeClient({
    endpoint: endpoint.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
  });
  try {
    return await use(client);
  } finally {
    client.destroy();
    await endpoint.close();
  }
}

it('gives the answers in order, and refuses a request too many', async () => {
  await withScript(
    [
      { reasoning: 'Look.', toolUse: { name: 'get_weather', input: { city: 'Oslo' } } },
      'It is raining.',
      { text: 'It', stopReason: 'max_tokens', usage: { inputTokens: 3, outputTokens: 1 } },
    ],
    async (client) => {
      const ask = () => client.send(new ConverseCommand(question));
      const calling = await ask();
      expect(calling.stopReason).toBe('tool_use');
      expect(calling.output?.message?.content?.at(-1)?.toolUse).toMatchObject({
        name: 'get_weather',
        input: { city: 'Oslo' },
      });
      const said = await ask();
      expect([said.stopReason, said.output?.message?.content]).toEqual([
        'end_turn',
        [{ text: 'It is raining.' }],
      ]);
      expect(said.usage?.outputTokens).toBeGreaterThan(0);
      const cut = await ask();
      expect([cut.stopReason, cut.usage?.inputTokens, cut.usage?.outputTokens]).toEqual(['max_tokens', 3, 1]);
      await expect(ask()).rejects.toThrow('The script has 3 answers, and this is request 4.');
    },
  );
});

it('calls tools by ids that no other answer has, and without input by none', async () => {
  const call = { toolUse: [{ name: 'look' }, { name: 'look', input: { at: 1 } }] };
  await withScript([call, call], async (client) => {
    const calls = [];
    for (const _ of [1, 2]) {
      const { output } = await client.send(new ConverseCommand(question));
      calls.push(...(output?.message?.content ?? []).flatMap(({ toolUse }) => toolUse ?? []));
    }
    expect(calls.map(({ input }) => input)).toEqual([{}, { at: 1 }, {}, { at: 1 }]);
    expect(new Set(calls.map(({ toolUseId }) => toolUseId)).size).toBe(4);
  });
});

it('waits for a function, and refuses what is no answer with words', async () => {
  const script = [async () => 'Later.', () => 42, () => undefined, null, { txet: 'a slip' }, ['x']];
  await withScript(script as unknown as ScriptStep[], async (client) => {
    const ask = () => client.send(new ConverseCommand(question));
    expect((await ask()).output?.message?.content).toEqual([{ text: 'Later.' }]);
    for (const [number, what] of [
      [2, '42'],
      [3, 'undefined'],
      [4, 'null'],
      [5, 'an object with "txet"'],
      [6, 'a list with x'],
    ]) {
      await expect(ask()).rejects.toMatchObject({
        name: 'ValidationException',
        message: expect.stringContaining(`The script answers request ${number} with ${what}.`),
      });
    }
  });
});

it('streams, refuses, breaks off, and answers by a function for ever', async () => {
  await withScript(
    [
      'Streamed in pieces of a few tokens each.',
      new Refusal('ThrottlingException', 'Too many requests.'),
      [{ type: 'text', text: 'It is' }, new Refusal('ModelStreamErrorException', 'The model failed.')],
      ({ turns }) => `You said: ${turns.at(-1)?.text}`,
    ],
    async (client) => {
      const streamed = async () => {
        const { stream = [] } = await client.send(new ConverseStreamCommand(question));
        const texts: string[] = [];
        try {
          for await (const event of stream) texts.push(event.contentBlockDelta?.delta?.text ?? '');
        } catch (error) {
          texts.push((error as Error).name);
        }
        return texts.filter((text) => text !== '');
      };
      const first = await streamed();
      expect(first.length).toBeGreaterThan(1);
      expect(first.join('')).toBe('Streamed in pieces of a few tokens each.');
      await expect(client.send(new ConverseCommand(question))).rejects.toMatchObject({
        name: 'ThrottlingException',
      });
      expect(await streamed()).toEqual(['It is', 'ModelStreamErrorException']);
      for (const _ of [1, 2]) {
        const { output } = await client.send(new ConverseCommand(question));
        expect(output?.message?.content).toEqual([{ text: 'You said: Is it raining?' }]);
      }
    },
  );
});

const claude = 'us.anthropic.claude-haiku-4-5-20251001-v1:0';

it('gives thoughts that nobody may read, whole and streamed, and takes them back', async () => {
  const reply = { redactedReasoning: 'RW5jcnlwdGVk', text: 'It is.' };
  await withScript([reply, reply, reply, 'Still.'], async (client) => {
    const asked = { ...question, modelId: claude };
    const thought = { reasoningContent: { redactedContent: new Uint8Array(Buffer.from('RW5jcnlwdGVk')) } };
    const whole = await client.send(new ConverseCommand(asked));
    expect(whole.output?.message?.content).toEqual([thought, { text: 'It is.' }]);
    const deltas: unknown[] = [];
    const { stream = [] } = await client.send(new ConverseStreamCommand(asked));
    for await (const { contentBlockDelta: told } of stream) {
      if (told !== undefined) deltas.push([told.contentBlockIndex, told.delta]);
    }
    expect(deltas).toEqual([
      [0, thought],
      [1, { text: 'It is.' }],
    ]);
    const body = {
      anthropic_version: 'bedrock-2023-05-31',
      max_tokens: 99,
      messages: [{ role: 'user', content: 'Hi' }],
    };
    const invoked = await client.send(
      new InvokeModelCommand({ modelId: claude, body: JSON.stringify(body) }),
    );
    const { content } = JSON.parse(invoked.body.transformToString());
    expect(content).toEqual([
      { type: 'redacted_thinking', data: 'RW5jcnlwdGVk' },
      { type: 'text', text: 'It is.' },
    ]);
    const further = [
      ...question.messages,
      { role: 'assistant' as const, content: [thought, { text: 'It is.' }] },
      { role: 'user' as const, content: [{ text: 'And now?' }] },
    ];
    const answered = await client.send(new ConverseCommand({ modelId: claude, messages: further }));
    expect(answered.output?.message?.content).toEqual([{ text: 'Still.' }]);
  });
});

it('gives what a tool of AWS was called with and what it gave, in the blocks of a stream', async () => {
  const call = {
    type: 'serverToolUse',
    id: 'a',
    name: 'nova_code_interpreter',
    input: { snippet: '2 * 3' },
  } as const;
  const result = {
    type: 'serverToolResult',
    id: 'a',
    resultType: 'nova_code_interpreter_result',
    content: [{ stdOut: '6' }],
  } as const;
  const script = [
    { type: 'block', block: call },
    { type: 'block', block: result },
    { type: 'text', text: '6' },
    { type: 'end', ending: { reason: 'end' }, inputTokens: 1, outputTokens: 1 },
  ] as const;
  await withScript([script], async (client) => {
    const told: unknown[] = [];
    const modelId = 'us.amazon.nova-2-lite-v1:0';
    const { stream = [] } = await client.send(new ConverseStreamCommand({ ...question, modelId }));
    for await (const { contentBlockStart, contentBlockDelta } of stream) {
      if (contentBlockStart !== undefined) told.push(contentBlockStart.start);
      if (contentBlockDelta !== undefined) told.push(contentBlockDelta.delta);
    }
    expect(told).toEqual([
      { toolUse: { toolUseId: 'a', name: 'nova_code_interpreter', type: 'server_tool_use' } },
      { toolUse: { input: '{"snippet":"2 * 3"}' } },
      { toolResult: { toolUseId: 'a', type: 'nova_code_interpreter_result', status: 'success' } },
      { toolResult: [{ json: { stdOut: '6' } }] },
      { text: '6' },
    ]);
  });
});
