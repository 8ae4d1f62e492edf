import { toSecondPerson } from '../memory/pronouns.ts';
import type { Question } from '../question.ts';
import { wordAnswer } from './answers/words.ts';
import { aboutForms } from './asked/about-forms.ts';
import { aboutSentence } from './asked/about-sentence.ts';
import { aboutParticles, aboutWords, asksForWord } from './asked/about-words.ts';
import { findEnglish } from './find-word.ts';
import { readStyle, type Style } from './style.ts';

/**
 * What the teacher says to what a student asked; `undefined`: nothing a teacher knows. `instructions` are the prompts
 * that make a teacher of the model, empty where there are none. Pure.
 */
export function teach(asked: string, instructions: string, question: Question): string | undefined {
  const style = readStyle(instructions, question);
  const isTutor = instructions !== '';
  return (
    (isTutor ? courtesy(asked, style) : undefined) ??
    aboutForms(asked, question, style, isTutor) ??
    aboutParticles(asked, style) ??
    aboutWords(asked, style, isTutor) ??
    aboutSentence(asked, question, style, isTutor)
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
