import { signsReasoning, splitModelId } from 'bedrock-models';
import type { Message } from '../base/message.ts';

/** Who has said a message, as far as it is known: plain JSON does not say it. */
const speakers = new WeakMap<Message, string>();

/** Remembers the model that has said it, for as long as the message is kept. */
export function rememberSpeaker(message: Message, modelId: string): void {
  speakers.set(message, modelId);
}

/**
 * Whether the message's reasoning may go to the model: to one that signs, and where it is known who has said it, to
 * that one only. Without a model: as it is.
 */
export function takesReasoningOf(message: Message, modelId: string | undefined): boolean {
  if (modelId === undefined) return true;
  if (!signsReasoning(modelId)) return false;
  const speaker = speakers.get(message);
  return speaker === undefined || splitModelId(speaker).baseId === splitModelId(modelId).baseId;
}
