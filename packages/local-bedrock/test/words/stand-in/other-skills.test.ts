import { describe, expect, it } from 'vitest';
import { ask } from './ask.ts';

describe('rating', () => {
  const stars = (text: string) =>
    `How many stars, from 1 to 5, did the writer of this review probably give? Answer with one number and nothing else.\n\n<review>${text}</review>`;

  it.each([
    ['Absolutely terrible. It broke after a day.', '1'],
    ['It is a chair.', '3'],
    ['Lovely room, friendly staff, would recommend.', '5'],
  ])('gives stars: %s', (text, expected) => {
    expect(ask('capable', stars(text))).toBe(expected);
  });

  it.each([
    ['Rate the sentiment between 0 and 1. Number only.\nReview: "I hated every minute"', '0.13'],
    ['Rate this review on a scale of 0 to 10: "Amazing, wonderful, perfect!"', '10'],
    ['Score the text out of 10. Text: It is a chair.', '6'],
    ['How urgent is this ticket, from 1 to 5?\nTicket: Production is down, please help immediately!', '5'],
    [
      'Rate from 1 to 5 in <score></score> tags. <review>I love it, just perfect</review>',
      '<score>5</score>',
    ],
  ])('answers %s', (prompt, expected) => {
    expect(ask('capable', prompt)).toBe(expected);
  });

  it.each([
    ['from 1 to 5, in steps of 0.5', /^[1-5]\.[05]$/],
    ['from 0 to 100, in steps of 10', /^(?:\d0|100|0)$/],
    ['from 1 to 10', /^\d+$/],
  ])('stays on the grid: %s', (scale, grid) => {
    for (const text of ['I love it', 'fine, but slow', 'awful', 'It is a chair.']) {
      const prompt = `Rate how positive the text is.\nAnswer with one number ${scale}, and nothing else.\n\n<text>${text}</text>`;
      expect(ask('capable', prompt)).toMatch(grid);
    }
  });

  it('misses a negation when small', () => {
    const text = 'Not good, not friendly, not clean.';
    expect(ask('capable', stars(text))).toBe('1');
    expect(ask('small', stars(text))).toBe(' I would say 5.');
  });
});

describe('arithmetic', () => {
  it.each([
    ['What is 12 * 7?', '12 * 7 = 84'],
    ['What is 12 times 7?', '12 * 7 = 84'],
    ['Calculate (2 + 3) × 4.5', '(2 + 3) * 4.5 = 22.5'],
    ['2+2', '2+2 = 4'],
    ['How much is 15% of 80? Answer with only the number.', '12'],
    ['What is 1,000 minus 1? Answer in <answer></answer>', '<answer>999</answer>'],
    ['What is 7 - -3', '7 - -3 = 10'],
    ['What is 1 / 3? Just the number', '0.333333333333'],
  ])('%s', (prompt, expected) => {
    expect(ask('capable', prompt)).toBe(expected);
  });

  it('goes from left to right when small', () => {
    expect([ask('small', 'What is 2 + 3 * 4?'), ask('capable', 'What is 2 + 3 * 4?')]).toEqual([
      '2 + 3 * 4 = 20',
      '2 + 3 * 4 = 14',
    ]);
  });
});

describe('summary', () => {
  const bees =
    'Good evening to you all. Bees pollinate many plants that people eat. Some live in hives. Without bees, many plants would not be pollinated and people would have less to eat. Thank you for coming tonight.';

  it('takes the most central sentences, in their order', () => {
    expect(ask('capable', `Summarize the text in two sentences.\n\n<text>${bees}</text>`)).toBe(
      'Bees pollinate many plants that people eat. Without bees, many plants would not be pollinated and people would have less to eat.',
    );
  });

  it('writes bullet points when asked', () => {
    expect(ask('capable', `Summarise this in 2 bullet points:\n\n${bees}`)).toMatch(
      /^- Bees .+\n- Without bees.+$/,
    );
  });

  it('takes the first sentences when small', () => {
    expect(ask('small', `Summarize in one sentence:\n\n${bees}`)).toBe('Good evening to you all.');
  });

  it('sums up the conversation when there is no text', () => {
    const answer = ask('capable', [
      { role: 'user', text: 'My name is Ada and I study bees.' },
      { role: 'assistant', text: 'Nice to meet you, Ada.' },
      { role: 'user', text: 'Summarize our conversation in one sentence.' },
    ]);
    expect(answer).toBe('The user said: "My name is Ada and I study bees."');
  });
});

