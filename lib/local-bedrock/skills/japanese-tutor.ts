import { wordAnswer } from './japanese/answers/words.ts';
import { aboutForms } from './japanese/asked/about-forms.ts';
import { aboutSentence } from './japanese/asked/about-sentence.ts';
import { aboutParticles, aboutWords, asksForWord } from './japanese/asked/about-words.ts';
import { findEnglish } from './japanese/find-word.ts';
import { readStyle, type Style } from './japanese/style.ts';
import { toSecondPerson } from './memory/pronouns.ts';
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
  const style = readStyle(instructions, question);
  const isTutor = instructions !== '';
  const asked = askedOf(prompt);
  if (asked === '') return undefined;
  return (
    (isTutor ? courtesy(asked, style) : undefined) ??
    aboutForms(asked, question, style, isTutor) ??
    aboutParticles(asked, style) ??
    aboutWords(asked, style, isTutor) ??
    aboutSentence(asked, question, style, isTutor)
  );
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

/** Greetings, thanks, and a student who introduces themselves. */
function courtesy(asked: string, style: Style): string | undefined {
  const name = /\b(?:my name is|my name's|call me|I am called)\s+(\p{Lu}[\p{L}'-]*)/iu.exec(asked)?.[1];
  if (name !== undefined && !asksForWord.test(asked) && !/["“?]/.test(asked)) {
    const wish = /\bI (?:want|would like|need|hope|plan|am learning|study|like|live)\b[^.!?\n]*/i.exec(
      asked,
    )?.[0];
    const heard = wish === undefined ? '' : ` ${capitalised(toSecondPerson(wish))}: good.`;
    return `Nice to meet you, ${name}.${heard} Tell me a sentence in English, or ask me for the forms of a verb.`;
  }
  const phrase = findEnglish(asked.match(/[A-Za-z']+/g) ?? [], 0, 'noun');
  const words = asked.match(/[A-Za-z']+/g)?.length ?? 0;
  if (phrase === undefined || phrase.word.kind !== 'phrase' || phrase.length < words - 2 || words > 5)
    return undefined;
  return `${wordAnswer(phrase.word, style)} What would you like to say in Japanese?`;
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
