import type { BedrockRuntimeClient } from '@aws-sdk/client-bedrock-runtime';
import { findModel, sumKnown, sumUsage, type TokenUsage } from 'bedrock-models';
import { checkInput, checkOptions, type InputRule } from '../base/check-input.ts';
import { LibError } from '../base/errors.ts';
import type { Reading } from '../base/json-answer.ts';
import { type InvokeTextOptions, type InvokeTextResult, invokeText } from '../invoke/invoke-text.ts';
import { invokeRules } from '../invoke/shared-rules.ts';

/** One question with one answer that a program can use. */
export interface Task<T> {
  readonly prompt: string;
  readonly read: (answer: string) => Reading<T> | Promise<Reading<T>>;
  /** Longest answer, in tokens, when the caller does not say. */
  readonly maxTokens: number;
  /** What a person can do when the model does not give a usable answer. */
  readonly hint: string;
}

export interface TaskOptions extends InvokeTextOptions {
  /** How often the model may be asked. Default 2: once, and once more when the first answer cannot be used. */
  readonly attempts?: number;
}

/** What comes with every task's answer. */
export interface Answered {
  /** The model's own words, of the attempt that could be used. */
  readonly raw: string;
  /** How often the model was asked. */
  readonly attempts: number;
  /** Tokens of all attempts together; `undefined` when Bedrock did not say for one of them. */
  readonly usage: TokenUsage | undefined;
  /** US dollars for all attempts together; `undefined` when one of them is unknown. */
  readonly costUsd: number | undefined;
  /** Milliseconds for all attempts together. */
  readonly latencyMs: number;
  readonly modelId: string;
}

/** @throws LibError of kind `request` that names the argument */
export function checkTask(
  caller: string,
  given: {
    readonly client: unknown;
    readonly modelId: unknown;
    readonly text?: unknown;
    readonly texts?: unknown;
  },
  options: unknown,
): void {
  const rules: Record<string, InputRule> = { client: 'client', modelId: 'text' };
  checkInput(caller, given, 'texts' in given ? { ...rules, texts: 'list' } : { ...rules, text: 'text' });
  checkOptions(caller, options, {
    ...invokeRules,
    attempts: 'count?',
    instruction: 'text?',
    template: 'text?',
    tag: 'text?',
    examples: 'objects?',
  });
}

/**
 * Asks a model until its answer can be used, and says what was wrong each time it asks again. Temperature is 0 unless
 * the caller says otherwise: a task has a right answer.
 *
 * @throws LibError of kind `answer` when no attempt gave a usable one, with the last answer in `partialText`;
 *   otherwise as `invokeText`
 */
export async function askTask<T>(
  client: BedrockRuntimeClient,
  modelId: string,
  task: Task<T>,
  options: TaskOptions = {},
): Promise<Answered & { readonly value: T }> {
  const { attempts = 2, ...invokeOptions } = { ...defaults(modelId, task), ...options };
  const answers: InvokeTextResult[] = [];
  let prompt = task.prompt;
  for (;;) {
    const answer = await invokeText(client, modelId, prompt, invokeOptions);
    answers.push(answer);
    const reading = await task.read(answer.text);
    if ('value' in reading) return { value: reading.value, ...sumUp(answers, answer) };
    if (!(answers.length < attempts) || answer.stopReason === 'content_filtered')
      throw unusable(answer, reading.problem, task.hint);
    prompt = `${correction(answer.text, reading.problem)}\n\n${task.prompt}`;
  }
}

/** Temperature 0, but not for a model that takes no temperature at all. */
function defaults<T>(modelId: string, { maxTokens }: Task<T>): InvokeTextOptions {
  const refuses = findModel(modelId)?.refuses ?? [];
  return refuses.includes('temperature') ? { maxTokens } : { maxTokens, temperature: 0 };
}

/**
 * Stands in front of the prompt, so that templates that end where the answer begins keep their end. The answer loses
 * its angle brackets: a model that was talked into writing a tag must not close the one around the text with it.
 */
function correction(answer: string, problem: string): string {
  const shown = shorten(answer).replaceAll('<', '‹').replaceAll('>', '›');
  return `An earlier answer to the task below could not be used: <answer>${shown}</answer>
What is wrong with it: ${problem.replaceAll('<', '‹').replaceAll('>', '›')}.
Answer again, in the form that the task asks for.`;
}

function sumUp(answers: readonly InvokeTextResult[], last: InvokeTextResult): Answered {
  return {
    raw: last.text,
    attempts: answers.length,
    usage: sumUsage(answers.map(({ usage }) => usage)),
    costUsd: sumKnown(answers.map(({ costUsd }) => costUsd)),
    latencyMs: answers.reduce((sum, { latencyMs }) => sum + latencyMs, 0),
    modelId: last.modelId,
  };
}

function unusable(answer: InvokeTextResult, problem: string, hint: string): LibError {
  const { text, stopReason, modelId } = answer;
  const ending =
    stopReason === 'max_tokens'
      ? ' It was cut off at the limit of tokens: raise maxTokens if the answer needs more.'
      : stopReason === 'content_filtered'
        ? ' A content filter ended it.'
        : '';
  return new LibError(`The model answered ${JSON.stringify(shorten(text))}, but ${problem}`, {
    kind: 'answer',
    hint: `${hint}${ending}`,
    modelId,
    partialText: text,
  });
}

/** Long answers are quoted by their beginning. */
function shorten(text: string, longest = 200): string {
  const letters = [...text];
  return letters.length <= longest ? text : `${letters.slice(0, longest).join('')} …`;
}
