import { expect, it } from 'vitest';
import fc from '../../../test/properties.ts';
import { countTokens, cutToTokens, tokensOf } from '../src/words/tokens.ts';

/** The tokenizer as a pattern: what it is, but for its speed on hostile texts. */
const piece =
  / ?[A-Za-z]{1,6}| ?[0-9]{1,3}|[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]| ?[\p{L}\p{M}]{1,3}| ?[^\s\p{L}\p{M}\p{N}]|[ \t]{1,16}|\s{1,16}|./gsu;

const text = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        ' ',
        '  ',
        ' '.repeat(15),
        '\t',
        '\n',
        '\r\n',
        '\u00a0',
        'word',
        'Übung',
        'é',
        '日本',
        'たべる',
        'ー',
        '1',
        '2026',
        '½',
        '٣',
        '😀',
        '\ud83d',
        '\ude00',
        '→',
        '“',
        '.',
        '\u0301',
        'a',
        '𠮷',
        '𝒜',
      ),
      fc.string({ unit: 'grapheme', maxLength: 4 }),
      fc.string({ unit: 'binary', maxLength: 3 }),
    ),
    { maxLength: 30 },
  )
  .map((parts) => parts.join(''));

it('takes a text apart as its pattern does', () => {
  fc.assert(
    fc.property(text, fc.nat(20), (given, limit) => {
      const expected = [...given.matchAll(piece)].map(([token]) => token);
      expect([...tokensOf(given)]).toEqual(expected);
      expect(countTokens(given)).toBe(expected.length);
      expect(cutToTokens(given, limit).text).toBe(expected.slice(0, limit).join(''));
    }),
  );
});
