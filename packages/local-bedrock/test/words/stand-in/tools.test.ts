import { describe, expect, it } from 'vitest';
import fc from '../../../../../test/properties.ts';
import { findModel } from '../../../../bedrock-models/src/find.ts';
import type { Block, ModelRequest, Tool, Turn } from '../../../src/invoke/family.ts';
import { generate } from '../../../src/words/stand-in/stand-in.ts';

function tool(
  name: string,
  description: string,
  properties: Record<string, unknown>,
  required = Object.keys(properties),
): Tool {
  return { name, description, schema: { type: 'object', properties, required } };
}

const weather = tool(
  'get_weather',
  'Get the current weather for a location',
  {
    location: { type: 'string', description: 'The city and state, e.g. San Francisco, CA' },
    unit: { type: 'string', enum: ['celsius', 'fahrenheit'] },
  },
  ['location'],
);
const clock = tool('get_date_time', 'Get the current date and time in a time zone', {
  timezone: { type: 'string', description: 'IANA time zone' },
});
const calculator = tool('calculator', 'Evaluate an arithmetic expression', {
  expression: { type: 'string' },
});
const flights = tool(
  'search_flights',
  'Search flights between two cities',
  {
    origin: { type: 'string' },
    destination: { type: 'string' },
    date: { type: 'string', format: 'date' },
    passengers: { type: 'integer' },
  },
  ['origin', 'destination'],
);
const mail = tool(
  'send_email',
  'Send an e-mail',
  { to: { type: 'string', format: 'email' }, subject: { type: 'string' }, body: { type: 'string' } },
  ['to', 'body'],
);
const notes = tool('search_notes', 'Search the notes of the student', { query: { type: 'string' } });
const fact = tool('get_historical_fact', 'Get a historical fact about a date', { date: { type: 'string' } });
const table = tool('book_table', 'Book a table in a restaurant', {
  where: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
  guests: { type: 'integer' },
  dishes: { type: 'array', items: { type: 'string', enum: ['sushi', 'ramen', 'pizza'] } },
});
const all = [weather, clock, calculator, flights, mail, notes, fact, table];

const model = findModel('amazon.nova-micro-v1:0');

function answer(turns: string | readonly Turn[], extra: Partial<ModelRequest> = {}) {
  if (model === undefined) throw new Error('amazon.nova-micro-v1:0 is not in the catalogue.');
  const asked: readonly Turn[] = typeof turns === 'string' ? [{ role: 'user', text: turns }] : turns;
  return generate(
    { system: '', turns: asked, maxTokens: 1_000, stopSequences: [], tools: all, ...extra },
    model,
    '',
  );
}

function calls(turns: string | readonly Turn[], extra: Partial<ModelRequest> = {}) {
  return answer(turns, extra).blocks.flatMap((block) =>
    block.type === 'toolUse' ? [[block.name, block.input]] : [],
  );
}

/** A turn of tool results, for the calls of an answer in their order; a result that begins with `!` is an error. */
function results(given: ReturnType<typeof answer>, ...texts: readonly string[]): Turn[] {
  const uses = given.blocks.filter((block) => block.type === 'toolUse');
  const blocks: Block[] = uses.map(({ id }, index) => {
    const text = texts[index] ?? '';
    return { type: 'toolResult', id, text: text.replace(/^!/, ''), isError: text.startsWith('!') };
  });
  return [
    { role: 'assistant', text: given.text, blocks: given.blocks },
    { role: 'user', text: texts.join('\n'), blocks },
  ];
}

describe('what a prompt writes for a tool', () => {
  const twice = tool('twice', 'Doubles a number', { of: { type: 'integer' } });
  const greet = tool('make_greeting', 'Make a greeting in a style', { style: { type: 'string' } });
  const create = tool('create_customer', 'Create a customer', { customer_name: { type: 'string' } });

  it.each([
    ['as a call', 'What is twice(21)? Use the tool.', twice, { of: 21 }],
    [
      'in quotes, with a translation',
      "Create a customer named '山田商店' (Yamada Shop).",
      create,
      { customer_name: '山田商店' },
    ],
    [
      'for its only parameter',
      'Use the tool: a royal greeting',
      greet,
      { style: 'Use the tool: a royal greeting' },
    ],
  ])('is its input: %s', (_, prompt, one, input) => {
    for (const toolChoice of ['auto', 'any'] as const) {
      expect(calls(prompt, { tools: [one], toolChoice })).toEqual([[one.name, input]]);
    }
  });
});

