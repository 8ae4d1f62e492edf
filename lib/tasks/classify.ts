import type { BedrockRuntimeClient } from '@aws-sdk/client-bedrock-runtime';
import { checkInput, checkOptions } from '../base/check-input.ts';
import { type ModelRef, modelIdOf } from '../models/model-ref.ts';
import { type Answered, asAnswered, askTask, checkTask, type Task, type TaskOptions } from './ask-task.ts';
import { findLabel, type Labels, labelledExamples, listOf, readLabels } from './labels.ts';
import { type ReadInput, readTaskInput, type TaskInput } from './task-input.ts';
import { type PromptOptions, type TaskPrompt, taskPrompt } from './task-prompt.ts';

export interface ClassifyOptions<L extends string> extends TaskOptions, PromptOptions {
  /** The labels to choose from: `['spam', 'ham']`, or `{ spam: 'what it means', ham: '…' }`. */
  readonly labels: Labels<L>;
  /** Texts with their right labels, to show the model what is meant. Each must be one of the labels. */
  readonly examples?: readonly { readonly text: string; readonly label: string }[];
}

export interface Classification<L extends string = string> extends Answered {
  /** One of the labels, spelt as it was given. */
  readonly label: L;
}

/**
 * Gives a text, or what a picture or document shows, one label out of a set. The answer is checked: a model that says
 * something else is asked once more, told what was wrong, and held to the labels where it takes tools or a format.
 *
 * @example
 * const { label, costUsd } = await classify(client, model, 'It crashes.', { labels: ['bug', 'wish'] });
 *
 * @throws LibError of kind `answer` when no answer was one of the labels, of kind `request` for labels or examples
 *   that cannot work; otherwise as `converse`
 */
export async function classify<L extends string>(
  client: BedrockRuntimeClient,
  modelId: ModelRef,
  text: TaskInput,
  options: ClassifyOptions<L>,
): Promise<Classification<L>> {
  checkTask('classify', client, options);
  const id = modelIdOf('classify', modelId);
  const input = readTaskInput('classify', text);
  const { labels: given, examples = [], instruction, template, tag, ...taskOptions } = options;
  const labels = readLabels(given);
  const task: Task<L> = {
    prompt: () => promptOf(input, options),
    read: (answer: string) => {
      const value = findLabel(answer, labels);
      return value === undefined ? { problem: `it is none of ${listOf(labels)}` } : { value };
    },
    words: { type: 'string', enum: labels.map(({ name }) => name) },
    maxTokens: 50,
    hint: 'Describe the labels, show the model examples, or choose another model.',
  };
  const { value: label, ...answered } = await askTask(client, id, task, taskOptions);
  return asAnswered({ label, ...answered });
}

/** The prompt that `classify` sends first, to look at. Pure but for reading the template. */
export function classifyPrompt<L extends string>(text: string, options: ClassifyOptions<L>): string {
  checkInput('classifyPrompt', { text }, { text: 'text' });
  checkOptions('classifyPrompt', options, {
    instruction: 'text?',
    template: 'text?',
    tag: 'text?',
    examples: 'objects?',
  });
  const { shared, own } = promptOf({ text, media: [] }, options);
  return `${shared}${own}`;
}

function promptOf<L extends string>(input: ReadInput, options: ClassifyOptions<L>): TaskPrompt {
  const labels = readLabels(options.labels);
  const instruction = options.instruction ?? 'Classify the text.';
  const examples = labelledExamples(options.examples ?? [], labels);
  return taskPrompt('classify', input, options, { instruction, labels }, examples);
}
