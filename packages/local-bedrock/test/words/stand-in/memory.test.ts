import { describe, expect, it } from 'vitest';
import fc from '../../../../../test/properties.ts';
import type { Turn } from '../../../src/invoke/family.ts';
import { ask } from './ask.ts';

/** Turns by the user and the assistant in alternation. */
function talk(...texts: readonly string[]): Turn[] {
  return texts.map((text, index) => ({ role: index % 2 === 0 ? 'user' : 'assistant', text }));
}

const introduction = [
  'My name is Ada and I live in Toronto. My dog is called Pixel, my favourite colour is green and I work as a nurse.',
  'Nice to meet you.',
  'I want to visit Kyoto in May. The budget of my trip is 2,000 dollars.',
  'That sounds good.',
] as const;

describe('what the user said of themselves', () => {
  it.each([
    ['What is my name?', 'Your name is Ada.'],
    ["what's my name", 'Your name is Ada.'],
    ['Do you remember my name?', 'Your name is Ada.'],
    ['Who am I?', 'Your name is Ada.'],
    ['Where do I live?', 'You live in Toronto.'],
    ['What do I do?', 'You are a nurse.'],
    ['Which cities did I mention?', 'You mentioned Toronto and Kyoto.'],
    ['Which month did I mention?', 'You mentioned May.'],
    ['What is the budget of my trip?', 'You said: "The budget of my trip is 2,000 dollars."'],
    ['What is my name and where do I live?', 'Your name is Ada. You live in Toronto.'],
  ])('%s %s', (question, answer) => {
    expect(ask('capable', talk(...introduction, question))).toBe(answer);
  });

  it('is said back as it was said, where it is no fact that is known here', () => {
    const told = 'My dog is called Pixel.';
    expect(ask('capable', talk(told, 'Good.', 'What is my dog called?'))).toBe(`You said: "${told}"`);
  });

  it.each([
    "Hi, I'm Grace from Leeds.",
    'Please call me Grace.',
    'I am Grace, a teacher.',
    'my name is Grace!',
  ])('is found in: %s', (words) => {
    expect(ask('capable', talk(words, 'Hello.', 'What is my name?'))).toBe('Your name is Grace.');
  });

  it('follows a correction', () => {
    const answer = ask(
      'capable',
      talk('My name is Ada.', 'Hello.', 'Sorry, my name is Eva.', 'Ah.', 'What is my name?'),
    );
    expect(answer).toBe('Your name is Eva.');
  });

  it.each(['What is my name?', 'Where do I live?', 'What is my favourite food?', "What is my cat's name?"])(
    'is visibly unknown without a history: %s',
    (question) => {
      expect(ask('capable', question)).toMatch(
        /^I do not know .+: this is the first message I have been sent\.$/,
      );
    },
  );

  it('is visibly unknown when it was never said', () => {
    expect(ask('capable', talk('What is 2 + 2?', '4', 'What is my name?'))).toBe(
      'I do not know your name: you have not told me in this conversation.',
    );
    expect(ask('capable', talk('I like tea.', 'Good.', 'Which city did I mention?'))).toBe(
      'You have not mentioned a city in this conversation.',
    );
  });

  it('is known from a summary in the system prompt', () => {
    for (const summary of [
      'Summary of the conversation so far: The user said: "My name is Ada and I live in Toronto."',
      'Earlier conversation:\nUser: My name is Ada and I live in Toronto.\nAssistant: Nice to meet you.',
      "Summary: The user's name is Ada. The user lives in Toronto.",
    ]) {
      const system = `You are a friendly assistant.\n\n${summary}`;
      expect(ask('capable', 'What is my name? Where do I live?', { system })).toBe(
        'Your name is Ada. You live in Toronto.',
      );
    }
  });
});

describe('what was said before', () => {
  const lesson = talk('How do I say apple?', 'Ringo.', 'I like them red.', 'Akai.', 'x').slice(0, -1);
  const after = (question: string) => ask('capable', [...lesson, { role: 'user', text: question }]);

  it.each([
    ['What did I just ask?', 'You said: "I like them red."'],
    ['What was my first question?', 'You asked: "How do I say apple?"'],
    ['What did I ask first?', 'You asked: "How do I say apple?"'],
    ['What was the first thing I said?', 'You asked: "How do I say apple?"'],
    ['What was my second message?', 'You said: "I like them red."'],
    ['What was my third message?', 'You have sent only 2 messages before this one.'],
  ])('%s', (question, answer) => {
    expect(after(question)).toBe(answer);
  });

  it('does not exist in the first message', () => {
    expect(ask('capable', 'What did I just ask?')).toMatch(/^I see no earlier message of yours/);
  });

  it('is found in a conversation written into one prompt, with or without a word before it', () => {
    const written = 'User: How do I say apple?\nBot: Ringo.\nUser: What did I just ask?\nBot:';
    for (const prompt of [written, `Answer briefly.\n\n${written}`]) {
      expect(ask('capable', prompt)).toBe('You asked: "How do I say apple?"');
    }
  });

  it('is lost where the caller kept only the answers', () => {
    const written = 'Ringo.\nAkai.\nUser: What did I just ask?\nBot:';
    expect(ask('capable', written)).toMatch(/^I see no earlier message of yours/);
  });
});

describe('other questions', () => {
  it.each([
    'How do I write a loop in Rust?',
    'Where can I buy a ticket?',
    'What should I cook for my guests?',
    'Write a poem about my cat.',
    'What is the best way to remember what I said in a meeting?',
    'What do I need to do when my computer is slow?',
  ])('are not taken for memories: %s', (question) => {
    expect(ask('capable', question)).toContain('local stand-in');
  });
});

describe('any conversation', () => {
  it('gets an answer', () => {
    const piece = fc.constantFrom(
      'My name is ',
      'Ada',
      ' I live in ',
      'Paris',
      'my dog',
      "'s name",
      ' is ',
      '. ',
      '? ',
      'What',
      ' did I ',
      'mention',
      'first',
      ' question',
      '\n',
      'User:',
      'Bot:',
      '“',
      '(',
      '$&',
      '日本',
    );
    const text = fc.array(piece, { minLength: 1, maxLength: 12 }).map((pieces) => pieces.join(''));
    fc.assert(
      fc.property(fc.array(text, { minLength: 1, maxLength: 6 }), (texts) => {
        const turns = texts.length % 2 === 0 ? texts.slice(1) : texts;
        expect(ask('capable', talk(...turns)).length).toBeGreaterThan(0);
      }),
    );
  });

  it('remembers the first message of a very long one', () => {
    const turns = Array.from({ length: 1_000 }, (_, index) => `Message ${index}.`);
    const answer = ask('capable', talk(...turns, 'What was my first message?'));
    expect(answer).toBe('You said: "Message 0."');
  });
});

describe('statements', () => {
  it.each([
    ['My name is Ada and I live in Toronto.', 'Hello, Ada. Noted: "I live in Toronto."'],
    ['My name is Aiko.', 'Hello, Aiko.'],
    ['Hi! I am a nurse. My dog is called Pixel.', 'Noted: "I am a nurse. My dog is called Pixel."'],
    ['Please remember that the deadline is 4 May.', 'Noted: "Please remember that the deadline is 4 May."'],
  ])('are said back: %s', (words, answer) => {
    expect(ask('capable', words)).toBe(answer);
  });
});
