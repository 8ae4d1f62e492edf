import { describe, expect, it } from 'vitest';
import { bodies, useEndpoint } from '../endpoint.ts';
import { postTo } from '../frames.ts';

const lab = useEndpoint();
const before = useEndpoint({ era: 'today', today: '2026-04-30' });
const after = useEndpoint({ era: 'today', today: '2026-05-01' });
const sonnet45 = 'us.anthropic.claude-sonnet-4-5-20250929-v1:0';
const sonnet37 = 'us.anthropic.claude-3-7-sonnet-20250219-v1:0';

async function both(url: string, modelId: string, words: string, maxTokens: number, beta: object) {
  const messages = [{ role: 'user', content: [{ text: words }] }];
  const conversed = { messages, inferenceConfig: { maxTokens }, additionalModelRequestFields: beta };
  const answers = await Promise.all([
    postTo(url, modelId, 'converse', conversed),
    postTo(url, modelId, 'invoke', bodies.claude(words, { max_tokens: maxTokens, ...beta })),
  ]);
  return answers.map(({ status, text }) => (status === 200 ? null : JSON.parse(text).message));
}

describe('a beta that makes an answer longer', () => {
  const long = { anthropic_beta: ['output-128k-2025-02-19'] };
  const limit =
    'The maximum tokens you requested exceeds the model limit of 64000. Try again with a maximum tokens value that is lower than 64000.';

  it.each([
    [sonnet37, 128_000, long, null],
    [sonnet37, 128_000, {}, limit],
    [sonnet45, 128_000, long, limit],
    [sonnet37, 128_001, long, limit.replaceAll('64000', '128000')],
  ])('%s, %d tokens, %j', async (modelId, maxTokens, beta, message) => {
    expect(await both(lab.url, modelId, 'Hi', maxTokens, beta)).toEqual([message, message]);
  });
});

it('is known to CountTokens, too', async () => {
  const converse = {
    messages: [{ role: 'user', content: [{ text: 'Hi' }] }],
    inferenceConfig: { maxTokens: 128_000 },
    additionalModelRequestFields: { anthropic_beta: ['output-128k-2025-02-19'] },
  };
  const body = bodies.claude('Hi', { max_tokens: 128_000, anthropic_beta: ['output-128k-2025-02-19'] });
  const invokeModel = { body: Buffer.from(JSON.stringify(body)).toString('base64') };
  const bare = sonnet37.replace('us.', '');
  for (const input of [{ converse }, { invokeModel }]) {
    expect((await postTo(lab.url, bare, 'count-tokens', { input })).status).toBe(200);
  }
});

describe('a beta that makes a prompt longer', () => {
  const long = { anthropic_beta: ['context-1m-2025-08-07'] };
  const tooLong = 'Input is too long for requested model.';
  const words = 'word '.repeat(201_000);

  it('holds while it was one', async () => {
    expect(await both(lab.url, sonnet45, words, 20, long)).toEqual([null, null]);
    expect(await both(before.url, sonnet45, words, 20, long)).toEqual([null, null]);
    expect(await both(after.url, sonnet45, words, 20, long)).toEqual([tooLong, tooLong]);
    expect(await both(lab.url, sonnet45, words, 20, {})).toEqual([tooLong, tooLong]);
  });
});

describe('which betas there are, by model and operation', () => {
  const refused = 'invalid beta flag';
  const relayed = `The model returned the following errors: ${refused}`;
  const opus48 = 'us.anthropic.claude-opus-4-8';

  it.each<[string, string, (string | null)[]]>([
    ['computer-use-2025-11-24', sonnet45, [null, null]],
    ['compact-2026-01-12', sonnet45, [null, null]],
    ['tool-search-tool-2025-10-19', sonnet45, [relayed, null]],
    ['structured-outputs-2025-11-13', sonnet45, [null, refused]],
    ['thinking-binding-controls-2026-08-01', sonnet45, [relayed, refused]],
    ['thinking-binding-controls-2026-08-01', opus48, [null, null]],
    ['mid-conversation-output-config-2026-07-01', opus48, [relayed, null]],
    ['extended-cache-ttl-2025-04-11', opus48, [relayed, refused]],
  ])('%s, %s', async (beta, modelId, messages) => {
    expect(await both(lab.url, modelId, 'Hi', 20, { anthropic_beta: [beta] })).toEqual(messages);
  });

  it('a conversation is not made shorter through Converse', async () => {
    const fields = {
      anthropic_beta: ['compact-2026-01-12'],
      context_management: { edits: [{ type: 'compact_20260112' }] },
    };
    expect(await both(lab.url, sonnet45, 'Hi', 20, fields)).toEqual([
      'The model returned the following errors: Compaction is not currently supported on the Converse and ConverseStream APIs',
      null,
    ]);
  });

  it.each(['low', 'max', 'bogus'])('how hard to think is one of five words: %s', async (effort) => {
    const wrong = "output_config.effort: Input should be 'low', 'medium', 'high', 'xhigh' or 'max'";
    expect(await both(lab.url, opus48, 'Hi', 20, { output_config: { effort } })).toEqual(
      effort === 'bogus' ? [`The model returned the following errors: ${wrong}`, wrong] : [null, null],
    );
  });

  it.each<[string, string, object, string | null]>([
    [
      'a conversation that is made shorter',
      sonnet45,
      {
        anthropic_beta: ['compact-2026-01-12'],
        context_management: { edits: [{ type: 'compact_20260112' }] },
      },
      null,
    ],
    [
      'safeguards without their beta',
      opus48,
      { safeguards: [] },
      'safeguards: Extra inputs are not permitted',
    ],
    [
      'safeguards with their beta',
      opus48,
      { safeguards: [], anthropic_beta: ['dangerous-tool-use-2026-09-03'] },
      null,
    ],
    [
      'a computer of the later kind',
      'us.anthropic.claude-opus-4-6-v1',
      {
        anthropic_beta: ['computer-use-2025-11-24'],
        tools: [
          { type: 'computer_20251124', name: 'computer', display_width_px: 800, display_height_px: 600 },
        ],
      },
      null,
    ],
    [
      'a set of tools',
      'us.anthropic.claude-opus-5',
      { tools: [{ type: 'computer_toolset_20260801', name: 'computer' }] },
      null,
    ],
    [
      'a set of tools, of an older model',
      'us.anthropic.claude-haiku-4-5-20251001-v1:0',
      { tools: [{ type: 'computer_toolset_20260801', name: 'computer' }] },
      "tools.0: Input tag 'computer_toolset_20260801' found using 'type' does not match any of the expected tags: 'bash_20250124', 'custom', 'text_editor_20250124', 'text_editor_20250429', 'text_editor_20250728'",
    ],
    [
      'a tool whose input is streamed early, of a later model',
      'us.anthropic.claude-sonnet-4-6',
      { tools: [{ name: 'look', input_schema: { type: 'object' }, eager_input_streaming: true }] },
      null,
    ],
  ])('%s', async (_, modelId, more, message) => {
    const { status, text } = await postTo(lab.url, modelId, 'invoke', bodies.claude('Hi', more));
    expect([status, JSON.parse(text).message ?? null]).toEqual(
      message === null ? [200, null] : [400, message],
    );
  });
});
