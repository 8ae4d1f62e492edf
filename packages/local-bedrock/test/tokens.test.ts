import { describe, expect, it } from 'vitest';
import fc from '../../../test/properties.ts';
import { countTokens, cutToTokens } from '../src/words/tokens.ts';

const anyText = fc.string({ unit: 'grapheme', maxLength: 300 });

describe('tokens', () => {
  it.each([
    ['', 0],
    ['Hello, how are you?', 6],
    ['internationalisation', 4],
    ['12 * 7 = 84', 5],
    ['1234567', 3],
    ['日本語', 3],
    ['a\n\nb', 3],
    [`a${' '.repeat(1_600)}b`, 102],
  ])('counts %j as %i', (text, expected) => {
    expect(countTokens(text)).toBe(expected);
  });

  it('comes to about four characters a token in English', () => {
    const prose =
      'The neutralisation of an acid with a base gives a salt and water. It is a reaction that people meet every day, for instance when they take something against a sour stomach or put lime on a field whose soil has become too acidic for wheat.';
    const ratio = prose.length / countTokens(prose);
    expect(ratio).toBeGreaterThan(3.5);
    expect(ratio).toBeLessThan(5);
  });

  it('cuts at a token, so that what is left counts as the limit', () => {
    expect(cutToTokens('Hello, how are you?', 4)).toEqual({
      text: 'Hello, how are',
      tokens: 4,
      wasCut: true,
    });
    expect(cutToTokens('Hello', 0)).toEqual({ text: '', tokens: 0, wasCut: true });
    expect(cutToTokens('Hello', 1)).toEqual({ text: 'Hello', tokens: 1, wasCut: false });
  });

  it('keeps the beginning of any text, never more than the limit, and counts it the same again', () => {
    fc.assert(
      fc.property(anyText, fc.nat(60), (text, limit) => {
        const cut = cutToTokens(text, limit);
        expect(text.startsWith(cut.text)).toBe(true);
        expect(cut.tokens).toBe(countTokens(cut.text));
        expect(cut.tokens).toBe(Math.min(limit, countTokens(text)));
        expect(cut.wasCut).toBe(countTokens(text) > limit);
      }),
    );
  });
});
