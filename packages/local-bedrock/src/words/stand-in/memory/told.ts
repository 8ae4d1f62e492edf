import type { Question } from '../question.ts';
import { readTranscript } from '../transcript.ts';

/** What the user has said, a sentence each, oldest first. */
export interface Told {
  /** Their messages before the one that asks, whole; of a summary, its sentences. */
  readonly messages: readonly string[];
  /** The sentences of a summary in the system prompt, of those messages and of the asking one. */
  readonly sentences: readonly string[];
}

const summaryCue =
  /summar|conversation so far|earlier (?:turns|messages|conversation)|previous(?:ly)?|\buser(?:'s)?\b/i;

/** Everything the user is known to have said: in a summary, in earlier turns and in the prompt itself. Pure. */
export function readTold({ system, earlier, prompt }: Question): Told {
  const turns = earlier.filter(({ role }) => role === 'user').map(({ text }) => text);
  const summary = fromSummary(system);
  const messages = summary === undefined ? turns : [...summary.said, ...turns];
  const said = [...(summary?.said ?? []), ...(summary?.prose ?? []), ...turns, prompt].flatMap(sentencesOf);
  return { messages, sentences: said.filter((sentence) => !sentence.endsWith('?')) };
}

/** A summary is prose, or lines of `User: …` and `Assistant: …`, of which only the user's count. */
function fromSummary(system: string): { said: string[]; prose: string[] } | undefined {
  if (!summaryCue.test(system)) return undefined;
  const turns = readTranscript(system);
  if (turns.length > 0) {
    return { said: turns.filter(({ role }) => role === 'user').map(({ text }) => text), prose: [] };
  }
  const quoted = [...system.matchAll(/\buser (?:said|asked|wrote|told)[^"“]{0,40}["“]([^"”]+)["”]/gi)];
  if (quoted.length > 0) return { said: quoted.flatMap((match) => sentencesOf(match[1] ?? '')), prose: [] };
  return { said: [], prose: [system] };
}

/** The sentences of a text. Pure. */
export function sentencesOf(text: string): string[] {
  return text
    .split(/(?<=[.!?。！？])["”]?\s+|\n+|(?<=[。！？])/)
    .map((sentence) => sentence.trim())
    .filter((sentence) => sentence !== '');
}
