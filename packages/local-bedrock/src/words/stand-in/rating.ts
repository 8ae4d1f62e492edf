import { answerForm } from './answer-form.ts';
import { readLabelledText } from './labelled-text.ts';
import type { Question } from './question.ts';
import { balance, readSentiment } from './sentiment.ts';

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
 * Regression by prompt: one number, the strength of the opinion on the scale that the prompt names. A small model
 * misses negations and chats around the number.
 */
export function rating(question: Question): string | undefined {
  const { instruction, text } = readLabelledText(question);
  const scale = text === '' || !cue.test(instruction) ? undefined : readScale(instruction);
  if (scale === undefined) return undefined;
  const isSmall = question.strength === 'small';
  const opinion = (balance(readSentiment(text, !isSmall)) + 1) / 2;
  const isAlarm = alarm.test(instruction) && !/positiv|satisf|stars?/i.test(instruction);
  const share = isAlarm ? Math.min(1, 1 - opinion + 0.25 * (text.match(urgentWords)?.length ?? 0)) : opinion;
  const value = onGrid(scale.low + share * (scale.high - scale.low), scale);
  const { prefix, suffix } = answerForm(question);
  return isSmall ? ` I would say ${value}.` : `${prefix}${value}${suffix}`;
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
