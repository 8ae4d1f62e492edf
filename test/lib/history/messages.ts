import type { Message } from '../../../lib/base/message.ts';
import type { Turn } from '../../../lib/history/history.ts';

export function user(text: string): Message {
  return { role: 'user', content: [{ text }] };
}

export function assistant(text: string): Message {
  return { role: 'assistant', content: [{ text }] };
}

export function turn(question: string, answer: string): Turn {
  return { messages: [user(question), assistant(answer)] };
}

export function toolCall(...toolUseIds: string[]): Message {
  return {
    role: 'assistant',
    content: toolUseIds.map((toolUseId) => ({ toolUse: { toolUseId, name: 'clock', input: {} } })),
  };
}

export function toolResult(toolUseId: string, text: string): Message {
  return { role: 'user', content: [{ toolResult: { toolUseId, content: [{ text }] } }] };
}
