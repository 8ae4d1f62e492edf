import type { BedrockRuntimeClient } from '@aws-sdk/client-bedrock-runtime';
import { LibError } from '../base/errors.ts';
import type { Reading } from '../base/json-answer.ts';
import { type ModelRef, modelIdOf } from '../models/model-ref.ts';
import { type Answered, asAnswered, askTask, checkTask, type TaskOptions } from './ask-task.ts';
import { bareAnswer, findLabel, type LabelDescription, type Labels, listOf, readLabels } from './labels.ts';
import { readTaskInput, type TaskInput } from './task-input.ts';
import { type PromptOptions, taskPrompt } from './task-prompt.ts';

export interface CategorizeOptions<C extends string> extends TaskOptions, PromptOptions {
  /** The categories: names, or names with what each means. A name has no comma and is not "none". */
  readonly categories: Labels<C>;
}

export interface Categorization<C extends string = string> extends Answered {
  /** All categories that fit, the best first, each once; empty when none does. */
  readonly categories: readonly C[];
}

/**
 * Finds all the categories that fit a text: any number of them, where `classify` gives exactly one.
 *
 * @throws LibError of kind `answer` when the model named a category that is not in the set, twice; of kind `request`
 *   for categories that cannot work; otherwise as `converse`
 */
export async function categorize<C extends string>(
  client: BedrockRuntimeClient,
  modelId: ModelRef,
  text: TaskInput,
  options: CategorizeOptions<C>,
): Promise<Categorization<C>> {
  checkTask('categorize', client, options);
  const id = modelIdOf('categorize', modelId);
  const input = readTaskInput('categorize', text);
  const { categories: given, instruction, template, tag, ...taskOptions } = options;
  const labels = readCategories(given);
  const task = {
    prompt: () =>
      taskPrompt('categorize', input, options, {
        instruction: instruction ?? 'Which of these categories fit the text?',
        categories: labels,
      }),
    read: (answer: string) => readAnswer(answer, labels),
    words: {
      type: 'array',
      items: { type: 'string', enum: labels.map(({ name }) => name) },
      maxItems: labels.length,
    },
    maxTokens: 100,
    hint: 'Describe the categories, or choose another model.',
  };
  const { value: categories, ...answered } = await askTask(client, id, task, taskOptions);
  return asAnswered({ categories, ...answered });
}

const noCategory = 'none';

function readCategories<C extends string>(given: Labels<C>): LabelDescription<C>[] {
  const labels = readLabels(given);
  const taken = labels.find(
    ({ name }) => /[,;\n]/.test(name) || bareAnswer(name).toLowerCase() === noCategory,
  );
  if (taken === undefined) return labels;
  throw new LibError(`No category can be named ${JSON.stringify(taken.name)}`, {
    kind: 'request',
    hint: 'Answers are lists with commas, and "none" is the answer when nothing fits. Rename it.',
  });
}

/** A list with commas or in lines, with or without brackets and bullets. Pure. */
function readAnswer<C extends string>(answer: string, labels: readonly LabelDescription<C>[]): Reading<C[]> {
  const names = bareAnswer(answer.replaceAll('\n', ', '))
    .split(/[,;]/)
    .map((name) => name.replace(/^\s*[-•]\s+/, ''))
    .filter((name) => bareAnswer(name) !== '');
  if (names.length === 0) return { problem: 'it names no category' };
  if (names.length === 1 && bareAnswer(names[0] ?? '').toLowerCase() === noCategory) return { value: [] };
  const found = names.map((name) => findLabel(name, labels));
  const unknown = names.find((_, index) => found[index] === undefined);
  if (unknown !== undefined)
    return { problem: `${JSON.stringify(unknown.trim())} is none of ${listOf(labels)}` };
  return { value: [...new Set(found as C[])] };
}
