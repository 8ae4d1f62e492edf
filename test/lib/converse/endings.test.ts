import type { ContentBlock } from '@aws-sdk/client-bedrock-runtime';
import { Agent, Conversation, type History, openHistory, type Turn, tool } from 'lib';
import { describe, expect, it } from 'vitest';
import { turnViews } from '../../../lib/web/turn-view.ts';
import { clientOver, event, type Script, serveScripts } from '../../scripted-endpoint.ts';
import { modelId } from './scripted-conversation.ts';

const usage = { inputTokens: 10, outputTokens: 5, totalTokens: 15 };

/** One answer, as Converse gives it whole, or in pieces. */
function script(content: readonly ContentBlock[], stopReason: string, isStreamed: boolean): Script {
  if (!isStreamed) {
    const output = { message: { role: 'assistant', content } };
    return { body: JSON.stringify({ output, stopReason, usage, metrics: { latencyMs: 1 } }) };
  }
  const pieces = content.flatMap(({ text, toolUse, reasoningContent }, contentBlockIndex) => {
    const delta = (value: object) => event('contentBlockDelta', { contentBlockIndex, delta: value });
    if (text !== undefined) return [delta({ text })];
    if (reasoningContent !== undefined)
      return [delta({ reasoningContent: { text: reasoningContent.reasoningText?.text } })];
    const { toolUseId, name, input } = toolUse ?? {};
    return [
      event('contentBlockStart', { contentBlockIndex, start: { toolUse: { toolUseId, name } } }),
      delta({ toolUse: { input: JSON.stringify(input) } }),
    ];
  });
  const end = [event('messageStop', { stopReason }), event('metadata', { usage, metrics: { latencyMs: 1 } })];
  return { steps: [event('messageStart', { role: 'assistant' }), ...pieces, ...end] };
}

const words = [{ text: 'Half of the story' }];
const thoughts = [{ reasoningContent: { reasoningText: { text: 'Let me think.' } } }];
const call = [{ toolUse: { toolUseId: 'odd', name: 'look', input: {} } }];

/** What the first turn ends with; what comes of it; and whether its question, and its answer, are sent again. */
const cases: readonly (readonly [
  stopReason: string,
  content: readonly ContentBlock[],
  outcome: string,
  sent: 'both' | 'question' | 'nothing',
])[] = [
  ['end_turn', words, 'answered', 'both'],
  ['stop_sequence', words, 'answered', 'both'],
  ['max_tokens', words, 'answered', 'both'],
  ['model_context_window_exceeded', words, 'unfinished', 'both'],
  ['a_reason_of_next_year', words, 'unfinished', 'both'],
  ['end_turn', [], 'unfinished', 'question'],
  ['end_turn', [{ text: ' \n' }], 'unfinished', 'question'],
  ['max_tokens', thoughts, 'unfinished', 'question'],
  ['model_context_window_exceeded', [], 'unfinished', 'question'],
  ['a_reason_of_next_year', [], 'unfinished', 'question'],
  ['toString', [], 'unfinished', 'question'],
  ['tool_use', [], 'unfinished', 'nothing'],
  ['tool_use', words, 'unfinished', 'nothing'],
  ['malformed_tool_use', [], 'unfinished', 'nothing'],
  ['malformed_tool_use', call, 'unfinished', 'nothing'],
  ['malformed_model_output', words, 'unfinished', 'nothing'],
  ['content_filtered', words, 'blocked', 'nothing'],
  ['content_filtered', [], 'blocked', 'nothing'],
  ['guardrail_intervened', words, 'blocked', 'nothing'],
  ['guardrail_intervened', call, 'blocked', 'nothing'],
  ['refusal', words, 'blocked', 'nothing'],
  ['refusal', [], 'blocked', 'nothing'],
];

const question = 'Tell me a story.';
const look = tool({
  name: 'look',
  description: 'Looks.',
  input: { type: 'object' },
  run: () => 'a cactus behind the house',
});

