import { describe, expect, it } from 'vitest';
import type { ModelRequest } from '../../../src/invoke/family.ts';
import { readQuestion } from '../../../src/words/stand-in/question.ts';
import { skills } from '../../../src/words/stand-in/stand-in.ts';

/** Texts of 100 kB that make a careless pattern try every position against every other. */
const texts = {
  spaces: ' ',
  'one letter': 'a',
  words: 'word ',
  names: 'Ada Berg ',
  digits: '1',
  numbers: '12 3.5 ',
  'telephone numbers': '+1 (2) ',
  quotes: '"',
  'quoted words': '"a b c d" ',
  'opening tags': '<a>',
  'closing tags': '</a>',
  'empty tags': '<a></a>',
  braces: '{',
  objects: '{"a":',
  'open notes': '<note id="a">',
  speakers: 'User: hi\nAssistant: yo\n',
  fields: 'name: ',
  'what things are called': 'my dog is called ',
  kanji: '日本語を食べる',
  dates: '2026-01-02 ',
  addresses: 'a.b-c+',
  links: 'http://',
  'empty lines': '\n',
  lines: 'a\n',
  examples: '<examples>',
  'labelled tweets': 'Tweet: "a"\nSentiment: b\n',
  bullets: '- x: y\n',
  amounts: '$1,',
  lists: 'a, b and c, ',
};
const schema = {
  type: 'object',
  properties: {
    customer: { type: 'string' },
    email: { type: 'string' },
    date: { type: 'string', format: 'date' },
    price: { type: 'number' },
    items: {
      type: 'array',
      items: { type: 'object', properties: { name: { type: 'string' }, quantity: { type: 'number' } } },
    },
  },
};
const tools = [
  {
    name: 'get_weather',
    description: 'Get the weather in a city',
    schema: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
  },
];

const requests: readonly ((text: string) => Pick<ModelRequest, 'turns'> & Partial<ModelRequest>)[] = [
  (text) => ({ turns: [{ role: 'user', text }] }),
  (text) => ({
    turns: [
      { role: 'user', text },
      { role: 'assistant', text },
      { role: 'user', text: 'What is my dog called?' },
    ],
  }),
  (text) => ({
    turns: [
      {
        role: 'user',
        text: `Answer from the notes.\n<note id="x">${text}</note>\nQuestion: When is the test?`,
      },
    ],
  }),
  (text) => ({ turns: [{ role: 'user', text: `Classify as one of: good, bad.\n\n<text>${text}</text>` }] }),
  (text) => ({
    turns: [
      {
        role: 'user',
        text: `Summarize the conversation.\n\n<conversation>\nUser: ${text}\n\nAssistant: ok\n</conversation>`,
      },
    ],
  }),
  (text) => ({ turns: [{ role: 'user', text }], answerSchema: schema }),
  (text) => ({ turns: [{ role: 'user', text: `What is the weather in Lima? ${text}` }], tools }),
  (text) => ({
    system: 'You are a Japanese teacher. Give clues.',
    turns: [{ role: 'user', text: text.slice(0, 1_400) }],
  }),
];

describe('100 kB of', () => {
  it.each(Object.entries(texts))('%s are answered, in whatever question they stand', (_, piece) => {
    const text = piece.repeat(Math.ceil(100_000 / piece.length));
    for (const make of requests) {
      for (const strength of ['small', 'capable'] as const) {
        const question = readQuestion(
          { system: '', maxTokens: 300, stopSequences: [], ...make(text) },
          strength,
        );
        expect(skills.some((skill) => skill(question) !== undefined)).toBe(true);
      }
    }
  });
});
