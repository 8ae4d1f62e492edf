import { fence } from '../base/fence.ts';
import { renderPrompt } from '../base/prompt.ts';
import { fillTemplate, type PromptVariables } from '../base/template.ts';
import { taskPrompts } from './prompts.ts';

/** What each task lets a caller say about its prompt. */
export interface PromptOptions {
  /** What to do, in a sentence or two, in place of the task's own. It may hold knowledge that the model needs. */
  readonly instruction?: string;
  /** A Handlebars template of your own, as a path for `renderPrompt`. It gets the variables that
   * the task's own template has (`taskPrompts`). */
  readonly template?: string;
  /** The name of the tags around the text, in letters: `tweet` makes `<tweet>…</tweet>`. Default `text`. */
  readonly tag?: string;
}

/** A text with the answer that is right for it. */
export interface PromptExample {
  readonly text: string;
  readonly answer: string;
}

/**
 * A task's prompt. In the template, {{text}} and the text of each of the {{examples}} arrive between tags that they
 * cannot close (see `fence`), and {{tag}} is the name of these tags. Examples look like the text that they prepare
 * for, because models follow the look.
 *
 * @throws LibError of kind `template` or `file`, as `renderPrompt` does
 */
export function taskPrompt(
  name: keyof typeof taskPrompts,
  text: string,
  { tag: wanted = 'text', template }: PromptOptions,
  variables: PromptVariables,
  examples: readonly PromptExample[] = [],
): string {
  const { tag, fenced } = fence(wanted, [text, ...examples.map((example) => example.text)]);
  const [own = '', ...shown] = fenced;
  const all = {
    ...variables,
    tag,
    text: own,
    examples: examples.map(({ answer }, index) => ({ text: shown[index] ?? '', answer })),
  };
  return template === undefined
    ? fillTemplate(taskPrompts[name], all, `the prompt of ${name}`)
    : renderPrompt(template, all);
}
