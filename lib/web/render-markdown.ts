import { createRequire } from 'node:module';
import type { Marked, Tokens } from 'marked';
import { notInstalled } from '../base/not-installed.ts';
import { escapeHtml } from '../notebook/display.ts';
import { withFurigana } from './furigana.ts';

/** Addresses that a link may have: no script, no file, nothing relative to the page. */
const safeAddress = /^(?:https?:\/\/|mailto:)[^\s"'<>]+$/i;

let marked: Marked | undefined;

function newMarked(): Marked {
  const { Marked } = loadMarked();
  return new Marked({
    async: false,
    gfm: true,
    // Models end lines as people do in a chat.
    breaks: true,
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
}

/** An optional package, loaded when first used. Bundlers follow a plain `require`, which only their output has. */
function loadMarked(): typeof import('marked') {
  try {
    return typeof require === 'function' ? require('marked') : createRequire(import.meta.url)('marked');
  } catch (cause) {
    return notInstalled('marked', 'Markdown')(cause);
  }
}

/**
 * A model's Markdown as HTML that holds no script, no attribute of the model's, and loads nothing. Pure.
 *
 * @throws LibError of kind `file` without the package marked, which is optional
 */
export function renderMarkdown(text: string): string {
  return withFurigana(withScrolledTables(parse(text)));
}

/** What is nested so deeply that the parser gives up is shown as it was written. Pure. */
function parse(text: string): string {
  marked ??= newMarked();
  try {
    return marked.parse(text) as string;
  } catch {
    return `<p>${escapeHtml(text).replaceAll('\n', '<br>')}</p>\n`;
  }
}

/** A wide table is scrolled by itself, with the keyboard too. The tags are the renderer's: a model's are escaped. Pure. */
function withScrolledTables(html: string): string {
  return html
    .replaceAll('<table>', '<div class="wide" role="group" aria-label="Table" tabindex="0"><table>')
    .replaceAll('</table>', '</table></div>');
}
