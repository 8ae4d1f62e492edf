import { describe, expect, it } from 'vitest';
import { createFinishedBlocks } from '../../../lib/web/render-markdown.ts';
import fc from '../../properties.ts';

/** What has ended after each piece, and the rest. */
function cut(...pieces: string[]): string[] {
  const blocks = createFinishedBlocks();
  return [...pieces.map((piece) => blocks.add(piece)), blocks.rest()];
}

describe('a block of Markdown', () => {
  it('has ended at a blank line', () => {
    expect(cut('One', '.\n', '\nTwo', '.')).toEqual(['', '', 'One.\n\n', '', 'Two.']);
  });

  it('has not ended at a blank line inside of a fence', () => {
    const code = '```js\na\n\nb\n```\n\n';
    expect(cut(code.slice(0, 10), code.slice(10), 'Then')).toEqual(['', code, '', 'Then']);
  });

  it('has not ended at another fence inside of a fence', () => {
    const code = '````\n```js\n\n```\n````\n\n';
    expect(cut(code)).toEqual([code, '']);
  });

  it('is whole: no character is lost or comes twice, however the text is cut', () => {
    const text = fc.string({ unit: fc.constantFrom('a', '\n', '\n\n', '```\n', '~~~', ' '), maxLength: 40 });
    fc.assert(
      fc.property(fc.array(text, { maxLength: 8 }), (pieces) => cut(...pieces).join('') === pieces.join('')),
    );
  });

  it('ends at the same places, however the text is cut', () => {
    const letters = fc.array(fc.constantFrom('a', '\n', '```', ' '), { maxLength: 40 });
    fc.assert(
      fc.property(letters, (pieces) => {
        const [finished = '', rest] = cut(pieces.join(''));
        const parts = cut(...pieces);
        return parts.at(-1) === rest && parts.slice(0, -1).join('') === finished;
      }),
    );
  });
});
