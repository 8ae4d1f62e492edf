import { type AgentEvent, tool } from 'lib';
import { expect, it } from 'vitest';
import { converseEvents, event, type Script } from '../../scripted-endpoint.ts';
import { calls, says, weather, withAgent } from './scripted-agent.ts';

const books = tool({
  name: 'book',
  description: 'Books.',
  input: { type: 'object' },
  approve: () => 'Too dear.',
  run: () => 'booked',
});

const usage = { inputTokens: 10, outputTokens: 3, totalTokens: 13 };

/** Words, and two calls after them. */
const first: Script = {
  steps: [
    event('messageStart', { role: 'assistant' }),
    event('contentBlockDelta', { contentBlockIndex: 0, delta: { text: 'I will look.' } }),
    ...[
      ['a', 'weather', '{"city":"Ube"}'],
      ['b', 'book', '{}'],
    ].flatMap(([toolUseId, name, input], index) => [
      event('contentBlockStart', { contentBlockIndex: index + 1, start: { toolUse: { toolUseId, name } } }),
      event('contentBlockDelta', { contentBlockIndex: index + 1, delta: { toolUse: { input } } }),
    ]),
    event('messageStop', { stopReason: 'tool_use' }),
    event('metadata', { usage, metrics: { latencyMs: 1 } }),
  ],
};

it('a run tells of its steps, tools, approvals and its end, and glues no two texts together', async () => {
  await withAgent(
    [first, { steps: converseEvents(['It ', 'rains.']) }],
    async (agent) => {
      const stream = agent.stream('Go.');
      const events: AgentEvent[] = [];
      for await (const each of stream) events.push(each);
      const texts: string[] = [];
      for (const each of events) {
        if (each.type === 'stepStart') texts.push('');
        if (each.type === 'text') texts[texts.length - 1] += each.text;
      }
      expect(texts).toEqual(['I will look.', 'It rains.']);
      const types = events.map(({ type }) => type);
      expect(types.slice(0, 6)).toEqual([
        'stepStart',
        'text',
        'toolUse',
        'toolInput',
        'toolUse',
        'toolInput',
      ]);
      expect(types.slice(6, 10).sort()).toEqual(['approvalAsked', 'toolEnd', 'toolEnd', 'toolStart']);
      expect(types.slice(10)).toEqual(['stepEnd', 'stepStart', 'text', 'text', 'stepEnd', 'end']);
      const outcomes = events.flatMap((each) => (each.type === 'toolEnd' ? [each.outcome] : []));
      expect(outcomes).toHaveLength(2);
      expect(outcomes).toContainEqual(expect.objectContaining({ toolUseId: 'b', failure: 'declined' }));
      const result = await stream.result;
      expect(events.at(-1)).toEqual({ type: 'end', result });
      const ends = events.flatMap((each) => (each.type === 'stepEnd' ? [each.step] : []));
      expect(ends).toEqual(result.steps);
      expect(ends[0]).toMatchObject({ number: 1, usage });
    },
    { tools: [weather, books] },
  );
});

it('a run that is not streamed tells the same to onEvent, without the pieces, and goes on when that throws', async () => {
  await withAgent([calls(['a', 'weather', { city: 'Ube' }]), says('Rain.')], async (agent) => {
    const types: string[] = [];
    const onEvent = ({ type }: AgentEvent) => {
      types.push(type);
      throw new Error('The display is broken.');
    };
    expect(await agent.run('Go.', { onEvent })).toMatchObject({ outcome: 'answered', text: 'Rain.' });
    expect(types).toEqual(['stepStart', 'toolStart', 'toolEnd', 'stepEnd', 'stepStart', 'stepEnd', 'end']);
  });
});
