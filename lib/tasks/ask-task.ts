import type { BedrockRuntimeClient, ContentBlock } from '@aws-sdk/client-bedrock-runtime';
import { findModel, type ModelFamily, sumKnown, sumUsage, type TokenUsage } from 'bedrock-models';
import { checkInput, checkOptions, refuseOldOptions, wrongInput } from '../base/check-input.ts';
import { endingOf, problemOfEnding } from '../base/endings.ts';
import { isLibError, LibError, withDetails } from '../base/errors.ts';
import type { Reading } from '../base/json-answer.ts';
import type { Message } from '../base/message.ts';
import type { Meter } from '../call/cost-meter.ts';
import { converse } from '../converse/converse.ts';
import { type ConverseOptions, checkGuardrail, type Inference } from '../converse/options.ts';
import type { Answer } from '../converse/types.ts';
import { isWayRefused, type JsonWay, jsonRequest, jsonText, jsonWay } from './structured-answer.ts';
import type { TaskPrompt } from './task-prompt.ts';

/** One question with one answer that a program can use. */
export interface Task<T> {
  /** `way`: how the model is made to answer in JSON, where it is to. */
  readonly prompt: (way: JsonWay) => TaskPrompt;
  readonly read: (answer: string) => Reading<T> | Promise<Reading<T>>;
  /** The shape of the answer, as JSON Schema. Absent: words. */
  readonly schema?: object;
  /**
   * Of a task that asks for words: which they may be, as JSON Schema of one value. A model whose words could not be used
   * is held to it the next time, where it can be.
   */
  readonly words?: object;
  /** Longest answer, in tokens, when the caller does not say. */
  readonly maxTokens: number;
  /** What a person can do when the model does not give a usable answer. */
  readonly hint: string;
}

/** What every task can be told beside its own options: members of Converse as they are there, and these. */
export interface TaskOptions
  extends Inference,
    Pick<
      ConverseOptions,
      | 'additionalModelRequestFields'
      | 'guardrailConfig'
      | 'maxAttempts'
      | 'performanceConfig'
      | 'random'
      | 'requestMetadata'
      | 'serviceTier'
      | 'signal'
      | 'system'
    > {
  /** How often the model may be asked. Default 2: once, and once more when the first answer cannot be used. */
  readonly maxCalls?: number;
  /** Counts each call, also of a task that fails, and holds all that share it to its limit. */
  readonly meter?: Meter;
  /**
   * Keeps what the prompts of one task have in common, such as its examples, in the model's prompt cache: for 5 minutes,
   * or for so long. Worth it from about 1,000 tokens of them on. Default false.
   */
  readonly cachePrompt?: boolean | '5m' | '1h';
  /** @deprecated Not needed: Converse has one form for all families. */
  readonly family?: ModelFamily;
}

/** What comes with every task's answer. */
export interface Answered {
  /** The model's own words, of the answer that could be used. */
  readonly raw: string;
  /** How often the model was asked. */
  readonly calls: number;
  /** @deprecated It is named `calls`. Reading it throws. */
  readonly attempts?: never;
  /** Tokens of all calls together; `undefined` when Bedrock did not say for one of them. */
  readonly usage: TokenUsage | undefined;
  /** US dollars for all calls together; `undefined` when one of them is unknown. */
  readonly costUsd: number | undefined;
  /** Milliseconds for all calls together. */
  readonly latencyMs: number;
  readonly modelId: string;
}

/** @throws LibError of kind `request` that names the argument */
export function checkTask(caller: string, client: unknown, options: unknown): void {
  checkInput(caller, { client }, { client: 'client' });
  checkOptions(caller, options, {
    maxTokens: 'number?',
    temperature: 'number?',
    topP: 'number?',
    stopSequences: 'texts?',
    signal: 'signal?',
    maxAttempts: 'amount?',
    random: 'function?',
    maxCalls: 'count?',
    meter: 'object?',
    serviceTier: 'object?',
    performanceConfig: 'object?',
    requestMetadata: 'object?',
    additionalModelRequestFields: 'object?',
    instruction: 'text?',
    template: 'text?',
    tag: 'text?',
    examples: 'objects?',
  });
  refuseOldOptions(caller, options as object, { attempts: 'It is named maxCalls.' });
  const { meter, system, cachePrompt, guardrailConfig } = options as TaskOptions;
  checkGuardrail(caller, 'guardrailConfig', guardrailConfig);
  if (meter !== undefined && typeof meter.begin !== 'function')
    throw wrongInput(caller, 'meter', 'a CostMeter', meter);
  if (typeof system !== 'string') checkInput(caller, { system }, { system: 'objects?' });
  if (![undefined, true, false, '5m', '1h'].includes(cachePrompt))
    throw wrongInput(caller, 'cachePrompt', "true, '5m' or '1h'", cachePrompt);
}

