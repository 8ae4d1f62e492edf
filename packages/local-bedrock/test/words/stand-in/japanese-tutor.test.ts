import { describe, expect, it } from 'vitest';
import type { Turn } from '../../../src/invoke/family.ts';
import { hasJapanese } from '../../../src/words/stand-in/japanese/kana.ts';
import { ask } from './ask.ts';

const clueTeacher =
  'You are a Japanese language teacher. Your student is a beginner who tells you a sentence in English. Give clues instead of the translation: a table of vocabulary in dictionary form and the structure of the sentence. Do not use romaji.';
const translator = 'You are a Japanese teacher. Translate what the student says into Japanese.';

function lesson(...texts: readonly string[]): Turn[] {
  return texts.map((text, index) => ({ role: index % 2 === 0 ? 'user' : 'assistant', text }));
}

describe('clues', () => {
  const answer = ask('capable', "let's eat at a restaurant", { system: clueTeacher, maxTokens: 900 });

  it('hold the words in dictionary form, the structure and a gap, and not the sentence', () => {
    expect(answer).toContain('| 食べる | たべる | to eat |');
    expect(answer).toContain('| レストラン | レストラン | restaurant |');
    expect(answer).toContain('レストランで＿＿＿＿。');
    expect(answer).not.toContain('食べましょう');
  });

  it('leave the particles to students who are no beginners', () => {
    const system = 'You are a Japanese teacher of intermediate students. Give clues.';
    expect(ask('capable', 'I drink tea.', { system, maxTokens: 900 })).toContain(
      '私（　）お茶（　）＿＿＿＿。',
    );
  });

  it('are without romaji where it is forbidden', () => {
    expect(answer).not.toMatch(/taberu|resutoran/i);
  });

  it('become the sentence where a translation is asked for', () => {
    expect(ask('capable', "let's eat at a restaurant", { system: translator })).toMatch(
      /^レストランで食べましょう。\nレストラン で たべましょう。\nResutoran de tabemashou\./,
    );
  });

  it('become the sentence with its readings where furigana are asked for, as the chat page suggests', () => {
    const asked = 'Translate into Japanese, with furigana: Let’s eat sushi';
    expect(ask('capable', asked)).toMatch(
      /^寿司\(すし\)を食べましょう\(たべましょう\)。\nSushi o tabemashou\./,
    );
    expect(ask('capable', asked.replace('with', 'without'))).toContain('\nすし を たべましょう。');
  });

  it('are not given by a small model, which translates', () => {
    expect(ask('small', "let's eat at a restaurant", { system: clueTeacher })).toBe(
      'レストランで食べましょう。\nレストラン で たべましょう。',
    );
  });

  it('end when the student finds the sentence', () => {
    const turns = (attempt: string) => lesson("let's eat at a restaurant", answer, attempt);
    expect(ask('capable', turns('レストランで食べましょう'), { system: clueTeacher })).toMatch(/^Correct/);
    for (const wrong of ['レストランで食べます', 'レストラン食べましょう', '食べましょう'])
      expect(ask('capable', turns(wrong), { system: clueTeacher })).toMatch(/^Not yet/);
  });
});

