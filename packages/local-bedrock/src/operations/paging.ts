import { invalid } from '../http/refusal.ts';

/** The most items a page may have, by the API's model. */
const longestPage = 1_000;

/**
 * One page of a list, by the query's `maxResults` and `nextToken`; `nextToken` is absent on the last. Refuses what is no
 * number or no token. The text for a bad token is not AWS's.
 */
export function page<Item>(
  items: readonly Item[],
  query: URLSearchParams,
): { items: readonly Item[]; nextToken?: string } {
  const asked = query.get('maxResults');
  const size = asked === null ? longestPage : Number(asked);
  if (!Number.isInteger(size) || size < 1 || size > longestPage) {
    const rule = size > longestPage ? `less than or equal to ${longestPage}` : 'greater than or equal to 1';
    throw invalid(
      `1 validation error detected: Value '${asked}' at 'maxResults' failed to satisfy constraint: Member must have value ${rule}`,
    );
  }
  const from = startOf(query.get('nextToken'), items.length);
  const end = from + size;
  return {
    items: items.slice(from, end),
    ...(end < items.length ? { nextToken: Buffer.from(`from ${end}`).toString('base64url') } : {}),
  };
}

function startOf(token: string | null, length: number): number {
  if (token === null) return 0;
  const start = Number(/^from (\d+)$/.exec(Buffer.from(token, 'base64url').toString())?.[1]);
  if (!(start < length)) throw invalid('The provided nextToken is invalid. Start again without one.');
  return start;
}
