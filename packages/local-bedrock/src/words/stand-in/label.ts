import { answerForm } from './answer-form.ts';
import labelWords from './label-words.json' with { type: 'json' };
import { type Example, type Label, readLabelledText, readLabels } from './labelled-text.ts';
import type { Question, Strength } from './question.ts';
import { balance, readSentiment } from './sentiment.ts';
import { contentWords, overlap, stem, wordsOf } from './words.ts';

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
  const isCategory = /categor/i.test(instruction);
  const subject = /sentiment/i.test(instruction) ? 'sentiment' : isCategory ? 'category' : 'answer';
  return ` I think the ${subject} is ${name}.`;
}

const positive =
  /^(?:very |strongly |mostly )?(?:positive|pos|good|happy|joy|favou?rable|like|satisfied|promoter)$/i;
const negative =
  /^(?:very |strongly |mostly )?(?:negative|neg|bad|unhappy|sad|angry|anger|unfavou?rable|dislike|dissatisfied|detractor)$/i;
const neutral = /^(?:neutral|neither|objective|passive|none|unclear)$/i;
const mixed = /^(?:mixed|both|ambivalent)$/i;
const catchAll = /^(?:other|general|misc\w*|none|unknown|neutral|anything else|not spam|ham|no)\b/i;

/** Words that go with common labels. A small model does not know them. */
const associations = labelWords.map(({ labels, words }) => [new RegExp(labels, 'i'), words] as const);

/** Picks the label that fits a text. A small model misses negations and knows only words it was shown. Pure. */
export function chooseLabel(
  text: string,
  labels: readonly Label[],
  examples: readonly Example[],
  strength: Strength,
  seed: number,
): string {
  const isSentiment =
    labels.some(({ name }) => positive.test(name)) && labels.some(({ name }) => negative.test(name));
  const bySentiment = isSentiment ? sentimentLabel(text, labels, strength) : undefined;
  const [best, second] = rankLabels(text, labels, examples, strength);
  const isClear = best !== undefined && best.score >= 2 && best.score > 2 * (second?.score ?? 0);
  if (bySentiment !== undefined && !(bySentiment.isWeak && isClear)) return bySentiment.name;
  if (best !== undefined && best.score > 0) return best.name;
  const fallback =
    labels.find(({ name }) => neutral.test(name)) ?? labels.find(({ name }) => catchAll.test(name));
  return (fallback ?? labels[seed % labels.length])?.name ?? '';
}

/** The labels with how much speaks for each, the best first; of equals the first offered. Pure. */
function rankLabels(
  text: string,
  labels: readonly Label[],
  examples: readonly Example[],
  strength: Strength,
): { name: string; score: number }[] {
  const opinion = balance(readSentiment(text, strength === 'capable'));
  return labels
    .map((label) => {
      const mine = examples.filter((one) => one.label.toLowerCase() === label.name.toLowerCase());
      const alike = likeOpinion(opinion, mine, strength);
      return { name: label.name, score: score(text, label, mine, strength) + alike };
    })
    .sort((one, other) => other.score - one.score);
}

/** Labels whose examples are of one mind attract texts of that mind, whatever the labels are called. */
function likeOpinion(opinion: number, mine: readonly Example[], strength: Strength): number {
  if (mine.length === 0 || Math.abs(opinion) < 0.2) return 0;
  const opinions = mine.map(({ text }) => balance(readSentiment(text, strength === 'capable')));
  const mean = opinions.reduce((sum, value) => sum + value, 0) / opinions.length;
  return Math.abs(mean) < 0.2 || mean * opinion < 0 ? 0 : 1.5 * (1 - Math.abs(mean - opinion) / 2);
}

/** `undefined` when the lexicon has nothing to say, so that the prompt's own examples may. */
function sentimentLabel(
  text: string,
  labels: readonly Label[],
  strength: Strength,
): { name: string; isWeak: boolean } | undefined {
  const evidence = readSentiment(text, strength === 'capable');
  const both = labels.find(({ name }) => mixed.test(name))?.name;
  if (both !== undefined && Math.min(evidence.positive, evidence.negative) >= 1)
    return { name: both, isWeak: false };
  const value = balance(evidence);
  if (Math.abs(value) < 0.2) return undefined;
  const pattern = value > 0 ? positive : negative;
  const names = labels.map(({ name }) => name).filter((name) => pattern.test(name));
  const very = names.find((name) => /^(?:very|strongly)/i.test(name));
  const plain = names.find((name) => !/^(?:very|strongly)/i.test(name)) ?? very;
  const name = Math.abs(value) > 0.82 ? (very ?? plain) : plain;
  return name === undefined ? undefined : { name, isWeak: Math.abs(value) < 0.6 };
}

function score(text: string, label: Label, mine: readonly Example[], strength: Strength): number {
  const content = contentWords(text);
  const words = new Set(content);
  const hits = (source: string) => new Set(contentWords(source).filter((word) => words.has(word))).size;
  const known = strength === 'capable' ? associations.filter(([pattern]) => pattern.test(label.name)) : [];
  const associated = known.reduce((sum, [, list]) => sum + hits(list), 0);
  const nearest = Math.max(0, ...mine.map((example) => overlap(content, contentWords(example.text))));
  const named = wordsOf(label.name).filter((word) => words.has(stem(word))).length;
  return 2 * named + 1.5 * hits(label.description) + associated + 4 * nearest;
}
