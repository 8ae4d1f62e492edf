import { Marked, type Tokens } from 'marked';
import { escapeHtml } from '../notebook/display.ts';

/** Addresses that a link may have: no script, no file, nothing relative to the page. */
const safeAddress = /^(?:https?:\/\/|mailto:)[^\s"'<>]+$/i;

const marked = new Marked({
  async: false,
  gfm: true,
  renderer: {
    // A model's HTML is text: it is shown, never run.
    html: ({ text }: Tokens.HTML | Tokens.Tag) => escapeHtml(text),
    // A picture would tell its server what was said.
    image: ({ text, href }) => `${escapeHtml(text)} (${escapeHtml(href)})`,
    link({ href, tokens }) {
      const inside = this.parser.parseInline(tokens);
      if (!safeAddress.test(href)) return inside;
      return `<a href="${escapeHtml(href)}" target="_blank" rel="noopener noreferrer">${inside}</a>`;
    },
    code: ({ text }) => `<pre tabindex="0"><code>${escapeHtml(text)}</code></pre>`,
    checkbox: ({ checked }) => (checked ? '☑ ' : '☐ '),
  },
});

/** A model's Markdown as HTML that holds no script, no attribute of the model's, and loads nothing. Pure. */
export function renderMarkdown(text: string): string {
  return withFurigana(marked.parse(text) as string);
}

const reading =
  /(\p{Script=Han}[\p{Script=Han}々]*)\s?[(（]([\p{Script=Hiragana}\p{Script=Katakana}ー]+)[)）]/gu;

/** `漢字 (かんじ)` as ruby, in texts only: not inside tags, and not in code. Pure. */
function withFurigana(html: string): string {
  const parts = html.split(/(<pre[\s\S]*?<\/pre>|<code>[\s\S]*?<\/code>|<[^>]*>)/);
  return parts
    .map((part) =>
      part.startsWith('<')
        ? part
        : part.replace(reading, '<ruby lang="ja">$1<rp>(</rp><rt>$2</rt><rp>)</rp></ruby>'),
    )
    .join('');
}
