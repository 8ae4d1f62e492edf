import { createClient, limitCost, openHistory, tool } from 'lib';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createDayBudget } from '../../../lib/web/limits.ts';
import { type Chat, type ChatOptions, startChat } from '../../../lib/web/start-chat.ts';
import { clientFor, useLocalBedrock } from '../../local-endpoint.ts';
import { modelId, visit } from './visitor.ts';

const endpoint = useLocalBedrock();
let chat: Chat;
afterEach(() => chat?.close());

async function open(options: ChatOptions) {
  chat = await startChat({
    client: createClient(clientFor(endpoint().url)),
    models: async () => [{ id: modelId, name: 'Nova Lite' }],
    limits: { turnsPerMinute: 1_000 },
    ...options,
  });
  return await visit(chat.url);
}
/** What one turn may cost at most is some $0.00025: its answer may become 1,000 tokens long. */
const enoughForOne = 0.0003;
const never = tool({
  name: 'never',
  description: 'Is not called.',
  input: { type: 'object' },
  run: () => '',
});

describe('a budget', () => {
  it.each([
    ['of a conversation', { maxCostUsd: 1e-6 }, 'this conversation is used up. Begin a new chat'],
    ['of the day', { maxCostUsd: { day: 1e-6 } }, 'here today is used up. Come back tomorrow'],
    ['of a conversation with tools', { maxCostUsd: 1e-6, tools: [never] }, 'this conversation is used up'],
    ['of the day, with tools', { maxCostUsd: { day: 1e-6 }, tools: [never] }, 'here today is used up'],
  ])('%s that is used up is told in words for visitors, and nothing is sent', async (_, options, words) => {
    const visitor = await open(options);
    const before = endpoint().requests().length;
    const end = (await visitor.turn({ text: 'What is 17 + 25?' })).at(-1);
    const { message, hint, view } = end as { message?: string; hint?: string; view?: { note?: string } };
    const told = message === undefined ? view?.note : `${message} ${hint}`;
    expect(told).toContain(words);
    expect(told).not.toMatch(/maxCostUsd|inference|window/);
    expect(endpoint().requests()).toHaveLength(before);
  });

  it('of the notebook that started the page is told with the cell that raises it', async () => {
    vi.stubGlobal(Symbol.for('lib.session-meter') as never, undefined);
    vi.stubGlobal('__tslab__', {});
    limitCost(2e-6);
    const visitor = await open({});
    const before = endpoint().requests().length;
    const end = (await visitor.turn({ text: 'What is 17 + 25?' })).at(-1);
    expect(end).toMatchObject({
      type: 'error',
      kind: 'limit',
      hint: expect.stringContaining('limitCost(5)'),
    });
    expect(endpoint().requests()).toHaveLength(before);
  });

  it('of a conversation counts its turns; a new one has its own', async () => {
    const visitor = await open({ maxCostUsd: enoughForOne });
    const [begun, ...rest] = await visitor.turn({ text: 'Tell me about rain. '.repeat(40) });
    expect(rest.at(-1)?.type).toBe('end');
    let end = rest.at(-1);
    for (let turn = 0; turn < 30 && end?.type === 'end'; turn++)
      end = (await visitor.turn({ text: 'More. '.repeat(200), sessionId: begun?.sessionId })).at(-1);
    expect(end).toMatchObject({ type: 'error', kind: 'limit' });
    expect((await visitor.turn({ text: 'Hello' })).at(-1)?.type).toBe('end');
  });

  it('of a day holds over conversations, over a restart, and until midnight', async () => {
    const history = await openHistory(':memory:');
    const turn = { messages: [{ role: 'user' as const, content: [{ text: 'Hello' }] }], modelId };
    const usage = { inputTokens: 1_000_000, outputTokens: 0, totalTokens: 1_000_000 };
    await history.append('one', { ...turn, usage, costUsd: 0.06 }, 0);
    await history.append('other', { ...turn, usage, costUsd: 0.06 }, 0);
    let now = new Date();
    const budget = createDayBudget(history, 0.1, () => now);
    const today = await budget.meter();
    expect(today?.costUsd).toBeCloseTo(0.12, 5);
    expect(() => today?.check({ modelId, inputTokens: 1, outputTokens: 1 })).toThrow('limit');
    now = new Date(now.getTime() + 86_400_000);
    const tomorrow = await budget.meter();
    expect(tomorrow?.costUsd).toBe(0);
    await history.close();
  });

  it('that is none, or less than nothing, is refused', async () => {
    for (const maxCostUsd of [-1, Number.NaN, '1', { day: -1 }, null])
      await expect(startChat({ maxCostUsd } as ChatOptions)).rejects.toMatchObject({ kind: 'request' });
  });
});

it('what is too long for the model is told to a visitor, not to a programmer', async () => {
  const visitor = await open({ window: false, summarize: false, limits: { bodyBytes: 4_000_000 } });
  const end = (await visitor.turn({ text: 'word '.repeat(300_000) })).at(-1);
  expect(end).toMatchObject({ type: 'error', kind: 'too-long', hint: expect.stringContaining('new chat') });
});
