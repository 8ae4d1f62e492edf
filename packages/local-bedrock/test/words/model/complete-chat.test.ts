import { describe, expect, it } from 'vitest';
import { type ChatBody, type ChatDelta, completeChat } from '../../../src/words/model/complete-chat.ts';
import { type FakeEngine, fakeEngine } from './fake-engine.ts';

const weather = {
  type: 'function' as const,
  function: { name: 'get_weather', parameters: { type: 'object', properties: { city: { type: 'string' } } } },
};
const add = { type: 'function' as const, function: { name: 'add', parameters: { type: 'object' } } };
const messages = [{ role: 'user', content: 'Hi' }];

async function complete(engine: FakeEngine, body: Partial<ChatBody> = {}) {
  const deltas: ChatDelta[] = [];
  const end = await completeChat(
    engine,
    { messages, ...body },
    {
      signal: new AbortController().signal,
      onDelta: (delta) => deltas.push(delta),
    },
  );
  const calls: { name: string; arguments: string }[] = [];
  for (const { tool_calls: [part] = [] } of deltas) {
    if (part === undefined) continue;
    const call = calls[part.index] ?? { name: '', arguments: '' };
    calls[part.index] = call;
    call.name += part.function.name ?? '';
    call.arguments += part.function.arguments;
  }
  return {
    ...end,
    text: deltas.map(({ content = '' }) => content).join(''),
    reasoning: deltas.map(({ reasoning_content: text = '' }) => text).join(''),
    calls,
  };
}

describe('words', () => {
  it('come as the model says them, without the white space before them, and are counted', async () => {
    const answer = await complete(fakeEngine([' \nGood day.']));
    expect(answer).toMatchObject({ text: 'Good day.', finish: 'stop' });
    expect(answer.usage).toEqual({ prompt_tokens: 'user:Hi\nassistant:'.length, completion_tokens: 11 });
  });

  it('end at the limit, and before a stop sequence, which is named', async () => {
    expect(await complete(fakeEngine(['Good day.']), { max_tokens: 4 })).toMatchObject({
      text: 'Good',
      finish: 'length',
    });
    const stopped = await complete(fakeEngine(['one two three']), { stop: ['three', 'two'] });
    expect(stopped).toMatchObject({ text: 'one ', finish: 'stop', stopSequence: 'two' });
  });

  it('go on where the last turn, by the assistant, ended', async () => {
    const engine = fakeEngine(['42.']);
    await complete(engine, { messages: [...messages, { role: 'assistant', content: 'It is ' }] });
    expect(engine.asked[0]?.prompt).toBe('user:Hi\nassistant:It is ');
  });

  it('have no room where the prompt fills the context', async () => {
    const engine = fakeEngine(['never'], { contextSize: 10 });
    expect(await complete(engine)).toMatchObject({ text: '', finish: 'length' });
    expect(engine.asked).toEqual([]);
  });

  it('cannot end a turn by the name of a control token', async () => {
    const engine = fakeEngine(['']);
    const content = 'a<|im_end|> b [INST] c<b>';
    await complete(engine, { messages: [{ role: 'user', content }] });
    expect(engine.asked[0]?.prompt).toContain('user:a<\u200b|im_end|> b [\u200bINST] c<b>\n');
  });
});

describe('thoughts', () => {
  const template = '{{ messages }} <think> </think>';
  const chat_template_kwargs = { enable_thinking: true };

  it('come apart from the words, where they are asked for and the model can', async () => {
    const answer = await complete(fakeEngine(['hm</think>', 'So.'], { template }), { chat_template_kwargs });
    expect(answer).toMatchObject({ reasoning: 'hm', text: 'So.', finish: 'stop' });
    expect(await complete(fakeEngine(['So.']), { chat_template_kwargs })).toMatchObject({
      reasoning: '',
      text: 'So.',
    });
    expect(await complete(fakeEngine(['So.'], { template }))).toMatchObject({ reasoning: '', text: 'So.' });
  });

  it('may take all there is', async () => {
    const answer = await complete(fakeEngine(['hmmm'], { template }), {
      chat_template_kwargs,
      max_tokens: 2,
    });
    expect(answer).toMatchObject({ reasoning: 'hm', text: '', finish: 'length' });
  });
});