describe('a call', () => {
  it.each([
    [
      'What is the weather in Toronto, Ontario, Canada?',
      'get_weather',
      { location: 'Toronto, Ontario, Canada' },
    ],
    ['Do I need an umbrella in Lima?', 'get_weather', { location: 'Lima' }],
    ['How hot is it in Lima in fahrenheit?', 'get_weather', { location: 'Lima', unit: 'fahrenheit' }],
    ['What time is it in London?', 'get_date_time', { timezone: 'Europe/London' }],
    ['What is 12 * (3 + 4)?', 'calculator', { expression: '12 * (3 + 4)' }],
    [
      'Find flights from Paris to Rome on 3 May 2026 for 2 passengers',
      'search_flights',
      { origin: 'Paris', destination: 'Rome', date: '2026-05-03', passengers: 2 },
    ],
    [
      'Send an email to bob@x.org saying hello from me.',
      'send_email',
      { to: 'bob@x.org', body: 'hello from me' },
    ],
    ['Search my notes for the particle de', 'search_notes', { query: 'the particle de' }],
    ['Tell me a historical fact about September 12', 'get_historical_fact', { date: 'September 12' }],
    [
      'Book a table for 4 guests in Vienna, we want pizza and ramen',
      'book_table',
      { where: { city: 'Vienna' }, guests: 4, dishes: ['ramen', 'pizza'] },
    ],
  ])('%s', (prompt, name, input) => {
    const given = answer(prompt);
    expect(calls(prompt)).toEqual([
      [
        name,
        name === 'book_table' ? { ...input, dishes: expect.arrayContaining(['ramen', 'pizza']) } : input,
      ],
    ]);
    expect(given.ending).toEqual({ reason: 'toolUse' });
  });

  it('comes behind a text that says so, and has an id of its own', () => {
    const [text, use] = answer('What is the weather in Lima?').blocks;
    expect(text).toEqual({ type: 'text', text: 'I will use get_weather for that.' });
    expect(use).toMatchObject({ type: 'toolUse', id: expect.stringMatching(/^tooluse_[\w-]{22}$/) });
  });

  it('is one for each place and each task', () => {
    expect(calls('What is the weather in Toronto and Tokyo?')).toEqual([
      ['get_weather', { location: 'Toronto' }],
      ['get_weather', { location: 'Tokyo' }],
    ]);
    expect(calls('What is the weather in Paris and what time is it in Tokyo?')).toEqual([
      ['get_weather', { location: 'Paris' }],
      ['get_date_time', { timezone: 'Asia/Tokyo' }],
    ]);
    const ids = answer('What is the weather in Paris, Rome and Lima?').blocks.flatMap((block) =>
      block.type === 'toolUse' ? [block.id] : [],
    );
    expect(new Set(ids).size).toBe(3);
  });

  it.each(['Tell me a joke.', 'Who wrote Hamlet?', 'Hello!'])(
    'is not made where no tool fits: %s',
    (prompt) => {
      expect(calls(prompt)).toEqual([]);
      expect(answer(prompt).text).toContain('local stand-in');
    },
  );

  it('is asked about where a required value is missing, and made when it is given', () => {
    const question = answer('What is the weather?');
    expect(question.text).toBe('To use get_weather I need to know the location. Please tell me.');
    const turns: Turn[] = [
      { role: 'user', text: 'What is the weather?' },
      { role: 'assistant', text: question.text },
      { role: 'user', text: 'Toronto' },
    ];
    expect(calls(turns)).toEqual([['get_weather', { location: 'Toronto' }]]);
  });

  it('follows up on the question before', () => {
    const turns: Turn[] = [
      { role: 'user', text: 'What is the weather in Paris?' },
      { role: 'assistant', text: 'Paris: 20.' },
      { role: 'user', text: 'And in Tokyo?' },
    ];
    expect(calls(turns)).toEqual([['get_weather', { location: 'Tokyo' }]]);
  });
});

describe('the choice of the caller', () => {
  it('is kept: any tool, one tool, no tool', () => {
    expect(calls('Tell me a joke.', { toolChoice: 'any' })).toHaveLength(1);
    expect(calls('Weather in Lima', { toolChoice: { name: 'search_notes' } })).toEqual([
      ['search_notes', { query: 'Weather in Lima' }],
    ]);
    expect(answer('Weather in Lima', { toolChoice: 'any' }).blocks.map(({ type }) => type)).toEqual([
      'toolUse',
    ]);
    expect(calls('What is the weather in Lima?', { toolChoice: 'none' })).toEqual([]);
  });
});

