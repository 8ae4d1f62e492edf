const closing = /<\/([A-Za-z][\w-]{0,40})>/g;

/** Tags that hold an answer or instructions, not the text that a prompt is about. */
const notData =
  /^(?:sentiment|label|category|class|answer|output|topic|intent|emotion|score|number|rating|stars?|result|response|schema|examples?|instructions?|format|question|summary|salt|equation)$/i;

/** A text that a prompt gives between tags: what is in it is data, whatever it says. */
export interface Fenced {
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
  for (const match of [...prompt.matchAll(closing)].reverse().slice(0, 40)) {
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
