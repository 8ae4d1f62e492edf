import { chooseLabel, rankLabels } from './choose-label.ts';
import { readLabelledText } from './labelled-text.ts';
import { readLabels } from './labels.ts';
import type { Question } from './question.ts';
import { answerForm } from './short-answer.ts';

const cue =
  /classif|categor|\blabels?\b|sentiment|one of (?:the|these)|\bsort\b.{0,60}\binto\b|\btag\b.{0,40}\bas\b|intent|answer (?:with|only|yes)|reply with|\broute\b|triage|\bspam\b|positive|emotion|\btone\b|which (?:category|topic|team|department|queue)/i;

const severalWanted =
  /\ball (?:labels |categories |names )?(?:that|which) (?:fit|apply)|\bof all that\b|\bseparated by commas|\bcomma[- ]separated|\bone or more (?:labels|categories)|\bmulti-?label/i;
/** The words of a caller who asks again. */
const couldNotBeUsed = /could not be used|is none of|not one of the/i;

/**
 * Classification: answers with one of the labels the prompt offers. What a text is labelled follows from the words it
 * shares with a label, its description and the prompt's own examples, and for opinions from a sentiment lexicon.
 * A small model puts a space in front, and without examples to follow it chats around the label.
 */
export function label(question: Question): string | undefined {
  const { instruction, text, examples } = readLabelledText(question);
  if (text === '' || !(cue.test(instruction) || examples.length >= 2)) return undefined;
  const labels = readLabels(instruction, examples);
  if (labels.length < 2) return undefined;
  const { strength, seed } = question;
  const name = severalWanted.test(instruction)
    ? fittingLabels(rankLabels(text, labels, examples, strength))
    : chooseLabel(text, labels, examples, strength, seed());
  const isTold = examples.length > 0 || couldNotBeUsed.test(question.prompt);
  if (strength === 'small') return isTold ? ` ${name}` : chat(name, instruction);
  const { prefix, suffix } = answerForm(question, true);
  return `${prefix}${name}${suffix}`;
}

/** All labels that fit, the best first; `none` without one. */
function fittingLabels(ranked: readonly { name: string; score: number }[]): string {
  const [best] = ranked;
  if (best === undefined || best.score < 1) return 'none';
  const fitting = ranked.filter(({ score }) => score >= Math.max(1, 0.3 * best.score));
  return fitting.map(({ name }) => name).join(', ');
}

function chat(name: string, instruction: string): string {
  const subject = /sentiment/i.test(instruction)
    ? 'sentiment'
    : /categor/i.test(instruction)
      ? 'category'
      : 'answer';
  return ` I think the ${subject} is ${name}.`;
}