describe('results', () => {
  const prompt: Turn = { role: 'user', text: 'What is the weather in Toronto and Tokyo?' };
  const first = answer([prompt]);

  it('are answered with their values, and errors are reported', () => {
    const turns = [
      prompt,
      ...results(first, '{"location":"Toronto","temperature":20,"condition":"Sunny"}', '!City not found'),
    ];
    expect(answer(turns).text).toBe(
      'Toronto: temperature 20, condition Sunny.\nget_weather did not work for Tokyo: City not found.',
    );
    expect(answer(turns).ending).toEqual({ reason: 'end' });
  });

  it('in words are given in words, and only the value that was asked for', () => {
    expect(
      answer([prompt, ...results(first, 'It is 20 degrees in Toronto.', 'It rains in Tokyo.')]).text,
    ).toBe('It is 20 degrees in Toronto.\nIt rains in Tokyo.');
    const asked: Turn = { role: 'user', text: 'What is the temperature in Lima?' };
    expect(answer([asked, ...results(answer([asked]), '{"temperature":18,"humidity":80}')]).text).toBe(
      'Lima: temperature 18.',
    );
  });

  it('may be what a further call needs', () => {
    const lookup = tool('find_student_city', 'Find the city where a student lives', {
      student: { type: 'string' },
    });
    const asked: Turn = {
      role: 'user',
      text: 'Find the city of the student Aiko and get the weather for her location.',
    };
    const tools = [lookup, weather];
    const begun = answer([asked], { tools });
    const turns = [asked, ...results(begun, '{"city":"Osaka"}')];
    expect(begun.blocks.flatMap((block) => (block.type === 'toolUse' ? [block.name] : []))).toEqual([
      'find_student_city',
    ]);
    expect(calls(turns, { tools })).toEqual([['get_weather', { location: 'Osaka' }]]);
  });

  it('end every loop: no conversation with tools goes on for ever', () => {
    const word = fc.constantFrom(
      'weather',
      'in',
      'Toronto',
      'Tokyo',
      'and',
      'time',
      'flights from Rome to Lima',
      '2 * 3',
      'notes',
      '?',
      '.',
      'email bob@x.org',
      'temperature',
      'city',
    );
    const reply = fc.constantFrom(
      '{"temperature":1}',
      '!failed',
      '',
      'Osaka',
      '[1,2]',
      '{"city":"Rome","email":"a@b.de"}',
      'null',
    );
    const choice = fc.constantFrom('auto' as const, 'any' as const, { name: 'get_weather' });
    fc.assert(
      fc.property(
        fc.array(word, { minLength: 1, maxLength: 10 }),
        reply,
        choice,
        (words, result, toolChoice) => {
          let turns: Turn[] = [{ role: 'user', text: words.join(' ') }];
          let steps = 0;
          for (; steps < 12; steps += 1) {
            const given = answer(turns, { toolChoice });
            if (given.ending.reason !== 'toolUse') break;
            const uses = given.blocks.filter(({ type }) => type === 'toolUse').length;
            turns = [...turns, ...results(given, ...Array.from({ length: uses }, () => result))];
          }
          expect(steps).toBeLessThan(12);
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('a call that does not fit into the token limit', () => {
  it('is left out, and the answer says that it was cut', () => {
    const given = answer('What is the weather in Lima?', { maxTokens: 12 });
    expect(given.ending).toEqual({ reason: 'maxTokens' });
    expect(given.blocks.map(({ type }) => type)).toEqual(['text']);
  });
});

describe('calls by examples that AWS and others give', () => {
  const text = { type: 'string' };
  const sign = 'The call sign for the radio station, for example WZPZ or WKRP.';
  it.each<[string, Tool, object]>([
    [
      'What is the most popular song on WZPZ?',
      tool('top_song', 'Get the most popular song played on a radio station.', {
        sign: { type: 'string', description: sign },
      }),
      { sign: 'WZPZ' },
    ],
    [
      'What is the stock price of AAPL?',
      tool('get_stock_price', 'Price', { ticker: text }),
      { ticker: 'AAPL' },
    ],
    [
      'Turn on the light in the kitchen.',
      tool('switch_light', 'Switch a light', { room: text, on: { type: 'boolean' } }),
      { room: 'kitchen', on: true },
    ],
    [
      'Set the thermostat to 21 degrees celsius in the bedroom.',
      tool('set_temperature', 'Set', {
        room: text,
        degrees: { type: 'number' },
        unit: { enum: ['celsius', 'fahrenheit'] },
      }),
      { room: 'bedroom', degrees: 21, unit: 'celsius' },
    ],
    [
      'Send an email to bob@example.com with subject "Hi" saying "See you at 5".',
      tool('send_email', 'Send', { to: text, subject: text, body: text }),
      { to: 'bob@example.com', subject: 'Hi', body: 'See you at 5' },
    ],
    [
      'Add up the numbers 4, 8, 15 and 16.',
      tool('sum', 'Sum a list of numbers', { numbers: { type: 'array', items: { type: 'number' } } }),
      { numbers: [4, 8, 15, 16] },
    ],
    [
      'Where is user 42?',
      tool('get_user_location', 'loc', { user_id: { type: 'integer' } }),
      { user_id: 42 },
    ],
    [
      'Alice is 30 years old and lives in Oslo. Extract the person.',
      tool('Person', 'Record attributes of a person.', { name: text, age: { type: 'integer' } }),
      { name: 'Alice', age: 30 },
    ],
  ])('%s', (prompt, offered, input) => {
    const { blocks } = answer(prompt, { tools: [offered] });
    expect(blocks.filter(({ type }) => type === 'toolUse')).toMatchObject([{ name: offered.name, input }]);
  });
});
