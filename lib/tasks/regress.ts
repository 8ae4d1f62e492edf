import type { BedrockRuntimeClient } from '@aws-sdk/client-bedrock-runtime';
import { checkInput } from '../base/check-input.ts';
import { LibError } from '../base/errors.ts';
import type { Reading } from '../base/json-answer.ts';
import { type ModelRef, modelIdOf } from '../models/model-ref.ts';
import { type Answered, askTask, checkTask, type TaskOptions } from './ask-task.ts';
import { bareAnswer } from './labels.ts';
import { readTaskInput, type TaskInput } from './task-input.ts';
import { type PromptOptions, taskPrompt } from './task-prompt.ts';

/** Which numbers are answers. */
export interface Scale {
  readonly minimum: number;
  readonly maximum: number;
  /** The distance from one answer to the next, counted from `minimum`. Default 1. */
  readonly step?: number;
}

export interface RegressOptions extends TaskOptions, PromptOptions, Scale {
  /** What the number says: "How many stars did the writer give?". */
  readonly instruction: string;
  /** What is counted, as the model may write it behind the number: `stars`, `EUR`. */
  readonly unit?: string;
  /** Texts with their right numbers. */
  readonly examples?: readonly { readonly text: string; readonly value: number }[];
}

export interface Regression extends Answered {
  /** In the unit that was asked for, within the scale and on one of its steps. */
  readonly value: number;
}

/**
 * Gives a text a number on a scale. A number outside it, or between its steps, is not rounded in silence: the model
 * is asked once more.
 *
 * @throws LibError of kind `answer` when no answer was such a number, of kind `request` for a scale or an example
 *   that cannot work; otherwise as `converse`
 */
export async function regress(
  client: BedrockRuntimeClient,
  modelId: ModelRef,
  text: TaskInput,
  options: RegressOptions,
): Promise<Regression> {
  checkTask('regress', client, options);
  const id = modelIdOf('regress', modelId);
  const input = readTaskInput('regress', text);
  checkInput(
    'regress',
    { ...options },
    { minimum: 'number', maximum: 'number', step: 'number?', unit: 'text?', instruction: 'text' },
  );
  const {
    minimum,
    maximum,
    step = 1,
    instruction,
    unit,
    examples = [],
    template,
    tag,
    ...taskOptions
  } = options;
  const scale = checkScale({ minimum, maximum, step });
  const shown = examples.map(({ text: sample, value }, index) => {
    const { problem } = { problem: undefined, ...placeOnScale(value, scale) };
    if (problem !== undefined)
      throw fault(`Example ${index + 1} has the value ${value}, but ${problem}`, 'Correct the example.');
    return { text: sample, answer: String(value) };
  });
  const task = {
    prompt: () =>
      taskPrompt('regress', input, options, { instruction, minimum, maximum, step, unit: unit ?? '' }, shown),
    read: (answer: string) => readNumber(answer, scale, unit),
    words: numbersOf(scale),
    maxTokens: 30,
    hint: 'Say what the ends of the scale mean, show the model examples, or choose another model.',
  };
  return askTask(client, id, task, taskOptions);
}

function checkScale(scale: Required<Scale>): Required<Scale> {
  const { minimum, maximum, step } = scale;
  if (!(minimum < maximum && step > 0 && step <= maximum - minimum && Number.isFinite(maximum - minimum)))
    throw fault(
      `There is no scale from ${minimum} to ${maximum} in steps of ${step}`,
      'Give minimum < maximum.',
    );
  return scale;
}

/** The longest list of numbers that a model is held to. */
const mostNumbers = 50;

/** The numbers of the scale, each by itself where they are few. */
function numbersOf({ minimum, maximum, step }: Required<Scale>): object {
  const last = Math.floor((maximum - minimum) / step + 1e-6);
  if (last >= mostNumbers) return { type: 'number', minimum, maximum };
  const numbers = Array.from({ length: last + 1 }, (_, n) => Number((minimum + n * step).toPrecision(12)));
  return { type: 'number', enum: numbers };
}

/** Pure. */
export function readNumber(answer: string, scale: Required<Scale>, unit = ''): Reading<number> {
  const [, digits, behind = ''] =
    /^([-+]?[\d,]*\.?\d+)\s*(.*)$/.exec(bareAnswer(answer).replace('−', '-')) ?? [];
  const isUnit = ['', bareAnswer(unit).toLowerCase()].includes(behind.toLowerCase());
  const isPlain =
    digits !== undefined && (!digits.includes(',') || /^[-+]?\d{1,3}(,\d{3})+(\.\d+)?$/.test(digits));
  if (!isUnit || !isPlain) return { problem: 'it is not a number alone' };
  return placeOnScale(Number(digits.replaceAll(',', '')), scale);
}

function placeOnScale(value: number, { minimum, maximum, step }: Required<Scale>): Reading<number> {
  if (!(value >= minimum && value <= maximum))
    return { problem: `it is not between ${minimum} and ${maximum}` };
  const steps = Math.round((value - minimum) / step);
  const nearest = Number((minimum + steps * step).toPrecision(12));
  // Steps such as 0.1 have no exact binary form.
  if (Math.abs(nearest - value) > step * 1e-6)
    return { problem: `it is between two of the answers, which go from ${minimum} in steps of ${step}` };
  return { value: nearest };
}

function fault(message: string, hint: string): LibError {
  return new LibError(message, { kind: 'request', hint });
}
