import { answerForm } from './answer-form.ts';
import { type Example, readLabelledText } from './labelled-text.ts';
import type { Question } from './question.ts';
import { balance, readSentiment } from './sentiment.ts';
import { contentWords, overlap } from './words.ts';

const cue =
  /\b(?:rate|rating|score|scale|stars?|number|probability|likelihood|confidence|estimate|predict|how (?:positive|negative|likely|urgent|severe|angry|happy|satisfied|many|much|long))\b/i;
const range = /(-?\d+(?:\.\d+)?)\s*(?:stars?|points?)?\s*(?:to|and|-|–|through)\s*(-?\d+(?:\.\d+)?)/;
const steps = /\b(?:in )?steps? of (\d+(?:\.\d+)?)/i;
const alarm = /urgen|priorit|sever|anger|angry|frustrat|negativ|risk/i;
const urgentWords =
  /\b(?:urgent|asap|immediately|now|critical|emergency|outage|down|blocked|today|deadline)\b/gi;

/** The numbers a prompt allows. `step` is 1 for whole numbers. */
interface Scale {
  readonly low: number;
  readonly high: number;
  readonly step: number;
}

/**
 * Regression by prompt: one number. With labelled numbers in the prompt it is the mean of the nearest examples; on a
 * scale, the strength of the opinion scaled to it. A small model misses negations and chats around the number.
 */
export function rating(question: Question): string | undefined {
  const { instruction, text, examples } = readLabelledText(question);
  if (text === '') return undefined;
  const numeric = examples.filter(({ label }) => /^-?\d+(?:\.\d+)?$/.test(label));
  const value =
    numeric.length >= 2
      ? gridded(fromExamples(text, numeric), instruction)
      : fromInstruction(text, instruction, question);
  if (value === undefined) return undefined;
  if (question.strength === 'small') return numeric.length >= 2 ? ` ${value}` : ` I would say ${value}.`;
  const { prefix, suffix } = answerForm(question);
  return `${prefix}${value}${suffix}`;
}

function fromInstruction(text: string, instruction: string, { strength }: Question): string | undefined {
  if (!cue.test(instruction)) return undefined;
  const scale = readScale(instruction);
  if (scale === undefined) return undefined;
  const opinion = (balance(readSentiment(text, strength === 'capable')) + 1) / 2;
  const isAlarm = alarm.test(instruction) && !/positiv|satisf|stars?/i.test(instruction);
  const share = isAlarm ? Math.min(1, 1 - opinion + 0.25 * (text.match(urgentWords)?.length ?? 0)) : opinion;
  return onGrid(scale.low + share * (scale.high - scale.low), scale);
}

function readScale(instruction: string): Scale | undefined {
  const found = range.exec(instruction);
  const named = steps.exec(instruction)?.[1];
  if (found !== null) {
    const [low, high] = [Number(found[1]), Number(found[2])];
    if (high > low) {
      const usual = high - low > 1 && Number.isInteger(low + high) ? 1 : 0.01;
      return { low, high, step: Number(named ?? 0) || usual };
    }
  }
  const most = /out of (\d{1,3})\b/i.exec(instruction)?.[1];
  if (most !== undefined) return { low: 1, high: Number(most), step: 1 };
  return /percent/i.test(instruction) ? { low: 0, high: 100, step: 1 } : undefined;
}

/** The nearest number that the scale allows, with the step's decimals. */
function onGrid(value: number, { low, high, step }: Scale): string {
  const inside = Math.min(high, Math.max(low, value));
  const decimals = String(step).split('.')[1]?.length ?? 0;
  const nearest = low + Math.round((inside - low) / step) * step;
  return (nearest > high ? nearest - step : nearest).toFixed(decimals);
}

/** A number put on the grid that the prompt names in so many words; without one it stays as it is. */
function gridded(value: string, instruction: string): string {
  const scale = steps.test(instruction) ? readScale(instruction) : undefined;
  return scale === undefined ? value : onGrid(Number(value), scale);
}

/** The mean of the two nearest examples' numbers, weighted by likeness; of all of them when none is alike. */
function fromExamples(text: string, examples: readonly Example[]): string {
  const words = contentWords(text);
  const weighed = examples
    .map(({ text: shown, label }) => ({ value: Number(label), weight: overlap(words, contentWords(shown)) }))
    .sort((one, other) => other.weight - one.weight);
  const nearest = weighed.slice(0, 2).filter(({ weight }) => weight > 0);
  const counted = nearest.length > 0 ? nearest : weighed.map(({ value }) => ({ value, weight: 1 }));
  const total = counted.reduce((sum, { weight }) => sum + weight, 0);
  const mean = counted.reduce((sum, { value, weight }) => sum + value * weight, 0) / total;
  const decimals = Math.max(...examples.map(({ label }) => label.split('.')[1]?.length ?? 0));
  return mean.toFixed(Math.min(decimals, 4));
}
