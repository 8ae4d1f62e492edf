import type { Turn } from '../../families/family.ts';

const speaker = /^[ \t]*(Human|User|Student|Assistant|Bot|AI)[ \t]*:/gim;
const isUser = /^(?:human|user|student)$/i;

/** What is asked about a conversation that stands below it. */
const aboutConversation = /\b(?:conversation|transcript|dialogue|dialog|chat|summar\w*)\b/i;

/** A text in which a caller wrote a conversation down, taken apart. */
export interface WrittenConversation {
  /** What stands before the first speaker's name: instructions. */
  readonly preamble: string;
  /** The turns before the last one by the user. */
  readonly turns: readonly Turn[];
  readonly prompt: string;
  /** What the caller wrote behind the assistant's last name: the beginning of the answer. */
  readonly prefill: string;
}

/**
 * Prompts written for older models name the speakers inside one text: `User: …`, `Bot: …` and so on, up to a last
 * `Bot:` that asks for the answer. A text that does not end in the assistant's name is one prompt, whatever names
 * stand in it: then it is about a conversation and not one. Pure.
 */
export function splitTranscript(text: string): WrittenConversation {
  const lastLine = text.trim().slice(text.trim().lastIndexOf('\n') + 1);
  const asksForAnswer = /^[ \t]*(?:Assistant|Bot|AI)[ \t]*:/i.test(lastLine);
  const parts = asksForAnswer ? readSpeakers(text.trim()) : [];
  const prefill = parts.at(-1)?.text ?? '';
  const last = parts.findLastIndex(({ role }) => role === 'user');
  if (last < 0) return { preamble: '', turns: [], ...withoutFrame(text) };
  const preamble = text.trim().slice(0, parts[0]?.at).trim();
  if (prefill !== '' && aboutConversation.test(preamble)) {
    return { preamble: '', turns: [], prompt: text.trim(), prefill: '' };
  }
  return { preamble, turns: parts.slice(0, last).map(asTurn), prompt: parts[last]?.text ?? '', prefill };
}

/** The turns of a conversation that is written down as `User: …` and `Assistant: …` lines; none when it is not. Pure. */
export function readTranscript(text: string): Turn[] {
  return readSpeakers(text).map(asTurn);
}

function readSpeakers(text: string): { role: Turn['role']; text: string; at: number }[] {
  const names = [...text.matchAll(speaker)];
  return names.map((match, index) => ({
    role: isUser.test(match[1] ?? '') ? 'user' : 'assistant',
    text: text.slice(match.index + match[0].length, names[index + 1]?.index).trim(),
    at: match.index,
  }));
}

function asTurn({ role, text }: Turn): Turn {
  return { role, text };
}

function withoutFrame(text: string): { prompt: string; prefill: string } {
  const started = text
    .trim()
    .replace(/^(?:Human|User)[ \t]*:/, '')
    .trim();
  const lastLine = started.lastIndexOf('\n') + 1;
  const end = /^[ \t]*(?:Assistant|Bot)[ \t]*:(.*)$/.exec(started.slice(lastLine));
  if (end === null) return { prompt: started, prefill: '' };
  return { prompt: started.slice(0, lastLine).trim(), prefill: (end[1] ?? '').trim() };
}
