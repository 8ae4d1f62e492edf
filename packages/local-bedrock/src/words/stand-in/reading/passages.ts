/** A text that a prompt gives to answer from. */
export interface Passage {
  /** How the prompt calls it, to be named in the answer; absent: it has no name. */
  readonly id?: string;
  readonly text: string;
}

/** A prompt that gives passages and asks a question about them, taken apart. */
export interface ReadingTask {
  readonly passages: readonly Passage[];
  readonly question: string;
  /** What the prompt calls its passages: `notes`, `text`, `context` and so on. */
  readonly noun: string;
}

const named =
  /<([A-Za-z][\w-]{0,30})\s+(?:id|name|source|number|index|title)\s*=\s*["']([^"'\n]{1,80})["'][^>]{0,200}>([\s\S]*?)<\/\1>/g;
const numbered =
  /^\s*\[([\w.-]{1,40})\][:.]?\s+(\S[^\n]*(?:\n(?!\s*\[[\w.-]{1,40}\]|\s*\n|\s*(?:question|q)\s*:)[^\n]+)*)/gim;
const tagged =
  /<(text|context|document|passage|article|knowledge|notes?|source|facts|information|reference|manual|faq)>([\s\S]*?)<\/\1>/gi;
const labelled =
  /(?:^|\n)\s*(?:the )?(text|context|document|passage|article|knowledge|notes?|facts|information|background|story)\s*:\s*([\s\S]+?)(?=\n\s*(?:question|q|answer|a|instructions?)\s*:|\n\s*\n\s*[^\n]{3,200}\?\s*$|$)/i;
const source =
  '(?:text|context|documents?|passages?|article|knowledge|notes?|facts|information|sources?|paragraph|story|following|below|above)';
const cue = new RegExp(
  `\\b(?:answer|reply|respond|use|using|based|according|rely|refer|consult|look)\\b[^.\\n]{0,80}\\b${source}\\b|\\b(?:from|in|given) (?:the |this |these |my )${source}\\b[^.\\n]{0,40}\\b(?:answer|only)`,
  'i',
);
const asked =
  /(?:^|\n)\s*(?:question|q)\s*:\s*([\s\S]+?)(?=\n\s*(?:answer|a|context|text|notes?)\s*:|\n\s*\n|$)/gi;
const otherTask = /\bsummar|\bclassif|\bjson\b|\bsentiment\b|\bexactly one of\b|\btranslate\b|\bcategor/i;

/** The passages and the question of a prompt; `undefined` where it gives nothing to answer from. Pure. */
export function readReadingTask(system: string, prompt: string): ReadingTask | undefined {
  const whole = system === '' ? prompt : `${system}\n\n${prompt}`;
  const ids = [...whole.matchAll(named)].map(([, , id = '', text = '']) => ({ id, text: text.trim() }));
  const frame = whole.replace(named, ' ');
  const instruction = frame.length > 4_000 ? `${frame.slice(0, 2_000)}\n${frame.slice(-2_000)}` : frame;
  if (ids.length === 0 && !cue.test(instruction) && !labelled.test(frame)) return undefined;
  if (otherTask.test(instruction.replace(asked, ' '))) return undefined;
  const question = questionOf(prompt);
  if (question === undefined) return undefined;
  const passages = ids.length > 0 ? ids : unnamed(whole, question);
  if (passages.length === 0) return undefined;
  return { passages: passages.filter(({ text }) => text !== ''), question, noun: nounOf(instruction) };
}

function unnamed(whole: string, question: string): Passage[] {
  const bracketed = [...whole.matchAll(numbered)].map(([, id = '', text = '']) => ({
    id,
    text: text.trim(),
  }));
  if (bracketed.length > 0) return bracketed;
  const tags = [...whole.matchAll(tagged)].map(([, , text = '']) => ({ text: text.trim() }));
  if (tags.length > 0) return tags;
  const text = labelled.exec(whole.replace(question, ' '))?.[2];
  if (text !== undefined && text.trim() !== '') return [{ text: text.trim() }];
  const rest = whole
    .replace(question, ' ')
    .split(
      /\n+|(?<=[.!?])\s+|(?<=(?:text|context|notes?|facts|information|passage|document)[^.\n]{0,30}:)\s+/i,
    )
    .filter(
      (part) =>
        !cue.test(part) &&
        !/^\s*(?:question|answer|q|a)\s*:?\s*$/i.test(part) &&
        !/^\s*you are\b/i.test(part),
    )
    .join('\n')
    .trim();
  return rest === '' ? [] : [{ text: rest }];
}

/** The question that is marked as one, or the last sentence that ends in a question mark outside the passages. */
function questionOf(prompt: string): string | undefined {
  const marked = [...prompt.matchAll(asked)].at(-1)?.[1]?.trim();
  if (marked !== undefined && marked !== '') return marked;
  const outside = prompt.replace(named, ' ').replace(tagged, ' ').replace(numbered, ' ');
  const last = outside
    .match(/[^.?!\n:]{3,300}\?/g)
    ?.at(-1)
    ?.trim();
  return last?.replace(/^(?:according to|based on|using|from|in)\b[^,]{0,60},\s*/i, '');
}

function nounOf(instruction: string): string {
  const word =
    /\b(notes|text|context|document|passage|article|sources|facts|information|manual|story)s?\b/i.exec(
      instruction,
    )?.[1];
  return (word ?? 'text').toLowerCase();
}
