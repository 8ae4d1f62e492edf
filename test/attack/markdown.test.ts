import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createFinishedBlocks, renderMarkdown } from '../../lib/web/render-markdown.ts';

/** Milliseconds of this process, whoever else uses the machine. */
function cpuOf(action: () => unknown): number {
  const before = process.cpuUsage();
  action();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

let made = 0;
/** A text that was never rendered, of this shape and length. */
const textOf = (shape: string, length: number) =>
  `${made++} ${shape.repeat(Math.ceil(length / shape.length))}`;

/** What a text of 40,000 characters costs, beside four times of what one of 10,000 does; the least of three tries. */
function expectLinear(shape: string, run: (text: string) => unknown): void {
  const least = (length: number) => Math.min(...[1, 2, 3].map(() => cpuOf(() => run(textOf(shape, length)))));
  const [short, long] = [least(10_000), least(40_000)];
  expect(long, `${JSON.stringify(shape)}: ${short} ms, then ${long} ms`).toBeLessThan(8 * short + 250);
}

const marks = [
  '*a_',
  '- ',
  '> ',
  '>',
  '1. ',
  '[',
  '![',
  '`a``',
  '~a',
  '***a',
  '[a](',
  '[a]: b\n',
  '|',
  '<',
  '<!--',
  '*a\n',
  '**a ',
  '_a*b',
  '- a\n\n',
  '|a\n',
  'a\n-',
  '\\',
  '&amp;',
  '食[た',
  '```\n',
  '~~~a\n```\n',
  '\n',
  ' \n',
  '  - a\n',
  '"',
  'http://a(',
  'a@b.',
  '<a ',
];

describe('Markdown of any shape', () => {
  it.each(marks)('takes time by its length: %j', (shape) => {
    expectLinear(shape, renderMarkdown);
  });

  it('takes time by its length, whatever the marks are', () => {
    const shape = fc
      .array(fc.constantFrom(...'*_~`[]()<>!|#-+.1 \n\ta"&\\:食（た'), { minLength: 1, maxLength: 8 })
      .map((marks) => marks.join(''));
    fc.assert(
      fc.property(shape, (each) => expectLinear(each, renderMarkdown)),
      { numRuns: 30 },
    );
  });

  it.each([
    [
      'lists in lists',
      (size: number) => Array.from({ length: size }, (_, depth) => `${'  '.repeat(depth)}- a`).join('\n'),
    ],
    [
      'a table of many columns',
      (size: number) => `${'|a'.repeat(size)}|\n${'|-'.repeat(size)}|\n${'|b\n'.repeat(size)}`,
    ],
  ])('takes time by its length: %s', (_, shape) => {
    const [short, long] = [shape(200), shape(400)].map((text) => cpuOf(() => renderMarkdown(text)));
    expect(long).toBeLessThan(8 * (short ?? 0) + 250);
  });

  it('that is dear is shown as it was written; what is around it stays Markdown', () => {
    const html = renderMarkdown(
      `**one**\n\n${'*a_'.repeat(1_000)}\n\n\`\`\`js\nconst a = [1];\n\`\`\`\n\n**two**`,
    );
    expect(html).toContain('<strong>one</strong>');
    expect(html).toContain('<p>*a_*a_');
    expect(html).toContain('<code>const a = [1];</code>');
    expect(html).toContain('<strong>two</strong>');
  });

  it('is rendered once, and then kept', () => {
    const text = textOf('A **word** and `code`.\n', 18_000);
    renderMarkdown(text);
    const again = cpuOf(() => {
      for (let time = 0; time < 200; time++) renderMarkdown(text);
    });
    const first = cpuOf(() => renderMarkdown(`${text} `));
    expect(again).toBeLessThan(20 * first + 50);
  });
});

describe('an answer that comes in pieces', () => {
  it.each([
    ['one fence', '```\n', 'const a = 1;\n'],
    ['one paragraph', '', 'a line of it\n'],
    ['one line', '', 'words '],
    ['many blocks', '', 'words\n\n'],
  ])('is cut into blocks in a time by its length: %s', (_, begin, line) => {
    const run = (lines: number) => {
      const blocks = createFinishedBlocks();
      let length = blocks.add(begin).length;
      for (let count = 0; count < lines; count++) length += blocks.add(line).length;
      return length + blocks.rest().length;
    };
    expect(run(1_000)).toBe(begin.length + 1_000 * line.length);
    const least = (lines: number) => Math.min(...[1, 2, 3].map(() => cpuOf(() => run(lines))));
    const [short, long] = [least(2_000), least(16_000)];
    expect(long).toBeLessThan(16 * short + 100);
  });
});
