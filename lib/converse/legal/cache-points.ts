import type { ContentBlock } from '@aws-sdk/client-bedrock-runtime';
import type { Message } from '../../base/message.ts';
import type { NoteRepair } from '../repair.ts';

/** How many cache points one request may have, in tools, system prompt and messages together. */
const mostCachePoints = 4;

/**
 * Cache points stay where Bedrock takes them: after content that is no document, not twice in a row, and at most four
 * in a request, of which the last ones are worth most. Pure.
 *
 * @param elsewhere how many there are in the tools and in the system prompt
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/prompt-caching.html
 */
export function placeCachePoints(
  messages: readonly Message[],
  elsewhere: number,
  allowed: boolean,
  note: NoteRepair,
): Message[] {
  const placed = messages.map((message) => ({
    ...message,
    content: message.content.filter((block, index) => {
      if (block.cachePoint === undefined) return true;
      const before = message.content[index - 1];
      const fits = allowed && before !== undefined && !before.cachePoint && !before.document;
      if (!fits) note('cache-point-dropped', 'A cache point was left out, because it may not stand there.');
      return fits;
    }),
  }));
  let surplus = countCachePoints(placed) - Math.max(0, mostCachePoints - elsewhere);
  if (surplus <= 0) return placed;
  return placed.map((message) => ({
    ...message,
    content: message.content.filter((block) => {
      if (block.cachePoint === undefined || surplus <= 0) return true;
      surplus--;
      note('cache-point-dropped', 'The oldest cache points were left out: a request may have four.');
      return false;
    }),
  }));
}

function countCachePoints(messages: readonly { content: readonly ContentBlock[] }[]): number {
  return messages.reduce(
    (sum, { content }) => sum + content.filter(({ cachePoint }) => cachePoint !== undefined).length,
    0,
  );
}
