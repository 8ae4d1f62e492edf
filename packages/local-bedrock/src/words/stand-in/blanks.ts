/** A form a prompt asks to have filled in. */
export type Form =
  /** Lines with `{{name}}` in them, each filled where it stands. */
  | { readonly kind: 'lines'; readonly lines: readonly string[] }
  /** Lines of tags, some of them empty, each filled where it stands. */
  | { readonly kind: 'block'; readonly lines: readonly string[] }
  /** Tags the prompt only mentions, such as `<salt></salt>` in a sentence. */
  | { readonly kind: 'tags'; readonly tags: readonly string[] };

export const placeholder = /\{\{\s*([\w -]{1,40}?)\s*\}\}/g;
export const emptyTag = /<([A-Za-z][\w-]{0,40})>[ \t]*(?:\.{3}|…|\?+|_+|\[[^\]<>]{0,80}\])?[ \t]*<\/\1>/g;

const openingTag = /<([A-Za-z][\w-]{0,40})>/g;
const closingTag = /<\/([A-Za-z][\w-]{0,40})>/g;
const anyTag = /<\/?[A-Za-z][\w-]{0,40}>/g;

const imperative =
  /^\s*(?:please\s+)?(?:give|write|complete|fill|answer|use|make|show|balance|replace|put|finish|provide)\b/i;

/** The form in a prompt, or `undefined` when it leaves nothing blank. Double braces come before tags. */
export function findForm(prompt: string): Form | undefined {
  if (!prompt.includes('{{') && !prompt.includes('<')) return undefined;
  const lines = prompt.split('\n');
  const withPlaceholders = lines.filter((line) => line.match(placeholder) !== null).map(formPart);
  if (withPlaceholders.length > 0) return { kind: 'lines', lines: mostFormal(withPlaceholders) };
  const block = tagBlock(lines);
  if (block.length > 0) return { kind: 'block', lines: block };
  const tags = blankTags(prompt);
  return tags.length === 0 ? undefined : { kind: 'tags', tags };
}

/** The tags a prompt wants filled: those it shows empty, or names without ever closing. In order, each once. */
export function blankTags(prompt: string): string[] {
  if (!prompt.includes('<')) return [];
  const closed = new Set([...prompt.matchAll(closingTag)].map((match) => match[1]));
  const empty = [...prompt.matchAll(emptyTag)].map((match) => ({ at: match.index, tag: match[1] ?? '' }));
  const unclosed = [...prompt.matchAll(openingTag)]
    .map((match) => ({ at: match.index, tag: match[1] ?? '' }))
    .filter(({ tag }) => !closed.has(tag));
  const tags = [...empty, ...unclosed].sort((one, other) => one.at - other.at).map(({ tag }) => tag);
  return [...new Set(tags)];
}

/** The names of all blanks in a form, in order. */
export function blankNames(form: Form): string[] {
  if (form.kind === 'tags') return [...form.tags];
  const blank = form.kind === 'lines' ? placeholder : emptyTag;
  return form.lines.flatMap((line) => [...line.matchAll(blank)].map((match) => match[1] ?? ''));
}

/** The form with every blank filled. `valueFor` gets the blank's name and, for braces, the line it stands in. */
export function fillForm(form: Form, valueFor: (name: string, line: string) => string): string {
  if (form.kind === 'tags') return form.tags.map((tag) => `<${tag}>${valueFor(tag, '')}</${tag}>`).join('\n');
  if (form.kind === 'block') {
    return form.lines
      .map((line) => line.replace(emptyTag, (_, tag: string) => `<${tag}>${valueFor(tag, '')}</${tag}>`))
      .join('\n');
  }
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

/** The first run of lines made of tags alone that has an empty tag in it. */
function tagBlock(lines: readonly string[]): string[] {
  const isTags = (line: string) => line.match(anyTag) !== null && withoutBlanks(line).trim() === '';
  const start = lines.findIndex((line) => isTags(line) && line.match(emptyTag) !== null);
  if (start < 0) return [];
  let first = start;
  while (first > 0 && isTags(lines[first - 1] ?? '')) first -= 1;
  let end = start + 1;
  while (end < lines.length && isTags(lines[end] ?? '')) end += 1;
  return lines.slice(first, end);
}

function withoutBlanks(line: string): string {
  return line.replace(emptyTag, '').replace(anyTag, '');
}
