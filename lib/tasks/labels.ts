import { LibError } from '../base/errors.ts';
import type { PromptExample } from './task-prompt.ts';

/** The answers to choose from: names, or names with what each means. */
export type Labels<L extends string> = readonly L[] | Readonly<Record<L, string>>;

export interface LabelDescription<L extends string = string> {
  readonly name: L;
  /** What the label means; empty when the caller did not say. */
  readonly description: string;
}

/**
 * Labels in one form, checked.
 *
 * @throws LibError of kind `request` when there are fewer than two, or two that an answer could not tell apart
 */
export function readLabels<L extends string>(labels: Labels<L>): LabelDescription<L>[] {
  checkLabels(labels);
  const list = Array.isArray(labels)
    ? (labels as readonly L[]).map((name) => ({ name, description: '' }))
    : (Object.entries(labels) as [L, string][]).map(([name, description]) => ({ name, description }));
  const keys = list.map(({ name }) => comparable(name));
  if (list.length < 2) throw fault('There are fewer than two labels', 'Give the model something to choose.');
  const blank = keys.indexOf('');
  if (blank >= 0)
    throw fault(`The label ${JSON.stringify(list[blank]?.name)} has no letters`, 'Give it a name.');
  const twice = keys.findIndex((key, index) => keys.indexOf(key) !== index);
  if (twice >= 0)
    throw fault(
      `The label ${JSON.stringify(list[twice]?.name)} is there twice`,
      'Answers are compared without case, quotes and punctuation at the ends; name the labels apart.',
    );
  return list;
}

/** From a file or a form they may be anything. */
function checkLabels(labels: unknown): void {
  const isNamed = typeof labels === 'object' && labels !== null;
  const texts: readonly unknown[] = isNamed ? Object.values(labels) : [];
  if (isNamed && texts.every((text) => typeof text === 'string')) return;
  throw fault(
    'The labels are no list of texts, and no object of texts',
    "labels (or categories) are ['spam', 'ham'], or { spam: 'what it means', ham: '…' }.",
  );
}

/**
 * Checks examples against the labels: one wrong label among them teaches a model the wrong thing, unseen.
 *
 * @throws LibError of kind `request` for a label that is not in the set
 */
export function labelledExamples<L extends string>(
  examples: readonly { readonly text: string; readonly label: string }[],
  labels: readonly LabelDescription<L>[],
): PromptExample[] {
  return examples.map(({ text, label }, index) => {
    if (typeof text !== 'string' || typeof label !== 'string')
      throw fault(`Example ${index + 1} of examples is not { text, label }`, 'Give each a text and a label.');
    const known = findLabel(label, labels);
    if (known !== undefined) return { text, answer: known };
    throw fault(
      `Example ${index + 1} has the label ${JSON.stringify(label)}, which is none of ${listOf(labels)}`,
      'Correct the example, or add the label.',
    );
  });
}

/** The label that an answer names: in any case, in quotes, in a tag, with a full stop or a heading; else `undefined`. */
export function findLabel<L extends string>(
  answer: string,
  labels: readonly LabelDescription<L>[],
): L | undefined {
  const named = (form: string) => labels.find(({ name }) => comparable(name) === comparable(form))?.name;
  return named(answer) ?? named(withoutHeading(answer));
}

/** `Positive, Negative, Neutral`. */
export function listOf(labels: readonly LabelDescription[]): string {
  return labels.map(({ name }) => name).join(', ');
}

/** What is left of a short answer when everything is taken off that models put around it. Pure. */
export function bareAnswer(answer: string): string {
  const inner = /^\s*<([\w-]+)>([\s\S]*)<\/\1>\s*$/.exec(answer)?.[2] ?? answer;
  return inner.replace(/^[\s"'“”‘’`*([]+|[\s"'“”‘’`*.,;:!)\]]+$/g, '').replace(/\s+/g, ' ');
}

function comparable(text: string): string {
  return bareAnswer(text.normalize('NFKC')).toLowerCase();
}

/** `Sentiment: Positive` is `Positive` under a heading. */
function withoutHeading(answer: string): string {
  return bareAnswer(answer).replace(/^[\p{L} ]{1,20}:\s*/u, '');
}

function fault(message: string, hint: string): LibError {
  return new LibError(message, { kind: 'request', hint });
}
