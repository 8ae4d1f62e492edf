import type { Model } from 'bedrock-models';
import { invalid } from '../../refusal.ts';
import type { Content, Message } from './schema.ts';

/** Turns start with the user and alternate; every turn says something, except a last one by the assistant. */
export function checkConversation(messages: readonly Message[], model: Model): void {
  if (messages[0]?.role !== 'user') throw invalid('messages: first message must use the "user" role');
  messages.forEach(({ role, content }, index) => {
    if (role === messages[index - 1]?.role) {
      throw invalid(
        `messages: roles must alternate between "user" and "assistant", but found multiple "${role}" roles in a row`,
      );
    }
    const isPrefill = index === messages.length - 1 && role === 'assistant';
    if (content.length === 0 && !isPrefill) {
      throw invalid(
        `messages.${index}: all messages must have non-empty content except for the optional final assistant message`,
      );
    }
    if (isPrefill) checkPrefill(content, model);
    checkTexts(content, role, index);
  });
}

function checkPrefill(content: Content, model: Model): void {
  if (model.refuses?.includes('prefill')) {
    throw invalid(
      'This model does not support assistant message prefill. The conversation must end with a user message.',
    );
  }
  const end = typeof content === 'string' ? content : content.at(-1)?.text;
  if (end !== undefined && /\s$/.test(end)) {
    throw invalid('messages: final assistant content cannot end with trailing whitespace');
  }
}

function checkTexts(content: Content, role: Message['role'], index: number): void {
  if (typeof content === 'string') {
    if (content !== '' && content.trim() === '') {
      throw invalid('messages: text content blocks must contain non-whitespace text');
    }
    return;
  }
  for (const { type, text = '' } of content) {
    if (role === 'assistant' && (type === 'image' || type === 'document')) {
      throw invalid(`messages.${index}.content: '${type}' blocks are not permitted within assistant turns.`);
    }
    if (type !== 'text') continue;
    if (text === '') throw invalid('messages: text content blocks must be non-empty');
    if (text.trim() === '') throw invalid('messages: text content blocks must contain non-whitespace text');
  }
}
