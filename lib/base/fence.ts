import { checkInput } from './check-input.ts';
import { LibError } from './errors.ts';

/** Texts between tags that none of them can close. */
export interface Fence {
  /** The tag's name: the one that was asked for, or with a number behind it, such as `text-2`. */
  readonly tag: string;
  /** Each text between the tags, in the order given: `<text>…</text>`. The text itself is unchanged. */
  readonly fenced: readonly string[];
}

/**
 * Puts texts of others into a prompt so that a model can tell them from the instructions: each stands between a pair
 * of tags whose name occurs as a tag in none of them. The name is a function of the texts, so the same texts always
 * make the same prompt, and knowing the rule does not help anyone to write a text that breaks out: the name is chosen
 * after the text is known. Nothing is escaped, because a model that copies from a text must copy what was there.
 *
 * @param name of the tag, in letters
 * @throws LibError of kind `request` for another name
 * @see https://genai.owasp.org/llmrisk/llm01-prompt-injection/
 */
export function fence(name: string, texts: readonly string[]): Fence {
  checkInput('fence', { name, texts }, { name: 'text', texts: 'texts' });
  if (!/^[a-z]+$/i.test(name)) {
    const hint = 'Use letters only, such as text or tweet.';
    throw new LibError(`No tag can be named ${JSON.stringify(name)}`, { kind: 'request', hint });
  }
  const tag = freeTag(name, texts);
  return { tag, fenced: texts.map((text) => `<${tag}>${text}</${tag}>`) };
}

/** A text between tags that it cannot end, on lines of its own. Pure. */
export function fenced(name: string, text: string): string {
  return fence(name, [`\n${text}\n`]).fenced.join('');
}

/** The name, with the lowest number behind it that no text uses; the first is written without its number. */
function freeTag(name: string, texts: readonly string[]): string {
  const used = new Set<number>();
  const opening = new RegExp(`<[/\\\\]*${name.toLowerCase()}(?:-(\\d{1,9}))?`, 'g');
  for (const text of texts) {
    for (const [, number] of looseForm(text).matchAll(opening)) used.add(Number(number ?? 1));
  }
  let free = 1;
  while (used.has(free)) free += 1;
  return free === 1 ? name : `${name}-${free}`;
}

/** As a lenient reader sees it: `< / TEXT >`, full-width brackets and invisible characters make a tag as well. */
function looseForm(text: string): string {
  return text
    .normalize('NFKC')
    .replace(/[\s\p{Cf}\p{Cc}\p{Mn}]/gu, '')
    .toLowerCase();
}
