import type { Model } from '../models/catalogue.ts';
import type { Ending, ModelAnswer, ModelRequest } from './families/family.ts';
import { invalid } from './refusal.ts';
import { type Question, readQuestion } from './skills/question.ts';
import { skills } from './skills/table.ts';
import { strengthOf } from './strength.ts';
import { countTokens, cutToTokens } from './tokens.ts';

/**
 * Answers in place of a language model: the first skill that knows what to do with the prompt computes the words. The
 * same request always gets the same answer. Stop sequences and the token limit are kept exactly. `lead` is put before
 * an answer that does not begin with white space of its own. Throws a `Refusal` when the prompt is longer than the
 * model's context.
 */
export function generate(request: ModelRequest, model: Model, lead: string): ModelAnswer {
  const inputTokens = countInput(request);
  if (inputTokens > model.contextTokens) throw invalid('Input is too long for requested model.');
  const question = readQuestion(request, strengthOf(model));
  const words = withoutPrefill(firstAnswer(question), question.prefill);
  const { text, tokens, ending } = finish(/^\s/.test(words) ? words : lead + words, request);
  return { text, ending, inputTokens, outputTokens: tokens };
}

function countInput({ system, turns }: ModelRequest): number {
  return turns.reduce((sum, { text }) => sum + countTokens(text), countTokens(system));
}

function firstAnswer(question: Question): string {
  for (const skill of skills) {
    const words = skill(question);
    if (words !== undefined) return words;
  }
  return '';
}

/** Where the caller already wrote the beginning of the answer, only what comes after it is new. */
function withoutPrefill(words: string, prefill: string): string {
  return prefill !== '' && words.startsWith(prefill) ? words.slice(prefill.length) : words;
}

/** Ends the words where a model would have stopped: before the first stop sequence or at the token limit. */
function finish(
  words: string,
  { stopSequences, maxTokens }: ModelRequest,
): { text: string; tokens: number; ending: Ending } {
  const stop = firstStop(words, stopSequences);
  const { text, tokens, wasCut } = cutToTokens(
    stop === undefined ? words : words.slice(0, stop.index),
    maxTokens,
  );
  if (wasCut) return { text, tokens, ending: { reason: 'maxTokens' } };
  if (stop === undefined) return { text, tokens, ending: { reason: 'end' } };
  return { text, tokens, ending: { reason: 'stopSequence', sequence: stop.sequence } };
}

function firstStop(
  words: string,
  sequences: readonly string[],
): { index: number; sequence: string } | undefined {
  return sequences
    .map((sequence) => ({ sequence, index: sequence === '' ? -1 : words.indexOf(sequence) }))
    .filter(({ index }) => index >= 0)
    .sort((one, other) => one.index - other.index)[0];
}