type Who = 'Conversation' | 'Agent';
interface Setting {
  readonly who: Who;
  readonly isStreamed: boolean;
  readonly kept: 'in memory' | 'over a history' | 'after a restart';
}
const settings = (['Conversation', 'Agent'] as const).flatMap((who) =>
  [false, true].flatMap((isStreamed) =>
    (['in memory', 'over a history', 'after a restart'] as const).map((kept) => ({ who, isStreamed, kept })),
  ),
);

/** Says two things, with a new program in between where that is asked for, and gives what came of it. */
async function twoTurns(scripts: readonly Script[], { who, isStreamed, kept }: Setting) {
  const server = await serveScripts(...scripts);
  const client = clientOver('HTTP/1.1', server.url);
  const history = kept === 'in memory' ? undefined : await openHistory(':memory:');
  const options = { client, modelId, sessionId: 's', maxAttempts: 1, ...(history && { history }) };
  const begin = () =>
    who === 'Agent' ? new Agent({ ...options, tools: [look] }) : new Conversation(options);
  const say = async (talk: Agent | Conversation, text: string) => {
    if (isStreamed) return talk.stream(text).result;
    return talk instanceof Agent ? talk.run(text) : talk.send(text);
  };
  try {
    const first = begin();
    const result = await say(first, question);
    const second = kept === 'after a restart' ? begin() : first;
    const next = await say(second, 'What is 2+2?');
    return { result, next, log: await entriesOf(history), requests: server.requests, total: second.usage };
  } finally {
    client.destroy();
    await history?.close();
    await server.close();
  }
}

async function entriesOf(history: History | undefined) {
  return history === undefined ? undefined : (await history.read('s')).entries;
}

const sentIn = (body: unknown) => (body as { messages: readonly { content: ContentBlock[] }[] }).messages;

describe.each(settings)('$who, streamed: $isStreamed, $kept', (setting) => {
  it.each(cases)(
    '%s with %j is %s, and the next turn is well',
    async (stopReason, content, outcome, sent) => {
      const { isStreamed } = setting;
      const { result, next, log, requests, total } = await twoTurns(
        [script(content, stopReason, isStreamed), script([{ text: '4' }], 'end_turn', isStreamed)],
        setting,
      );
      expect(result.outcome).toBe(outcome);
      if (outcome !== 'answered' && 'explanation' in result) expect(result.explanation).toMatch(/\w+\.$/);
      expect(next).toMatchObject({ outcome: 'answered', text: '4' });

      const texts = JSON.stringify(sentIn(requests[1]?.body));
      expect(texts.includes(question)).toBe(sent !== 'nothing');
      expect(texts.includes('Half of the story')).toBe(sent === 'both');
      expect(texts).not.toContain('toolUse');
      // Both were paid for.
      expect(total?.totalTokens).toBe(30);

      if (log === undefined) return;
      const [stored] = log as readonly Turn[];
      expect(JSON.stringify(stored?.messages)).toContain(question);
      expect(stored).toMatchObject({ stopReason, usage });
      expect(stored?.notSent !== undefined).toBe(sent === 'nothing');
      const [view] = turnViews(log);
      expect(view?.question).toBe(question);
      if (outcome !== 'answered') expect(view?.note).toMatch(/\w+\.$/);
    },
  );
});

