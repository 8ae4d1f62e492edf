import { createRequire } from 'node:module';
import type { Question } from './question.ts';

const persona =
  /\bjapanese\b[^.\n]{0,60}\b(?:teacher|tutor|instructor|sensei|class|lesson|language)|\b(?:teacher|tutor|instructor|coach)\b[^.\n]{0,60}\bjapanese\b|\b(?:teach|learn|translate)\w*\b[^.\n]{0,80}\bjapanese\b|日本語の先生/i;
const direct =
  /\bconjugat\w*|\b(?:in|into|to) japanese\b|\bjapanese (?:word|verb|for)\b|\bform of\b.{0,20}[\p{Script=Han}\p{Script=Hiragana}]/iu;
const otherTask = /\bsummar|\bclassif|\bjson\b|\bextract\b|\brate\b/i;

/**
 * A teacher of Japanese: conjugates verbs and adjectives by rule, knows a vocabulary, and gives clues to simple
 * sentences, or makes them where the system prompt asks for translations. A small model takes verbs for those of the
 * other group, and translates although it was told to give clues.
 */
export function japaneseTutor(question: Question): string | undefined {
  const { system, prompt, earlier } = question;
  const first = earlier.find(({ role }) => role === 'user')?.text ?? '';
  const instructions = [system, first, prompt].filter((text) => persona.test(text)).join('\n');
  if (instructions === '' && !direct.test(prompt)) return undefined;
  if (otherTask.test(prompt) || prompt.length > 1_500) return undefined;
  const asked = askedOf(prompt);
  if (asked === '') return undefined;
  return teacher().teach(asked, instructions, question);
}

/** Loaded with its vocabulary for the first student: most endpoints have none, and a skill cannot wait for an import. Bundlers follow `require`. */
function teacher(): typeof import('./japanese/teach.ts') {
  return typeof require === 'function'
    ? require('./japanese/teach.ts')
    : createRequire(import.meta.url)('./japanese/teach.ts');
}

/** What the student says: the quoted words where a persona and the words share one prompt, else all. */
function askedOf(prompt: string): string {
  if (!persona.test(prompt)) return prompt;
  const quoted = [...prompt.matchAll(/["“]([^"”\n]{3,})["”]/g)].at(-1)?.[1];
  const after = /\b(?:student|user|sentence|input|question|text)\b[^:\n]{0,30}:\s*([^\n]+)\s*$/i.exec(
    prompt,
  )?.[1];
  return (
    quoted ??
    after ??
    (prompt.split(/\n\s*\n/).length > 1 ? (prompt.split(/\n\s*\n/).at(-1) ?? '').trim() : prompt)
  );
}
