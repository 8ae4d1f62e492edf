import { blankTags } from './blanks.ts';
import { withoutFenced } from './fenced.ts';
import type { Question } from './question.ts';

/** How a prompt wants a one-word answer: alone, in a tag, or as JSON. `prefix` and `suffix` go around it. */
export interface AnswerForm {
  readonly prefix: string;
  readonly suffix: string;
}

/** The form of a one-word answer: in the tag the prompt leaves empty, under the JSON key it shows, or bare. Pure. */
export function answerForm({ prompt, system, prefill }: Question, isText = false): AnswerForm {
  const begun = /<([A-Za-z][\w-]{0,40})>$/.exec(prefill)?.[1];
  if (begun !== undefined) return { prefix: '', suffix: `</${begun}>` };
  if (prefill !== '') return { prefix: '', suffix: '' };
  const asked = `${system}\n${withoutFenced(prompt)}`;
  const tag = blankTags(asked).at(-1);
  if (tag !== undefined) return { prefix: `<${tag}>`, suffix: `</${tag}>` };
  const key = /json/i.test(asked) ? /\{\s*"(\w{1,40})"\s*:/.exec(asked)?.[1] : undefined;
  if (key === undefined) return { prefix: '', suffix: '' };
  const quote = isText ? '"' : '';
  return { prefix: `{"${key}": ${quote}`, suffix: `${quote}}` };
}
