import type { Message } from '../../base/message.ts';
import type { NoteRepair } from '../repair.ts';

/** Said by the user where a transcript begins with the assistant, as one does that was cut there. */
const beginning = '(The beginning of this conversation is not shown.)';

/** Said by the user where a transcript ends with the assistant, and the model does not go on from there. */
const goOn = 'Go on.';

/** Messages of the same role in a row become one: roles must alternate. Pure. */
export function mergeRoles(messages: readonly Message[], note: NoteRepair): Message[] {
  const merged: Message[] = [];
  for (const message of messages) {
    const last = merged.at(-1);
    if (last?.role !== message.role) merged.push(message);
    else {
      note('roles-merged', `Two ${message.role} messages in a row were put together.`);
      merged[merged.length - 1] = { role: last.role, content: [...last.content, ...message.content] };
    }
  }
  return merged;
}

/** Drops messages that say nothing: without content, or with nothing but marks and thoughts. Pure. */
export function dropEmpty(messages: readonly Message[], note: NoteRepair): Message[] {
  return messages.filter(({ role, content }) => {
    const speaks = content.some((block) => !('cachePoint' in block) && !('reasoningContent' in block));
    if (!speaks) note('empty-message-dropped', `A message of the ${role} without content was left out.`);
    return speaks;
  });
}

/** A conversation starts with the user. Pure. */
export function startWithUser(messages: readonly Message[], note: NoteRepair): Message[] {
  if (messages[0]?.role !== 'assistant') return [...messages];
  note('first-turn-added', 'A user message was put in front, because the assistant spoke first.');
  return [{ role: 'user', content: [{ text: beginning }] }, ...messages];
}

/**
 * A transcript that ends with the assistant is the beginning of an answer, which the model goes on with: without white
 * space at its end, and only for models that do so. Pure.
 *
 * @param goesOn whether the model does
 */
export function endLegally(messages: readonly Message[], goesOn: boolean, note: NoteRepair): Message[] {
  const last = messages.at(-1);
  if (last?.role !== 'assistant') return [...messages];
  if (!goesOn) {
    note(
      'last-turn-added',
      'A user message was put at the end: this model does not go on with its own words.',
    );
    return [...messages, { role: 'user', content: [{ text: goOn }] }];
  }
  const text = last.content.at(-1)?.text;
  if (text === undefined || text === text.trimEnd()) return [...messages];
  note('trailing-space-trimmed', 'White space at the end of the last message was left out.');
  const content = [...last.content.slice(0, -1), { text: text.trimEnd() }];
  return [...messages.slice(0, -1), { role: last.role, content }];
}
