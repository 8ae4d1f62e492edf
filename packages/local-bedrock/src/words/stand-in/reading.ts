import type { Question } from './question.ts';
import { findAnswers } from './reading/find-answer.ts';
import { readReadingTask } from './reading/passages.ts';
import { answerForm } from './short-answer.ts';

/**
 * Questions about a text that the prompt gives: the sentences that answer, as they stand, with the names of their
 * notes in brackets where notes have names. What the text does not say is not answered. A small model always finds
 * something, and names no note.
 */
export function reading(question: Question): string | undefined {
  const task = readReadingTask(question.system, question.prompt);
  if (task === undefined) return undefined;
  const isCareful = question.strength === 'capable';
  const findings = findAnswers(task.passages, task.question, isCareful);
  const { prefix, suffix } = answerForm(question, true);
  if (findings.length === 0) {
    const verb = /s$/.test(task.noun) ? 'do' : 'does';
    return `${prefix}The ${task.noun} ${verb} not say.${suffix}`;
  }
  const cites = isCareful && task.passages.some(({ id }) => id !== undefined);
  const sentences = findings.map(({ sentence, id }, index) => {
    const isLastOfNote = findings[index + 1]?.id !== id;
    return cites && id !== undefined && isLastOfNote ? `${sentence} [${id}]` : sentence;
  });
  return `${prefix}${sentences.join(' ')}${suffix}`;
}
