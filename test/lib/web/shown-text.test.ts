import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeInput, showHidden, showName } from '../../../lib/web/shown-text.ts';

describe('what is shown for a decision', () => {
  it.each([
    ['a direction that is turned round', 'bob\u202e1 :tnuoma', 'bob\\u202e1 :tnuoma'],
    ['an isolate', '\u2066x\u2069', '\\u2066x\\u2069'],
    ['nothing at all', 'a\u200bb\ufeffc\u00ad', 'a\\u200bb\\ufeffc\\u00ad'],
    ['a filler that is a letter', '\u3164\u115f\uffa0', '\\u3164\\u115f\\uffa0'],
    ['a tag', '\u{e0041}', '\\udb40\\udc41'],
    ['half a character', '\ud800', '\\ud800'],
    ['a control character', 'a\u0007\u009b31m', 'a\\u0007\\u009b31m'],
    ['a line that is none', 'a\u2028b\u2029\r', 'a\\u2028b\\u2029\\u000d'],
    ['a space that is none of ours', 'a\u00a0b\u3000', 'a\\u00a0b\\u3000'],
    ['a Cyrillic letter in a Latin word', 'r\u0430ypal', 'r\\u0430ypal'],
    ['a Greek letter in an address', 'billing@g\u03bf\u03bfgle.com', 'billing@g\\u03bf\\u03bfgle.com'],
    ['a numeral that looks like a letter', 'paypa\u217c.com', 'paypa\\u217c.com'],
    ['a phonetic letter', 'p\u0251ypal', 'p\\u0251ypal'],
    ['a letter without its dot', 'ev\u0131l', 'ev\\u0131l'],
    ['small capitals', '\ua731ecure \u1d18aypal', '\\ua731ecure \\u1d18aypal'],
    ['the sign of a unit', '\u212aey', '\\u212aey'],
    ['slashes that are none', 'bank.com\u2215login bank.com\u2044x', 'bank.com\\u2215login bank.com\\u2044x'],
    ['a dot that is none', 'paypal\u2024com', 'paypal\\u2024com'],
    ['a Latin word in Cyrillic letters', '\u0440\u0430\u0443', '\\u0440\\u0430\\u0443'],
    ['that word in JSON', '{\n  "to": "\u0440\u0430\u0443"\n}', '{\n  "to": "\\u0440\\u0430\\u0443"\n}'],
    ['two scripts in a word', '\u13aa\u0435', '\\u13aa\\u0435'],
    ['a heap of marks', `a${'\u0301'.repeat(4)}`, `a${'\u0301'.repeat(3)}\\u0301`],
  ])('says so of %s', (_, given, shown) => {
    expect(showHidden(given)).toBe(shown);
  });

  it.each([
    'Привет, мир',
    'Купи сахар',
    '"один\\nдва"',
    'και τα λοιπά',
    'Việt Nam, Łódź, Straße, 1º',
    '1⁄2 a ∶ b',
    'Ελληνικά',
    '日本語 Tシャツ',
    'naïve café ﬁ',
    'שלום',
    'one\ntwo\tthree',
    '🍣 🇯🇵',
  ])('leaves people their own words: %s', (text) => {
    expect(showHidden(text)).toBe(text);
  });

  it('still reads as the same JSON', () => {
    const value = fc.jsonValue();
    fc.assert(
      fc.property(value, (input) => {
        expect(JSON.parse(describeInput(input))).toEqual(JSON.parse(JSON.stringify(input)));
      }),
      { numRuns: 30 },
    );
  });

  it('shows what a schema has made of the input, too', () => {
    expect(describeInput({ sum: 12n, of: new Set(['a']), by: new Map([['b', 1]]) }).replace(/\s/g, '')).toBe(
      '{"sum":"12n","of":["a"],"by":[["b",1]]}',
    );
  });

  it('gives a name one line', () => {
    expect(showName('read\n\u202enote')).toBe('read\\n\\u202enote');
    expect(showName('x'.repeat(100_000))).toMatch(/^x{60}…x{15} \(100000 characters\)$/);
  });
});