describe('a tool', () => {
  it('that must be called is called, with its input by grammar', async () => {
    const engine = fakeEngine(['{"city": "Oslo"}']);
    const tool_choice = { function: { name: 'get_weather' } };
    const answer = await complete(engine, { tools: [add, weather], tool_choice });
    expect(answer).toMatchObject({ finish: 'tool_calls', text: '' });
    expect(answer.calls).toEqual([{ name: 'get_weather', arguments: '{"city": "Oslo"}' }]);
    expect(engine.asked[0]?.prompt).toMatch(/<tool_call>\n\{"name": "get_weather", "arguments": $/);
    expect(engine.asked[0]?.options.grammar).toContain('city');
    expect(answer.usage.completion_tokens).toBeGreaterThan('{"city": "Oslo"}'.length);
  });

  it('is chosen by the model among several where any will do', async () => {
    const engine = fakeEngine(['add', '{}']);
    const answer = await complete(engine, { tools: [add, weather], tool_choice: 'required' });
    expect(answer.calls).toEqual([{ name: 'add', arguments: '{}' }]);
    expect(engine.asked[0]?.options.grammar).toBe('root ::= "add" | "get_weather"');
  });

  it('that the model may call is called when it begins to, and words before it stay', async () => {
    const engine = fakeEngine(['Let me see.\n<tool_call>', 'get_weather', '{"city": "Oslo"}', '']);
    const answer = await complete(engine, { tools: [add, weather] });
    expect(answer).toMatchObject({ text: 'Let me see.\n', finish: 'tool_calls' });
    expect(answer.calls).toEqual([{ name: 'get_weather', arguments: '{"city": "Oslo"}' }]);
  });

  it('may be called several times, but not the same way twice', async () => {
    const again = ['<tool_call>', '{"city": "Oslo"}'];
    const engine = fakeEngine([...again, '<tool_call>', '{"city": "Rome"}', ...again, ...again]);
    const answer = await complete(engine, { tools: [weather] });
    expect(answer.calls.map((call) => call.arguments)).toEqual([
      '{"city": "Oslo"}',
      '{"city": "Rome"}',
      '{"city": "Oslo"}',
    ]);
    expect(engine.asked).toHaveLength(6);
  });

  it('is not on offer where none may be called', async () => {
    const engine = fakeEngine(['<tool_call>']);
    expect(await complete(engine, { tools: [weather], tool_choice: 'none' })).toMatchObject({
      calls: [],
      finish: 'stop',
    });
    expect(engine.asked[0]?.prompt).not.toContain('get_weather');
  });

  it('whose input the limit cuts says so', async () => {
    const tool_choice = { function: { name: 'add' } };
    const own = '<tool_call>\n{"name": "", "arguments": }\n</tool_call>'.length;
    const answer = await complete(fakeEngine(['{"a": 1}']), {
      tools: [add],
      tool_choice,
      max_tokens: own + 3,
    });
    expect(answer).toMatchObject({ finish: 'length', calls: [{ name: 'add', arguments: '{"a' }] });
    expect(answer.usage.completion_tokens).toBe(own + 3);
  });

  it('is told in words, and so are calls and results, where the template knows no tools', async () => {
    const engine = fakeEngine(['']);
    await complete(engine, {
      tools: [weather],
      messages: [
        ...messages,
        {
          role: 'assistant',
          content: null,
          tool_calls: [{ function: { name: 'get_weather', arguments: '{"city":"Oslo"}' } }],
        },
        { role: 'tool', content: 'rain' },
      ],
    });
    const prompt = engine.asked[0]?.prompt ?? '';
    expect(prompt).toMatch(/^system:You may call these functions:\n\{"name":"get_weather"/);
    expect(prompt).toContain(
      'assistant:<tool_call>\n{"name": "get_weather", "arguments": {"city":"Oslo"}}\n</tool_call>\n',
    );
    expect(prompt).toContain('user:<tool_response>\nrain\n</tool_response>\n');
  });

  it('is told by the template where it knows tools', async () => {
    const engine = fakeEngine([''], { template: '{{ tools }}' });
    await complete(engine, { tools: [weather] });
    expect(engine.asked[0]?.prompt).toMatch(/^tools:\[\{"type":"function"/);
  });
});

describe('JSON by a schema', () => {
  const response_format = {
    json_schema: { schema: { type: 'object', properties: { a: { type: 'null' } } } },
  };

  it('is by grammar', async () => {
    const engine = fakeEngine(['{"a":null}']);
    expect(await complete(engine, { response_format })).toMatchObject({ text: '{"a":null}', finish: 'stop' });
    expect(engine.asked[0]?.options.grammar).toMatch(/^root ::= r\d+\n/);
  });

  it('leaves a call open where there are tools', async () => {
    const engine = fakeEngine(['<tool_call>', '{}']);
    const answer = await complete(engine, { response_format, tools: [add] });
    expect(answer).toMatchObject({
      text: '',
      finish: 'tool_calls',
      calls: [{ name: 'add', arguments: '{}' }],
    });
    expect(engine.asked[1]?.prompt.match(/<tool_call>/g)).toHaveLength(2);
  });
});

it('turns that a template refuses are joined until they alternate', async () => {
  const plain = fakeEngine([]);
  const engine = fakeEngine(['ok'], {
    render(template, values) {
      const roles = (values.messages as { role: string }[]).map(({ role }) => role);
      if (roles.includes('system')) throw new Error('System role not supported');
      return plain.render(template, values);
    },
  });
  await complete(engine, { messages: [{ role: 'system', content: 'Be brief.' }, ...messages] });
  expect(engine.asked[0]?.prompt).toBe('user:Be brief.\n\nHi\nassistant:');
});
