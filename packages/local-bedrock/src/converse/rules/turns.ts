import { invalid } from '../../refusal.ts';
import type { Rule } from './rule.ts';

/**
 * What only one side may say: pictures and documents are the user's, and some models are not to be begun for. And
 * Claude does not stop at nothing.
 */
export const turns: Rule = ({ messages = [], inferenceConfig }, model) => {
  if (
    model.family === 'claude-messages' &&
    inferenceConfig?.stopSequences?.some((sequence) => sequence.trim() === '')
  ) {
    throw invalid(
      'The model returned the following errors: stop_sequences: each stop sequence must contain non-whitespace',
    );
  }
  messages.forEach(({ role, content }, index) => {
    if (role === 'user') return;
    for (const kind of ['image', 'document', 'video'] as const) {
      if (content.some((block) => block[kind] !== undefined)) {
        throw invalid(
          `The model returned the following errors: messages.${index}.content: '${kind}' blocks are not permitted within assistant turns.`,
        );
      }
    }
  });
  const last = messages.at(-1);
  if (last?.role !== 'assistant') return;
  if (model.refuses?.includes('prefill')) {
    throw invalid(
      'The model returned the following errors: This model does not support assistant message prefill. The conversation must end with a user message.',
    );
  }
  const end = last.content.at(-1)?.text;
  if (model.family === 'claude-messages' && end !== undefined && /\s$/.test(end)) {
    throw invalid(
      'The model returned the following errors: messages: final assistant content cannot end with trailing whitespace',
    );
  }
};
