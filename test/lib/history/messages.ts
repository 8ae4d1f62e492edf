import type { Message } from '../../../lib/base/message.ts';
import type { History, Turn } from '../../../lib/history/history.ts';

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

/**
 * What was said in a session while nobody looked: so many turns, appended to what is there.
 *
 * @param sessionId the session's name, or the end of it: a chat page puts the visitor in front
 * @param turnOf the turn with this number, from 0
 * @returns the name of the session
 */
export async function appendTurns(
  history: History,
  sessionId: string,
  count: number,
  turnOf: (number: number) => Turn,
): Promise<string> {
  const sessions = await history.sessions();
  const name = sessions.find((one) => one.sessionId.endsWith(sessionId))?.sessionId ?? sessionId;
  let { sequence } = await history.read(name);
  for (let number = 0; number < count; number++)
    sequence = await history.append(name, turnOf(number), sequence);
  return name;
}
