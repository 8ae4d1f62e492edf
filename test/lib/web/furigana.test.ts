import { describe, expect, it } from 'vitest';
import { withFurigana } from '../../../lib/web/render-markdown.ts';
import fc from '../../properties.ts';

/** `{漢字|かんじ}` in place of the tags. */
const read = (html: string) =>
  withFurigana(html)
    .replace(/<ruby lang="ja">/g, '{')
    .replace(/<rp>\(<\/rp><rt>/g, '|')
    .replace(/<\/rt><rp>\)<\/rp><\/ruby>/g, '}');

describe('a reading in brackets', () => {
  it.each([
    ['漢字 (かんじ)', '{漢字|かんじ}'],
    ['漢字（かんじ）', '{漢字|かんじ}'],
    ['日本語[にほんご]で食[た]べる', '{日本語|にほんご}で{食|た}べる'],
    ['食べる(たべる)', '{食|た}べる'],
    ['食べ物(たべもの)です', '{食|た}べ{物|もの}です'],
    ['引き出し(ひきだし)', '{引|ひ}き{出|だ}し'],
    ['私は学生(がくせい)です', '私は{学生|がくせい}です'],
    ['人々(ひとびと)', '{人々|ひとびと}'],
    ['飲む (のむ, nomu)', '{飲|の}む (nomu)'],
    ['水（みず、water）を飲む（のむ / to drink）', '{水|みず} (water)を{飲|の}む (to drink)'],
  ])('of %s stands above its characters', (text, expected) => {
    expect(read(text)).toBe(expected);
  });

  it.each(['食べる(のむ)', '漢字(kanji)', '漢字', '(かんじ)', 'ひらがな(ひらがな)', '漢字(か'])(
    'is left as it is where it is not one of the word: %s',
    (text) => {
      expect(withFurigana(text)).toBe(text);
    },
  );

  it('is left alone in code and inside tags', () => {
    const html = '<pre><code>漢字(かんじ)</code></pre><a title="漢字(かんじ)">x</a><code>漢字(かんじ)</code>';
    expect(withFurigana(html)).toBe(html);
  });

  it('takes no character away that is no bracket and no space, and adds none, whatever the text', () => {
    const unit = fc.constantFrom('漢', '食', 'べ', 'る', 'ー', '(', ')', '[', ']', ' ', 'a');
    const letters = (text: string) => [...text.replace(/<[^>]*>|[()[\]\s]/g, '')].sort().join('');
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 60 }), (text) => {
        return letters(withFurigana(text)) === letters(text);
      }),
    );
  });
});
