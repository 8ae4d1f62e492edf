import type { Question } from './question.ts';

/** How a prompt wants a one-word answer: alone, in a tag, or as JSON. `prefix` and `suffix` go around it. */
interface AnswerForm {
  readonly prefix: string;
  readonly suffix: string;
}

/** The form of a one-word answer: in the tag the prompt leaves empty, under the JSON key it shows, or bare. Pure. */
export function answerForm({ prompt, system, prefill }: Question, isText = false): AnswerForm {
  const begun = /<([A-Za-z][\w-]{0,40})>$/.exec(prefill)?.[1];
  if (begun !== undefined) return { prefix: '', suffix: `</${begun}>` };
  if (prefill !== '') return { prefix: '', suffix: '' };
  const asked = `${system}\n${withoutFenced(prompt)}`;
  const tag = blankTags(asked).at(-1);
  if (tag !== undefined) return { prefix: `<${tag}>`, suffix: `</${tag}>` };
  const key = /json/i.test(asked) ? /\{\s*"(\w{1,40})"\s*:/.exec(asked)?.[1] : undefined;
  if (key === undefined) return { prefix: '', suffix: '' };
  const quote = isText ? '"' : '';
  return { prefix: `{"${key}": ${quote}`, suffix: `${quote}}` };
}

/** A form a prompt asks to have filled in. */
export type Form =
  /** Lines with `{{name}}` in them, each filled where it stands. */
  | { readonly kind: 'lines'; readonly lines: readonly string[] }
  /** Tags the prompt only mentions, such as `<salt></salt>` in a sentence. */
  | { readonly kind: 'tags'; readonly tags: readonly string[] };

const placeholder = /\{\{\s*([\w -]{1,40}?)\s*\}\}/g;
const emptyTag = /<([A-Za-z][\w-]{0,40})>[ \t]*(?:\.{3}|…|\?+|_+|\[[^\]<>]{0,80}\])?[ \t]*<\/\1>/g;

const openingTag = /<([A-Za-z][\w-]{0,40})>/g;
const closingTag = /<\/([A-Za-z][\w-]{0,40})>/g;

const imperative =
  /^\s*(?:please\s+)?(?:give|write|complete|fill|answer|use|make|show|balance|replace|put|finish|provide)\b/i;

/** The form in a prompt, or `undefined` when it leaves nothing blank. Double braces come before tags. */
export function findForm(prompt: string): Form | undefined {
  if (!prompt.includes('{{') && !prompt.includes('<')) return undefined;
  const lines = prompt.split('\n');
  const withPlaceholders = lines.filter((line) => line.match(placeholder) !== null).map(formPart);
  if (withPlaceholders.length > 0) return { kind: 'lines', lines: mostFormal(withPlaceholders) };
  const tags = blankTags(prompt);
  return tags.length === 0 ? undefined : { kind: 'tags', tags };
}

/** The tags a prompt wants filled: those it shows empty, or names without ever closing. In order, each once. */
function blankTags(prompt: string): string[] {
  if (!prompt.includes('<')) return [];
  const closed = new Set([...prompt.matchAll(closingTag)].map((match) => match[1]));
  const empty = new Set([...prompt.matchAll(emptyTag)].map((match) => match[1]));
  const named = [...prompt.matchAll(openingTag)].map(([, tag = '']) => tag);
  return [...new Set(named)].filter((tag) => empty.has(tag) || !closed.has(tag));
}

/** The names of all blanks in a form, in order. */
export function blankNames(form: Form): string[] {
  if (form.kind === 'tags') return [...form.tags];
  return form.lines.flatMap((line) => [...line.matchAll(placeholder)].map((match) => match[1] ?? ''));
}

/** The form with every blank filled. `valueFor` gets the blank's name and, for braces, the line it stands in. */
export function fillForm(form: Form, valueFor: (name: string, line: string) => string): string {
  if (form.kind === 'tags') return form.tags.map((tag) => `<${tag}>${valueFor(tag, '')}</${tag}>`).join('\n');
  return form.lines
    .map((line) =>
      line
        .replace(placeholder, (_, name: string) => valueFor(name, line))
        .replace(/\s*\+\s*(?=$|[.;,])/g, '')
        .trim(),
    )
    .join('\n');
}

/** Cuts a sentence off in front of a form on the same line. */
function formPart(line: string): string {
  const first = line.search(/\{\{/);
  const prose = line.slice(0, first);
  const isProse = imperative.test(prose) || prose.split(/\s+/).length > 8;
  return isProse ? line.slice(first, line.lastIndexOf('}}') + 2) : line.trim();
}

/** Where some lines are equations and others only talk about the blanks, the equations are the form. */
function mostFormal(lines: readonly string[]): readonly string[] {
  const equations = lines.filter((line) => /->|→|=|:|<\w/.test(line.replace(placeholder, '')));
  return equations.length > 0 ? equations : lines;
}

/** Tags that hold an answer or instructions, not the text that a prompt is about. */
const notData =
  /^(?:sentiment|label|category|class|answer|output|topic|intent|emotion|score|number|rating|stars?|result|response|schema|examples?|instructions?|format|question|summary|salt|equation)$/i;

/** A text that a prompt gives between tags: what is in it is data, whatever it says. */
interface Fenced {
  readonly tag: string;
  readonly text: string;
  /** Where the opening tag begins. */
  readonly start: number;
  /** Where the closing tag ends. */
  readonly end: number;
}

/** The last text of a prompt that stands between a pair of tags, other tags in it or not. Pure. */
export function lastFenced(prompt: string): Fenced | undefined {
  if (!prompt.includes('</')) return undefined;
  for (const match of [...prompt.matchAll(closingTag)].reverse().slice(0, 40)) {
    const tag = match[1] ?? '';
    const opening = `<${tag}>`;
    const start = prompt.lastIndexOf(opening, match.index - 1);
    const text = start < 0 ? '' : prompt.slice(start + opening.length, match.index);
    if (text.trim() === '' || notData.test(tag)) continue;
    return { tag, text: text.trim(), start, end: match.index + match[0].length };
  }
  return undefined;
}

/** Worked examples in the same tags as the last text: each text with the short tag that follows it. Pure. */
export function fencedExamples(prompt: string, { tag, start }: Fenced): { text: string; label: string }[] {
  return prompt
    .slice(0, start)
    .split(`<${tag}>`)
    .slice(1)
    .flatMap((part) => {
      const end = part.indexOf(`</${tag}>`);
      const label = /^\s*<([A-Za-z][\w-]{0,40})>([^<]{1,80})<\/\1>/.exec(
        part.slice(end + tag.length + 3),
      )?.[2];
      return end < 0 || label === undefined ? [] : [{ text: part.slice(0, end).trim(), label: label.trim() }];
    });
}

/** The prompt without its fenced texts and their examples' answers: what is asked. Pure. */
export function withoutFenced(prompt: string): string {
  const data = lastFenced(prompt);
  if (data === undefined) return prompt;
  const head = prompt.slice(0, data.start);
  const [first = '', ...parts] = head.split(`<${data.tag}>`);
  const rest = parts.map((part) =>
    part.slice(Math.max(0, part.indexOf(`</${data.tag}>`) + data.tag.length + 3)),
  );
  return [first, ...rest, prompt.slice(data.end)].join(' ');
}