describe('conjugation', () => {
  it.each([
    'How do I conjugate taberu?',
    'How do I conjugate 食べる?',
    'Conjugate たべる',
    'how do i conjugate "to eat"',
    'What are the forms of taberu?',
  ])('is a table of forms: %s', (question) => {
    const answer = ask('capable', question, { system: clueTeacher, maxTokens: 900 });
    expect(answer).toContain('ichidan');
    expect(answer).toContain('| polite (ます) | 食べます | たべます |');
    expect(answer).not.toContain('tabemasu');
  });

  it('is longer than the default answer of a Titan model', () => {
    expect(ask('small', 'How do I conjugate taberu?', { maxTokens: 128 }).length).toBeLessThan(
      ask('small', 'How do I conjugate taberu?', { maxTokens: 900 }).length,
    );
  });

  it.each([
    ['What is the te-form of 行く?', '行って'],
    ['What is the potential form of nomu?', '飲める'],
    ['Conjugate iku in the polite past.', '行きました'],
    ['What is the volitional form of kuru?', '来よう'],
    ['Conjugate benkyou suru in the past', '勉強しました'],
    ['What is the plain past form of kau?', '買った'],
  ])('answers %s with %s', (question, form) => {
    expect(ask('capable', question, { system: translator, maxTokens: 900 })).toContain(form);
  });

  it('goes on with the verb of the turns before', () => {
    const turns = lesson(
      "let's eat at a restaurant",
      'Here are clues.',
      'How do I conjugate it in the past?',
    );
    expect(ask('capable', turns, { system: clueTeacher })).toContain('食べました');
    const further = lesson('How do I conjugate nomu?', '…', 'And the negative?', '…', 'and in the te-form?');
    expect(ask('capable', further, { system: clueTeacher })).toContain('飲んで');
  });

  it('without its history does not know which verb is meant', () => {
    expect(ask('capable', 'How do I conjugate it?', { system: clueTeacher })).toMatch(/^Which verb/);
  });

  it('is mistaken in a small model, which takes one group for the other', () => {
    expect(ask('small', 'How do I conjugate taberu?', { maxTokens: 900 })).toContain('食べります');
  });

  it('is found in a conversation that is written into one prompt', () => {
    const prompt =
      "You are a Japanese teacher.\nUser: let's eat sushi\nBot: Clues.\nUser: how do I conjugate it in the past?\nBot:";
    expect(ask('capable', prompt)).toContain('食べました');
  });
});

describe('words', () => {
  it.each([
    ['What is the word for station?', '駅 (えき): station (noun).'],
    ['What does taberu mean?', '食べる (たべる): to eat (ichidan verb).'],
    ['What does 図書館 mean?', '図書館 (としょかん): library (noun).'],
    ['How do you say delicious?', '美味しい (おいしい): delicious (i-adjective).'],
    ['What is the word for helicopter?', 'My vocabulary does not have "helicopter".'],
  ])('%s %s', (question, answer) => {
    expect(ask('capable', question, { system: clueTeacher })).toBe(answer);
  });
});

describe('what is not a lesson', () => {
  it.each([
    'What is the capital of France?',
    'Write a story about the moon landing.',
    'Explain how a rocket works.',
  ])('is left to a real model: %s', (question) => {
    const answer = ask('capable', question, { system: clueTeacher });
    expect(answer).toContain('local stand-in');
    expect(hasJapanese(answer)).toBe(false);
  });

  it('is answered by the skill it belongs to', () => {
    expect(ask('capable', 'What is 2 + 2?', { system: clueTeacher })).toBe('2 + 2 = 4');
    expect(ask('capable', 'What is my name?', { system: clueTeacher })).toContain('I do not know your name');
  });
});

describe('courtesies', () => {
  it.each([
    ['Hello!', 'こんにちは: hello. What would you like to say in Japanese?'],
    [
      'My name is Aiko, and I want to order food in Japanese.',
      'Nice to meet you, Aiko. Tell me a sentence in English, or ask me for the forms of a verb.',
    ],
  ])('%s %s', (words, answer) => {
    expect(ask('capable', words, { system: clueTeacher })).toBe(answer);
  });

  it('are spelt as they are said', () => {
    expect(ask('capable', 'Hello!', { system: translator })).toContain('konnichiwa');
  });
});

describe('a question around a sentence', () => {
  it.each([
    ["How do I say: let's eat at a restaurant?", 'レストランで食べましょう。'],
    ['How do I say: I drink tea?', '私はお茶を飲みます。'],
    ['How do I say "Do you drink tea?"', 'お茶を飲みますか。'],
    ['How do you say "where is the station?" in Japanese?', '駅はどこですか。'],
  ])('is not part of it: %s', (question, sentence) => {
    expect(ask('capable', question, { system: translator }).split('\n')[0]).toBe(sentence);
  });
});

describe('going on', () => {
  it('gives the rest of an answer that was cut', () => {
    const question = 'How do I conjugate taberu?';
    const whole = ask('capable', question, { maxTokens: 900 });
    const part = ask('capable', question, { maxTokens: 100 });
    const rest = ask('capable', lesson(question, part, 'Go on.'), { maxTokens: 900 });
    expect(whole.replace(/\s/g, '')).toBe((part + rest).replace(/\s/g, ''));
    expect(ask('capable', lesson(question, whole, 'Go on.'), { maxTokens: 900 })).toBe(
      'My last answer was complete.',
    );
  });
});
