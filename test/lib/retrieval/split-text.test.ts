import { describe, expect, it } from 'vitest';
import { splitText } from '../../../lib/retrieval/split-text.ts';
import fc from '../../properties.ts';

const words = (count: number, word = 'word') => Array.from({ length: count }, () => word).join(' ');

describe('splitText', () => {
  it('has all of the text in its pieces, in order, each as it stands there and none too long', () => {
    const line = fc.oneof(
      fc.constantFrom('', '# One', '## Two ##', '###### Six', '#none', '```', '~~~~', '    code', '  '),
      fc.constantFrom(
        '猫は一日中寝ています。犬は走ります。',
        '👩‍🚀'.repeat(9),
        'x'.repeat(70),
        'A b. C d! E f?',
      ),
      fc.string({ unit: 'binary', maxLength: 60 }),
      fc.lorem({ maxCount: 8, mode: 'sentences' }),
    );
    const sizes = fc.integer({ min: 20, max: 200 }).chain((maxCharacters) =>
      fc.record({
        maxCharacters: fc.constant(maxCharacters),
        overlapCharacters: fc.integer({ min: 0, max: Math.floor(maxCharacters / 2) }),
        format: fc.constantFrom('markdown' as const, 'plain' as const),
      }),
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 20 }), sizes, (lines, options) => {
        const text = lines.join('\n');
        let covered = 0;
        let before = { start: -1, end: 0 };
        for (const piece of splitText(text, options)) {
          expect(piece.text).toBe(text.slice(piece.start, piece.end));
          expect(piece.text.trim()).not.toBe('');
          expect(piece.text.length).toBeLessThanOrEqual(options.maxCharacters);
          expect(piece.start).toBeGreaterThan(before.start);
          expect(piece.end).toBeGreaterThan(before.end);
          expect(before.end - piece.start).toBeLessThanOrEqual(options.overlapCharacters);
          expect(text.slice(covered, Math.max(covered, piece.start)).trim()).toBe('');
          covered = piece.end;
          before = piece;
        }
        expect(text.slice(covered).trim()).toBe('');
      }),
      { numRuns: 300 },
    );
  });

  it('begins anew at each heading, and says which ones a piece stands under', () => {
    const text =
      '# Warranty\n\n## Length\n\nTwo years.\n\n## Returns ##\nWithin 30 days.\n# Prices\nSee the list.';
    expect(splitText(text).map(({ text: piece, headings }) => [headings, piece])).toEqual([
      [['Warranty', 'Length'], '# Warranty\n\n## Length\n\nTwo years.'],
      [['Warranty', 'Returns'], '## Returns ##\nWithin 30 days.'],
      [['Prices'], '# Prices\nSee the list.'],
    ]);
    expect(splitText(text, { format: 'plain' })).toHaveLength(1);
  });

  it('keeps code together, and takes nothing in it for a heading', () => {
    const code = '```sh\n# not a heading\n\nnpm start\n```';
    const pieces = splitText(`Before. ${words(8)}.\n\n${code}\n\nAfter. ${words(8)}.`, {
      maxCharacters: 60,
      overlapCharacters: 0,
    });
    expect(pieces.map(({ text }) => text)).toEqual([`Before. ${words(8)}.`, code, `After. ${words(8)}.`]);
    expect(pieces.every(({ headings }) => headings.length === 0)).toBe(true);
  });

  it('divides between sentences, and repeats whole ones', () => {
    const sentences = ['One comes first.', 'Two follows it.', 'Three is next.', 'Four ends it.'];
    const pieces = splitText(sentences.join(' '), { maxCharacters: 34, overlapCharacters: 17 });
    expect(pieces.map(({ text }) => text)).toEqual([
      'One comes first. Two follows it.',
      'Two follows it. Three is next.',
      'Three is next. Four ends it.',
    ]);
  });

  it('finds the sentences of Japanese', () => {
    const pieces = splitText('猫は一日中ずっと寝ています。犬は公園を走ります。', {
      maxCharacters: 20,
      overlapCharacters: 0,
    });
    expect(pieces.map(({ text }) => text)).toEqual(['猫は一日中ずっと寝ています。', '犬は公園を走ります。']);
  });

  it.each([
    [{ maxCharacters: 19 }, 'maxCharacters is 19'],
    [{ maxCharacters: Number.NaN }, 'maxCharacters is NaN'],
    [{ maxCharacters: 100, overlapCharacters: 51 }, 'overlapCharacters is 51'],
    [{ overlapCharacters: -1 }, 'overlapCharacters is -1'],
  ])('refuses %j', (options, message) => {
    expect(() => splitText('text', options)).toThrow(expect.objectContaining({ kind: 'request', message }));
  });

  it.each([
    ['line ends', (n: number) => `Page one.${'\n'.repeat(n)}Page two.`],
    ['spaces of a heading', (n: number) => `# Page${' '.repeat(n)}x\nText.`],
  ])('takes time in proportion to a run of %s', (_, make) => {
    const timeOf = (count: number) => {
      const begin = process.cpuUsage();
      splitText(make(count));
      const { user, system } = process.cpuUsage(begin);
      return (user + system) / 1_000;
    };
    timeOf(1_000);
    // Twice the text was four times the work, seconds of it: there is room for a busy machine.
    expect(timeOf(160_000)).toBeLessThan(3 * timeOf(80_000) + 200);
  });
});