/**
 * Asks a model, through Converse, until its answer can be used, and says what was wrong each time it asks again. Words
 * are asked for in words first, which costs least; whoever gives others has no choice the second time.
 * Temperature is 0 unless the caller says otherwise: a task has a right answer.
 *
 * @throws LibError of kind `answer` when no call gave a usable one, with the last answer in `partialText`; of kind
 *   `limit` when the meter does not allow it; otherwise as `converse`. `usage` and `costUsd` have what was paid
 */
export async function askTask<T>(
  client: BedrockRuntimeClient,
  modelId: string,
  task: Task<T>,
  options: TaskOptions = {},
): Promise<Answered & { readonly value: T }> {
  const { maxCalls = 2 } = options;
  const answers: Answer[] = [];
  let problem: string | undefined;
  try {
    for (;;) {
      const asked = (problem !== undefined && held(task, modelId, options)) || task;
      const answer = await ask(client, modelId, asked, options, problem && correction(answers, problem));
      answers.push(answer);
      const raw = jsonText(answer);
      const { outcome } = endingOf(answer.stopReason);
      const kept = notTaken(answer);
      const reading: Reading<T> = kept === undefined ? await asked.read(raw) : { problem: kept };
      if ('value' in reading) return asAnswered({ value: reading.value, ...sumUp(answers, answer) });
      // A filter that has stepped in once does so again.
      if (!(answers.length < maxCalls) || outcome === 'blocked')
        throw unusable(answer, reading.problem, task.hint);
      problem = reading.problem;
    }
  } catch (error) {
    if (!isLibError(error) || answers.length === 0) throw error;
    const { usage, costUsd } = paidFor(answers);
    throw withDetails(error, { ...(usage && { usage }), ...(costUsd !== undefined && { costUsd }) });
  }
}

/** Why this answer is not read; a call of the tool that takes the answer is one, though it stops for the tool's sake. */
function notTaken({ stopReason, message }: Answer): string | undefined {
  const isCall = stopReason === 'tool_use' && message.content.some(({ toolUse }) => toolUse !== undefined);
  return isCall ? undefined : problemOfEnding(stopReason);
}

/** Tokens that the form around an answer takes at most. */
const formTokens = 100;

/**
 * The task of a model whose words could not be used: the answer is the one member of an object, as tools take it, and
 * Bedrock's own format. `undefined` where the model has neither, or the caller allows too little room for it.
 */
function held<T>(task: Task<T>, modelId: string, options: TaskOptions): Task<T> | undefined {
  const { maxTokens = formTokens, stopSequences } = options;
  if (task.words === undefined || maxTokens < formTokens || stopSequences !== undefined) return undefined;
  const schema = { type: 'object', properties: { answer: task.words }, required: ['answer'] };
  if (jsonWay(modelId, schema, isThinking(options)) === 'words') return undefined;
  return {
    ...task,
    schema,
    maxTokens: task.maxTokens + formTokens,
    read: (raw) => task.read(wordsIn(raw)),
  };
}

/** What stands in the form, as the model would have written it; words that came without the form as they are. */
function wordsIn(raw: string): string {
  try {
    const { answer } = JSON.parse(raw);
    if (Array.isArray(answer)) return answer.length === 0 ? 'none' : answer.join(', ');
    return ['string', 'number'].includes(typeof answer) ? String(answer) : raw;
  } catch {
    return raw;
  }
}

