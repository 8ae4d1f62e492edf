import { expect, it } from 'vitest';
import { findModel } from '../../../../bedrock-models/src/find.ts';
import { generate } from '../../../src/words/stand-in/stand-in.ts';

/**
 * No text costs much more than ordinary words of the same length, whatever shape it has: what a skill reads is bounded.
 * CPU time against CPU time in one process, the best of several tries, so that a busy machine does not count.
 */

const length = 300_000;
const model = findModel('us.amazon.nova-2-lite-v1:0');

const shapes = [
  ' ',
  'a',
  '1',
  '“',
  '"',
  '<',
  '<a>',
  '</a>',
  '<a></a>',
  '<examples>',
  '<example>a</example>',
  '<note id="a">',
  '<text>',
  '{',
  '{{',
  '{{a',
  '{"a":',
  '[',
  '[a] ',
  '(',
  '((1',
  '- a: b\n',
  '\n',
  '\n\n',
  'a\n',
  '\r\n',
  '\t',
  'tag ',
  'User: ',
  'Human: hi\nBot: yo\n',
  'name: ',
  'text: ',
  'Question: a?\n',
  'Tweet: "a"\n',
  'a -> ',
  'a->b\n',
  '1,',
  '12 3.5 ',
  '$1,',
  '1/',
  '+1 (2) ',
  ' = ',
  'NaOH + ',
  '日',
  '日本語を食べる',
  'カ',
  'a, b and c, ',
  'one of: ',
  'what is my ',
  'my dog is called ',
  'Ada Berg ',
  '? ',
  '. ',
  ': ',
  '/',
  '____',
  '**',
  '@',
  'a.b-c+',
  'http://',
  '2026-01-02 ',
  'May 1 ',
  '10:00 ',
  '😀',
  '→',
  'in the text answer ',
  'json ',
  '"a b c d" ',
  'in Paris and ',
  'summarize ',
  'Tweet: "a"\nSentiment: Positive\n',
  'classify as a or b "',
  'Bees eat many plants here. ',
  '{{a}} + ',
  '1+',
];
const beginnings = ['What is ', 'Classify as one of: good, bad.\n'];

function cost(text: string): number {
  if (model === undefined) throw new Error('The model is not in the catalogue.');
  const before = process.cpuUsage();
  generate({ system: '', turns: [{ role: 'user', text }], maxTokens: 300, stopSequences: [] }, model, '');
  const { user, system } = process.cpuUsage(before);
  return user + system;
}

/** The least of a few tries; no more than needed to come below `enough`. */
function leastCost(text: string, tries: number, enough = 0): number {
  let least = Number.POSITIVE_INFINITY;
  for (let count = 0; count < tries && least > enough; count += 1) least = Math.min(least, cost(text));
  return least;
}

it('300,000 characters of any shape cost at most five times as much as ordinary words', () => {
  const ordinary = 'The train to the coast leaves at nine and is rarely late. '
    .repeat(length / 50)
    .slice(0, length);
  leastCost(ordinary, 5);
  // Five times, and half as much again for what a busy machine adds.
  const limit = 7.5 * leastCost(ordinary, 5);
  const slow = beginnings.flatMap((beginning) =>
    shapes.flatMap((shape) => {
      const text = (beginning + shape.repeat(Math.ceil(length / shape.length))).slice(0, length);
      const spent = leastCost(text, 6, limit);
      return spent > limit ? [`${JSON.stringify(beginning + shape)}: ${(spent / limit) * 7.5} times`] : [];
    }),
  );
  expect(slow).toEqual([]);
}, 120_000);
