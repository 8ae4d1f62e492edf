import { parseHTML } from 'linkedom';
import { describe, expect, it } from 'vitest';
import { renderMarkdown } from '../../../lib/web/render-markdown.ts';
import fc from '../../properties.ts';

const hostile = [
  '<script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '<svg/onload=alert(1)>',
  '<a href="javascript:alert(1)">x</a>',
  '[x](javascript:alert(1))',
  '[x](JaVaScRiPt:alert(1))',
  '[x](&#106;avascript:alert(1))',
  '[x](data:text/html,<script>alert(1)</script>)',
  '[x](https://evil.example/" onmouseover="alert(1))',
  '![x](https://evil.example/pixel.png)',
  '![x](x" onerror="alert(1))',
  '<javascript:alert(1)>',
  '[x]: javascript:alert(1)\n\n[x]',
  '```"><script>alert(1)</script>\nx\n```',
  '| <img src=x onerror=alert(1)> |\n| --- |\n| <script>alert(1)</script> |',
  '<style>body{display:none}</style>',
  '<iframe src="https://evil.example"></iframe>',
  '漢(かん)<img src=x>字(じ)',
];
const allowed: Record<string, readonly string[]> = {
  a: ['href', 'target', 'rel'],
  pre: ['tabindex'],
  div: ['class', 'role', 'aria-label', 'tabindex'],
  ruby: ['lang'],
  td: ['align'],
  th: ['align'],
  ol: ['start'],
};
const harmless = new Set(
  'a p pre div code em strong del ul ol li blockquote h1 h2 h3 h4 h5 h6 hr br table thead tbody tr td th ruby rt rp'.split(
    ' ',
  ),
);

/** What in the HTML could do something. */
function dangers(html: string): string[] {
  const { document } = parseHTML(`<html><body>${html}</body></html>`);
  return [...document.body.querySelectorAll('*')].flatMap((found) => {
    const name = found.tagName.toLowerCase();
    const attributes = [...found.attributes].map((attribute) => attribute.name);
    const wrong = attributes.filter((attribute) => !allowed[name]?.includes(attribute));
    const href = found.getAttribute('href') ?? 'https://fine.example';
    const isHarmless = harmless.has(name) && /^(?:https?:\/\/|mailto:)/i.test(href);
    return isHarmless ? wrong.map((attribute) => `${name} ${attribute}`) : [`${name} ${href}`];
  });
}

describe('Markdown', () => {
  it.each(hostile)('loads and runs nothing: %s', (text) => {
    expect(dangers(renderMarkdown(text))).toEqual([]);
  });

  it('loads and runs nothing, however hostile pieces are put together', () => {
    const pieces = fc.constantFrom(
      ...hostile,
      '\n',
      ' ',
      '"',
      "'",
      '<',
      '>',
      '`',
      '](',
      '![',
      '漢(かん)',
      '&lt;',
    );
    const text = fc.array(pieces, { maxLength: 8 }).map((parts) => parts.join(''));
    fc.assert(fc.property(text, (given) => dangers(renderMarkdown(given)).length === 0));
  });

  it('keeps what a model writes as HTML readable', () => {
    expect(renderMarkdown('Use <b> for bold')).toContain('Use &lt;b&gt; for bold');
  });

  it('shows what is nested too deeply for a parser as it was written', () => {
    const html = renderMarkdown(`${'> '.repeat(4_000)}<b>deep</b>\nbelow`);
    expect(html).toContain('&lt;b&gt;deep&lt;/b&gt;<br>below');
  });

  it('opens links elsewhere, and tells them nothing of this page', () => {
    expect(renderMarkdown('[docs](https://docs.example/a?b=1&c=2)')).toBe(
      '<p><a href="https://docs.example/a?b=1&amp;c=2" target="_blank" rel="noopener noreferrer">docs</a></p>\n',
    );
  });

  it('has readings above the characters, but not in code', () => {
    expect(renderMarkdown('**漢字 (かんじ)**')).toContain('<rt>かんじ</rt>');
    expect(renderMarkdown('`漢字 (かんじ)`')).not.toContain('<ruby');
  });
});
