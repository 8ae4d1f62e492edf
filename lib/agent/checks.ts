import { LibError } from '../base/errors.ts';
import type { Check } from './guard.ts';

interface Pattern {
  readonly what: string;
  readonly pattern: RegExp;
  readonly isReal?: (match: string) => boolean;
}

/** Only what can be told by its form. Names and addresses take a model: a guardrail of Bedrock finds those. */
const patterns: readonly Pattern[] = [
  {
    what: 'an e-mail address',
    // Begun only where its first word begins: a long text must not be searched again from each of its characters.
    pattern: /(?<![\p{L}\p{N}._%+-])[\p{L}\p{N}._%+-]+@[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)+/gu,
  },
  { what: 'a card number', pattern: /(?<!\d)\d(?:[ -]?\d){12,18}(?!\d)/g, isReal: hasLuhnSum },
  { what: 'a telephone number', pattern: /(?<![\d\w])\+\d{1,3}(?:[ ()./-]*\d){7,12}(?!\d)/g },
  {
    what: 'a US social security number',
    pattern: /(?<!\d)(?!000|666|9)\d{3}-(?!00)\d{2}-(?!0000)\d{4}(?!\d)/g,
  },
];

/** Objects to personal data that can be told by its form: e-mail addresses, card, telephone and US social security numbers. Pure. */
export const personalData: Check = (text) => {
  const plain = text.normalize('NFKC');
  const found = patterns.filter(({ pattern, isReal = () => true }) =>
    [...plain.matchAll(pattern)].some(([match]) => isReal(match)),
  );
  if (found.length === 0) return undefined;
  return { check: 'personal data', reason: `It holds ${found.map(({ what }) => what).join(' and ')}.` };
};

/**
 * A check that objects to a topic by its words, in any case, as whole words. Words alone are easily talked around:
 * it is a first line, not the only one. Pure.
 *
 * @throws LibError of kind `request` without a word
 */
export function deniedTopic(topic: string, words: readonly string[]): Check {
  const named = words.map((word) => normal(word).trim()).filter((word) => word !== '');
  if (named.length === 0) {
    const hint = 'Pass the words that tell it.';
    throw new LibError(`The topic ${topic} has no words`, { kind: 'request', hint });
  }
  return (text) => {
    const plain = ` ${normal(text)} `;
    const isNamed = named.some((word) => plain.includes(` ${word} `));
    return isNamed ? { check: `topic: ${topic}`, reason: `It is about ${topic}.` } : undefined;
  };
}

/** Lower case, with one space for all that is no letter or digit. */
function normal(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}]+/gu, ' ');
}

/** The check digit of card numbers (ISO/IEC 7812-1). */
function hasLuhnSum(number: string): boolean {
  const digits = [...number.replace(/\D/g, '')].reverse().map(Number);
  const sum = digits.reduce((total, digit, index) => {
    const doubled = index % 2 === 1 ? digit * 2 : digit;
    return total + (doubled > 9 ? doubled - 9 : doubled);
  }, 0);
  return sum % 10 === 0;
}
