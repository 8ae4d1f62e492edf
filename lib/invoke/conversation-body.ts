import type { ModelFamily } from 'bedrock-models';
import { checkInput, checkOptions } from '../base/check-input.ts';
import { LibError } from '../base/errors.ts';
import { type Message, textOf } from '../base/message.ts';
import { bodyRules, familyNamed, type InvokeBodyOptions } from './families.ts';
import { defaultMaxTokens, type TextTurn } from './family.ts';

/**
 * The body of InvokeModel for a conversation, in the family's own form: Titan's `User:` and `Bot:`, Claude's messages,
 * Llama's header tokens and so on. Messages of the same side that follow each other become one turn. A last message by
 * the assistant is the beginning of the answer. Pure.
 *
 * @throws LibError of kind `request` for a conversation that does not begin with the user's words, for messages with
 *   anything but text, and for stop sequences that the family has no member for
 */
export function buildConversationBody(
  family: ModelFamily,
  messages: readonly Message[],
  options: InvokeBodyOptions = {},
): object {
  checkInput('buildConversationBody', { family, messages }, { family: 'text', messages: 'messages' });
  checkOptions('buildConversationBody', options, bodyRules);
  const turns = asTurns(messages);
  return familyNamed(family).buildConversation(turns, {
    ...options,
    maxTokens: options.maxTokens ?? defaultMaxTokens,
  });
}

function asTurns(messages: readonly Message[]): TextTurn[] {
  const turns: TextTurn[] = [];
  for (const [index, message] of messages.entries()) {
    const other = message.content.find((block) => block.text === undefined);
    if (other !== undefined) {
      throw refused(
        `Message ${index} holds more than text: ${Object.keys(other).join(', ')}`,
        'InvokeModel bodies are built here for text only. Use Converse, which takes every kind of block.',
      );
    }
    const text = textOf(message);
    if (text.trim() === '') {
      throw refused(`Message ${index} has no words`, 'Leave it out: every model refuses an empty turn.');
    }
    const last = turns.at(-1);
    if (last?.role === message.role) {
      turns[turns.length - 1] = { role: last.role, text: `${last.text}\n\n${text}` };
    } else turns.push({ role: message.role, text });
  }
  if (turns[0]?.role !== 'user') {
    throw refused(
      turns.length === 0 ? 'The conversation is empty' : 'The conversation begins with the assistant',
      'Begin with a message of the user.',
    );
  }
  return turns;
}

function refused(message: string, hint: string): LibError {
  return new LibError(message, { kind: 'request', hint });
}
