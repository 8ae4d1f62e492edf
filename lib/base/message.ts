import type { ContentBlock } from '@aws-sdk/client-bedrock-runtime';
import { checkInput } from './check-input.ts';

/**
 * One message of a conversation: plain JSON in Converse's own shape, so that it can be sent, stored and printed as it
 * is. (The SDK's own type allows every member to be missing, and a third role that only some features use.)
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Message.html
 */
export interface Message {
  readonly role: 'user' | 'assistant';
  readonly content: readonly ContentBlock[];
}

/** All text of a message, cited text included, without the blocks of other kinds. Pure. */
export function textOf(message: Message): string {
  checkInput('textOf', { message }, { message: 'message' });
  return message.content.map(textOfBlock).join('');
}

function textOfBlock({ text, citationsContent }: ContentBlock): string {
  return text ?? citationsContent?.content?.map((part) => part.text ?? '').join('') ?? '';
}
