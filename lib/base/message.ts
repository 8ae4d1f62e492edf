import type { ContentBlock, Message as SdkMessage } from '@aws-sdk/client-bedrock-runtime';
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

/**
 * All text of a message, also of one as the SDK types it; cited text included, without the blocks of other kinds. Empty
 * where the model said nothing. Pure.
 */
export function textOf(message: Message | SdkMessage): string {
  checkInput('textOf', { message }, { message: 'message' });
  return (message.content ?? []).map(textOfBlock).join('');
}

function textOfBlock({ text, citationsContent }: ContentBlock): string {
  return text ?? citationsContent?.content?.map((part) => part.text ?? '').join('') ?? '';
}

/**
 * The same value with every text in it, and every name of a member, well-formed: half a character (a lone surrogate),
 * as a cut by length leaves it, becomes U+FFFD. Services refuse the whole request for one. The value itself when there
 * is nothing to mend. Pure.
 */
export function wellFormed<Value>(value: Value): Value {
  return mend(value) as Value;
}

function mend(value: unknown): unknown {
  if (typeof value === 'string') return value.isWellFormed() ? value : value.toWellFormed();
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value;
  if (Array.isArray(value)) {
    const mended = value.map(mend);
    return mended.every((member, index) => Object.is(member, value[index])) ? value : mended;
  }
  const prototype = Object.getPrototypeOf(value);
  // What is more than data, such as a stream, is not taken apart.
  if (prototype !== Object.prototype && prototype !== null) return value;
  let isSame = true;
  const members = Object.entries(value).map(([name, member]) => {
    const entry = [mend(name) as string, mend(member)] as const;
    isSame &&= entry[0] === name && Object.is(entry[1], member);
    return entry;
  });
  return isSame ? value : Object.fromEntries(members);
}
