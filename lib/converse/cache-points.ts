import { cachePointLimit, cacheRuleOf, type RequestPart } from 'bedrock-models';
import type { NoteRepair } from './types.ts';

/** The cache points that come before, in the order of a request: tools, system prompt, messages. */
export interface CachePointsBefore {
  readonly count: number;
  /** Whether one of them lives for five minutes. */
  readonly isShort: boolean;
}

export const noCachePoints: CachePointsBefore = { count: 0, isShort: false };

interface Block {
  readonly cachePoint?: { readonly type?: unknown; readonly ttl?: unknown } | undefined;
  readonly document?: unknown;
}

/**
 * Cache points stay where the model takes them: after something that can be cached and is no document, not twice in a
 * row, at most four in a request, of which the last ones are worth most, and those of an hour in front of those of five
 * minutes. Pure.
 *
 * @param lists the blocks of this part: the tools, the system prompt, or each message's content
 * @param modelId absent: the rules of no model in particular
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/prompt-caching.html
 */
export function placeCachePoints<Content extends Block>(
  lists: readonly (readonly Content[])[],
  part: RequestPart,
  modelId: string | undefined,
  before: CachePointsBefore,
  note: NoteRepair,
): { readonly lists: readonly (readonly Content[])[]; readonly after: CachePointsBefore } {
  const rule = modelId === undefined ? anyRule : cacheRuleOf(modelId);
  const isAllowed = rule?.parts.includes(part) ?? false;
  let count = 0;
  let isAnywhere = false;
  const placed = lists.map((list) =>
    list.filter((block, index) => {
      if (block.cachePoint === undefined) return true;
      isAnywhere = true;
      const previous = list[index - 1];
      const fits = isAllowed && previous !== undefined && !previous.cachePoint && !previous.document;
      if (!fits) note('cache-point-dropped', 'A cache point was left out, because it may not stand there.');
      else count += 1;
      return fits;
    }),
  );
  if (!isAnywhere) return { lists, after: before };
  let surplus = count - Math.max(0, cachePointLimit - before.count);
  let isShort = before.isShort;
  const fitted = placed.map((list) =>
    list.flatMap((block): Content[] => {
      if (block.cachePoint === undefined) return [block];
      if (surplus > 0) {
        surplus -= 1;
        note('cache-point-dropped', 'The oldest cache points were left out: a request may have four.');
        return [];
      }
      const { ttl, ...point } = block.cachePoint;
      const isLong = ttl === '1h' && rule?.takesTimeToLive === true && !isShort;
      isShort ||= !isLong;
      if (ttl === undefined || isLong || (ttl === '5m' && rule?.takesTimeToLive)) return [block];
      note(
        'cache-point-shortened',
        'A cache point lives for five minutes: this model has no longer one, or one of five minutes came before it.',
      );
      return [{ ...block, cachePoint: point }];
    }),
  );
  const kept = fitted.flat().filter(({ cachePoint }) => cachePoint !== undefined).length;
  return { lists: fitted, after: { count: before.count + kept, isShort } };
}

const anyRule = { parts: ['tools', 'system', 'messages'], takesTimeToLive: true } as const;