describe('everything else', () => {
  it.each([
    'Hello, how are you?',
    'What is the capital of France?',
    'How do I conjugate the Latin verb amare?',
    'You are a French teacher. The user says: "let\'s eat at the restaurant". Translate it.',
    'Explain what a base class is in TypeScript.',
    'Tell me about acids.',
    'Explain what neutralization means.',
    'Write a story about a positive robot or a negative robot.',
    'Write a short poem about the sea: calm, wild or deep.',
    'Can you recommend one of these restaurants? "The Old Ship" or "The Red Lion"',
    'Which of these is bigger, a cat, a dog or a horse?',
    'What happened on 2024-11-03?',
    'What is 10 / 0?',
    'Give me a number between one and ten.',
    'Describe the label "urgent" in a ticket system.',
    'Summarize our conversation.',
  ])('is left to a real model: %s', (prompt) => {
    for (const strength of ['small', 'capable'] as const) {
      const answer = ask(strength, prompt);
      expect(answer).toContain('local stand-in, not a language model');
      expect(answer).toContain(prompt.split(/\s+/).slice(0, 4).join(' '));
      expect(answer).toContain('use Amazon Bedrock');
    }
  });
});

describe('old frames', () => {
  it.each(['\n\nHuman: What is 2 + 2?\n\nAssistant:', 'User: What is 2 + 2?\nBot:', 'What is 2 + 2?'])(
    'does not mind %j around a question',
    (prompt) => {
      expect(ask('capable', prompt)).toBe('2 + 2 = 4');
    },
  );
});

describe('words that are wanted as they are', () => {
  it.each([
    ['Reply with the word OK only.', 'OK'],
    ['Please respond with only the word yes', 'yes'],
    ['Repeat after me: purple monkey', 'purple monkey'],
    ['Say "hello world".', 'hello world'],
    ['Answer with exactly: pong', 'pong'],
  ])('%s', (prompt, expected) => {
    expect(ask('capable', prompt)).toBe(expected);
  });

  it.each(['Say something nice.', 'Reply with a poem about the sea.', 'Answer with care: who are you?'])(
    'none: %s',
    (prompt) => {
      expect(ask('capable', prompt)).toMatch(/^This is the local stand-in/);
    },
  );
});

describe('a question behind the sentences that answer it', () => {
  it('is answered by them', () => {
    const told = 'Bob has three dogs. Ann has a cat.';
    expect(ask('capable', `${told} How many dogs does Bob have?`)).toBe('Bob has three dogs.');
  });

  it('is not answered by others', () => {
    expect(ask('capable', 'Bob has three dogs. Who wrote Hamlet?')).toMatch(/^This is the local stand-in/);
  });
});

describe('a prompt of worked examples', () => {
  it.each([
    ['Q: 2 + 2\nA: 4\nQ: 3 + 4\nA:', '7'],
    ['apple -> APPLE\nbanana -> BANANA\ncherry ->', 'CHERRY'],
    ['Input: Cat\nOutput: cat\n\nInput: Blue Dog\nOutput:', 'blue dog'],
  ])('%j is answered as they are', (prompt, expected) => {
    expect(ask('capable', prompt)).toBe(expected);
  });

  it.each(['hot -> cold\nup ->', 'Q: Who wrote Emma?\nA: Jane Austen\nQ: Who wrote Dune?\nA:', 'cherry ->'])(
    '%j is not guessed at',
    (prompt) => {
      expect(ask('capable', prompt)).toMatch(/^This is the local stand-in/);
    },
  );
});

it.each([
  ['Count from 1 to 5.', '1, 2, 3, 4, 5'],
  ['Please count to 3', '1, 2, 3'],
  ['Count from 5 to 3, slowly.', '5, 4, 3'],
  ['Count from 4 to 4.', '4'],
])('counts: %s', (prompt, expected) => {
  expect(ask('capable', prompt)).toBe(expected);
});