/** Asks once, in the surest way that the model has; where it refuses that way, which costs nothing, in the next. */
async function ask<T>(
  client: BedrockRuntimeClient,
  modelId: string,
  task: Task<T>,
  options: TaskOptions,
  corrected: string | undefined,
): Promise<Answer> {
  const { maxCalls: _, cachePrompt, family: __, ...rest } = options;
  const { maxTokens = task.maxTokens, temperature, ...call } = rest;
  const way = task.schema === undefined ? 'words' : jsonWay(modelId, task.schema, isThinking(options));
  const content = contentOf(task.prompt(way), corrected, cachePrompt);
  const messages: readonly Message[] = [{ role: 'user', content }];
  try {
    return await converse(client, modelId, messages, {
      ...call,
      maxTokens,
      ...temperatureOf(modelId, temperature),
      ...(task.schema && jsonRequest(way, modelId, task.schema)),
    });
  } catch (error) {
    if (!isWayRefused(error, modelId, way)) throw error;
    return ask(client, modelId, task, options, corrected);
  }
}

function isThinking({ additionalModelRequestFields }: TaskOptions): boolean {
  return additionalModelRequestFields !== undefined;
}

/** Temperature 0, but not for a model that takes no temperature at all. */
function temperatureOf(modelId: string, temperature: number | undefined): Inference {
  if (temperature !== undefined) return { temperature };
  return findModel(modelId)?.refuses?.includes('temperature') ? {} : { temperature: 0 };
}

/**
 * What is sent: what all prompts of the task have in common first, which many servers read once, and which is cached on
 * request; then pictures and documents; then what was wrong with an earlier answer, and the text with what follows it, so that templates that end where the answer begins keep their end.
 */
function contentOf(
  { shared, own, media }: TaskPrompt,
  corrected: string | undefined,
  cachePrompt: TaskOptions['cachePrompt'] = false,
): readonly ContentBlock[] {
  const before = corrected === undefined ? '' : `${corrected}\n\n`;
  if (cachePrompt === false || shared.trim() === '') return [...media, { text: `${shared}${before}${own}` }];
  const ttl = cachePrompt === '1h' ? { ttl: '1h' as const } : {};
  return [
    { text: shared },
    { cachePoint: { type: 'default', ...ttl } },
    ...media,
    { text: `${before}${own}` },
  ];
}

/**
 * The answer loses its angle brackets: a model that was talked into writing a tag must not close the one around the text
 * with it.
 */
function correction(answers: readonly Answer[], problem: string): string {
  const last = answers.at(-1);
  const shown = shorten(last === undefined ? '' : jsonText(last))
    .replaceAll('<', '‹')
    .replaceAll('>', '›');
  return `An earlier answer could not be used: <answer>${shown}</answer>
What is wrong with it: ${problem.replaceAll('<', '‹').replaceAll('>', '›')}.
Answer again, in the form that the task asks for.`;
}

function paidFor(answers: readonly Answer[]): Pick<Answered, 'usage' | 'costUsd'> {
  return {
    usage: sumUsage(answers.map(({ usage }) => usage)),
    costUsd: sumKnown(answers.map(({ costUsd }) => costUsd)),
  };
}

function sumUp(answers: readonly Answer[], last: Answer): Answered {
  return {
    raw: jsonText(last),
    calls: answers.length,
    ...paidFor(answers),
    latencyMs: answers.reduce((sum, { latencyMs }) => sum + latencyMs, 0),
    modelId: last.modelId,
  };
}

/** A task's result, of which a program that was written before is told how `attempts` is named now. */
export function asAnswered<Result extends Answered>(result: Result): Result {
  return Object.defineProperty(result, 'attempts', { get: throwRenamed, enumerable: false });
}

function throwRenamed(): never {
  throw new LibError("A task's result has no member attempts any more", {
    kind: 'request',
    hint: 'It is named calls.',
  });
}

function unusable(answer: Answer, problem: string, hint: string): LibError {
  const { stopReason, modelId } = answer;
  const text = jsonText(answer);
  const ending =
    stopReason === 'max_tokens'
      ? ' It was cut off at the limit of tokens: raise maxTokens if the answer needs more.'
      : stopReason === 'content_filtered'
        ? ' A content filter ended it.'
        : notTaken(answer) !== undefined
          ? ` ${endingOf(stopReason).note}`
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
