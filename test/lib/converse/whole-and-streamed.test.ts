import { converse, converseStream, type Message } from 'lib';
import { describe, expect, it } from 'vitest';
import fc from '../../properties.ts';
import { clientOver, event, type Script, serveScripts } from '../../scripted-endpoint.ts';
import { modelId } from './scripted-conversation.ts';

const messages: Message[] = [{ role: 'user', content: [{ text: 'Hi' }] }];
const start = event('messageStart', { role: 'assistant' });
const stop = event('messageStop', { stopReason: 'tool_use' });

/** The same answer both ways, as `converse` and `converseStream` give it. The content is JSON as it stands on the wire. */
async function bothWays(content: string, pieces: readonly Uint8Array[]) {
  const whole = `{"output":{"message":{"role":"assistant","content":${content}}},"stopReason":"tool_use","metrics":{"latencyMs":1}}`;
  const scripts: Script[] = [{ body: whole }, { steps: [start, ...pieces, stop] }];
  const server = await serveScripts(...scripts);
  const client = clientOver('HTTP/1.1', server.url);
  try {
    return [
      await converse(client, modelId, messages),
      await converseStream(client, modelId, messages, () => {}),
    ] as const;
  } finally {
    client.destroy();
    await server.close();
  }
}

/** The input of a tool call, both ways. `undefined`: none was sent. */
async function inputBothWays(json: string | undefined) {
  const member = json === undefined ? '' : `,"input":${json}`;
  const answers = await bothWays(`[{"toolUse":{"toolUseId":"a","name":"buy"${member}}}]`, [
    event('contentBlockStart', {
      contentBlockIndex: 0,
      start: { toolUse: { toolUseId: 'a', name: 'buy' } },
    }),
    ...(json === undefined
      ? []
      : [event('contentBlockDelta', { contentBlockIndex: 0, delta: { toolUse: { input: json } } })]),
    event('contentBlockStop', { contentBlockIndex: 0 }),
  ]);
  const [whole, streamed] = answers.map(({ message, invalidToolInputs: [invalid] }) => ({
    input: message.content[0]?.toolUse?.input,
    problem: invalid?.problem,
  }));
  expect(whole?.input).toEqual(streamed?.input);
  expect(whole?.problem === undefined).toBe(streamed?.problem === undefined);
  return streamed;
}

/** The SDK loses a member of the name __proto__ before we see it. */
const object = fc
  .dictionary(fc.string(), fc.jsonValue())
  .filter((value) => !JSON.stringify(value).includes('__proto__'));

describe('an answer', () => {
  it.each([
    ['{"price":20.0}', { price: 20 }],
    ['{"price":1e3}', { price: 1000 }],
    ['{"price":3.14159265358979323846}', { price: Math.PI }],
    ['{"order":9007199254740993.0e-1}', { order: 900719925474099.2 }],
    ['{"order":9007199254740992}', { order: 2 ** 53 }],
    ['{"order":1e20}', { order: 1e20 }],
    ['{"order":36893488147419103232}', { order: 2 ** 65 }],
    ['{"deep":[{"order":-0.1}]}', { deep: [{ order: -0.1 }] }],
    ['{"string":"1","type":"bigDecimal"}', { string: '1', type: 'bigDecimal' }],
    ['{}', {}],
    [undefined, {}],
    ['null', {}],
    ['""', {}],
    ['" "', {}],
    [JSON.stringify('{"price":2}'), { price: 2 }],
  ])('has the tool input %s as the same object, whole and streamed', async (json, expected) => {
    expect(await inputBothWays(json)).toEqual({ input: expected, problem: undefined });
  });

  it.each([
    ['{"order":12345678901234567890}', '12345678901234567890'],
    ['{"order":9007199254740993}', '9007199254740993'],
    ['{"order":-12345678901234567890.5}', '-12345678901234567890.5'],
    ['{"deep":[1,{"order":1e400}]}', '1e400'],
    ['{"order":1e-400}', '1e-400'],
  ])('has no number that is not what the model wrote: %s is an invalid input', async (json, number) => {
    const { input, problem } = (await inputBothWays(json)) ?? {};
    expect(input).toEqual({});
    expect(problem?.toLowerCase()).toContain(`cannot hold exactly: ${number}.`);
  });

  it.each(['[1,2]', '7', 'true', '"no object"'])('is told that %s is no input', async (json) => {
    const { problem } = (await inputBothWays(json)) ?? {};
    expect(problem).toContain('not a whole JSON object');
  });

  it('has any tool input in JSON as JSON.parse has it', async () => {
    await fc.assert(
      fc.asyncProperty(object, async (value) => {
        const json = JSON.stringify(value);
        expect((await inputBothWays(json))?.input).toEqual(JSON.parse(json));
      }),
      { numRuns: 20 },
    );
  });

  it('has signed reasoning without words with an empty text, without which it is not taken back', async () => {
    const [whole, streamed] = await bothWays(
      '[{"reasoningContent":{"reasoningText":{"signature":"c2ln"}}},{"text":""},{"text":"Hi."}]',
      [
        event('contentBlockDelta', {
          contentBlockIndex: 0,
          delta: { reasoningContent: { signature: 'c2ln' } },
        }),
        event('contentBlockDelta', { contentBlockIndex: 1, delta: { text: '' } }),
        event('contentBlockDelta', { contentBlockIndex: 2, delta: { text: 'Hi.' } }),
      ],
    );
    expect(whole.message).toEqual(streamed.message);
    expect(whole.message.content).toEqual([
      { reasoningContent: { reasoningText: { text: '', signature: 'c2ln' } } },
      { text: 'Hi.' },
    ]);
  });

  it('has numbers that are too large as text in what a service tool gave and in further fields', async () => {
    const server = await serveScripts({
      body: '{"output":{"message":{"role":"assistant","content":[{"toolResult":{"toolUseId":"a","type":"x","content":[{"json":{"n":12345678901234567890}}]}}]}},"stopReason":"end_turn","additionalModelResponseFields":{"n":12345678901234567890,"m":1.50}}',
    });
    const client = clientOver('HTTP/1.1', server.url);
    const { message, additionalModelResponseFields } = await converse(client, modelId, messages);
    expect(message.content[0]?.toolResult?.content).toEqual([{ json: { n: '12345678901234567890' } }]);
    expect(additionalModelResponseFields).toEqual({ n: '12345678901234567890', m: 1.5 });
    client.destroy();
    await server.close();
  });
});