describe.each(settings.filter(({ who }) => who === 'Agent'))(
  '$who, streamed: $isStreamed, $kept',
  (setting) => {
    it.each(['guardrail_intervened', 'content_filtered', 'refusal'])(
      'never sends again the result of a tool after which it ended with %s',
      async (stopReason) => {
        const { isStreamed } = setting;
        const { result, next, log, requests } = await twoTurns(
          [
            script([{ toolUse: { toolUseId: 'a', name: 'look', input: {} } }], 'tool_use', isStreamed),
            script([{ text: 'I cannot say that.' }], stopReason, isStreamed),
            script([{ text: '4' }], 'end_turn', isStreamed),
          ],
          setting,
        );
        expect(result.outcome).toBe('blocked');
        expect(next).toMatchObject({ outcome: 'answered', text: '4' });
        expect(JSON.stringify(requests[1]?.body)).toContain('cactus');
        const last = sentIn(requests[2]?.body);
        expect(JSON.stringify(last)).not.toContain('cactus');
        expect(JSON.stringify(last)).not.toContain('I cannot say that.');
        // That the tool has run stays known.
        expect(last.map(({ content }) => Object.keys(content[0] ?? {})[0])).toEqual([
          'text',
          'toolUse',
          'toolResult',
          'text',
          'text',
        ]);
        if (log !== undefined) expect(JSON.stringify(log)).toContain('cactus');
      },
    );

    it('keeps what tools have done before an answer that is malformed', async () => {
      const { isStreamed } = setting;
      const { result, requests } = await twoTurns(
        [
          script([{ toolUse: { toolUseId: 'a', name: 'look', input: {} } }], 'tool_use', isStreamed),
          script(words, 'malformed_model_output', isStreamed),
          script([{ text: '4' }], 'end_turn', isStreamed),
        ],
        setting,
      );
      expect(result.outcome).toBe('unfinished');
      const last = JSON.stringify(sentIn(requests[2]?.body));
      expect(last).toContain('cactus');
      expect(last).not.toContain('Half of the story');
    });
  },
);

it('a log of before the mark is read by the stop reasons in it', async () => {
  const history = await openHistory(':memory:');
  const said = (role: 'user' | 'assistant', text: string) => ({ role, content: [{ text }] });
  await history.append(
    's',
    { messages: [said('user', 'banana'), said('assistant', 'No.')], stopReason: 'guardrail_intervened' },
    0,
  );
  const server = await serveScripts(script([{ text: '4' }], 'end_turn', false));
  const client = clientOver('HTTP/1.1', server.url);
  await new Conversation({ client, modelId, history, sessionId: 's' }).send('What is 2+2?');
  expect(JSON.stringify(server.requests[0]?.body)).not.toContain('banana');
  client.destroy();
  await server.close();
  await history.close();
});

describe('a summary', () => {
  it.each([
    ['model_context_window_exceeded', /could not be summarized/],
    ['malformed_model_output', /could not be summarized/],
    ['refusal', /could not be summarized/],
    ['a_reason_of_next_year', /could not be summarized/],
    ['max_tokens', /was cut/],
  ])('that ended with %s does not stand for the whole in silence', async (stopReason, notice) => {
    const server = await serveScripts(
      script([{ text: 'one' }], 'end_turn', false),
      script(words, stopReason, false),
      script([{ text: 'two' }], 'end_turn', false),
    );
    const client = clientOver('HTTP/1.1', server.url);
    const talk = new Conversation({ client, modelId, summarize: { afterTokens: 1, keepTurns: 0 } });
    await talk.send('first');
    expect((await talk.send('second')).notices[0]).toMatch(notice);
    client.destroy();
    await server.close();
  });

  it('says nothing of what was blocked', async () => {
    const server = await serveScripts(
      script([{ text: 'one' }], 'end_turn', false),
      script(words, 'guardrail_intervened', false),
      script([{ text: 'a summary' }], 'end_turn', false),
      script([{ text: 'two' }], 'end_turn', false),
    );
    const client = clientOver('HTTP/1.1', server.url);
    const talk = new Conversation({ client, modelId, summarize: { afterTokens: 28, keepTurns: 0 } });
    await talk.send('first');
    await talk.send('banana');
    await talk.send(
      'And so on, for ever and ever, until this is as long as it has to be for a summary of it.',
    );
    expect(server.requests).toHaveLength(4);
    for (const { body } of server.requests.slice(2)) expect(JSON.stringify(body)).not.toContain('banana');
    client.destroy();
    await server.close();
  });
});
