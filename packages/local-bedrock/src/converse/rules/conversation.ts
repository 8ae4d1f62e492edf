import { invalid } from '../../refusal.ts';
import type { Rule } from './rule.ts';

/** A conversation starts with the user, alternates, and every turn says something. */
export const conversation: Rule = ({ messages = [], system = [] }) => {
  if (messages[0]?.role !== 'user') {
    throw invalid(
      'A conversation must start with a user message. Try again with a conversation that starts with a user message.',
    );
  }
  messages.forEach(({ role }, index) => {
    if (role === messages[index - 1]?.role) {
      throw invalid(
        'A conversation must alternate between user and assistant roles. Make sure the conversation alternates between user and assistant roles and try again.',
      );
    }
  });
  messages.forEach(({ content }, index) => {
    if (content.length === 0) {
      throw invalid(
        `The content field in the Message object at messages.${index} is empty. Add a ContentBlock object to the content field and try again.`,
      );
    }
    content.forEach(({ text }, position) => {
      if (text?.trim() === '') throw blank('ContentBlock', `messages.${index}.content.${position}`);
    });
  });
  system.forEach(({ text }, index) => {
    // Not backed by a recording: the sentence of the other texts.
    if (text?.trim() === '') throw blank('SystemContentBlock', `system.${index}`);
  });
};

function blank(kind: string, path: string) {
  return invalid(
    `The text field in the ${kind} object at ${path} is blank. Add text to the text field, and try again.`,
  );
}
