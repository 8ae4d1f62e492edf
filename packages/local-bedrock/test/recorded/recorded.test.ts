import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LocalBedrock, scripted, startLocalBedrock } from '../../src/index.ts';
import { differencesOf, replay, wordsOf } from './differences.ts';
import { isThere, readExchanges } from './exchanges.ts';
import { knownDifferences } from './known-differences.ts';

const exchanges = readExchanges();
const explained = new Map<string, Set<string>>();
let words: ReturnType<typeof wordsOf> = [];
let endpoint: LocalBedrock;

beforeAll(async () => {
  // The models behind the recording accounts' own profiles, by what their answers look like.
  const inferenceProfiles = {
    '1arbu5hu2sjr': 'us.anthropic.claude-haiku-4-5-20251001-v1:0',
    mi1dadi0g15f: 'us.amazon.nova-micro-v1:0',
  };
  endpoint = await startLocalBedrock({ words: scripted(() => words), inferenceProfiles });
});
afterAll(() => endpoint.close());

if (!isThere)
  console.warn('Recorded exchanges with AWS are not beside this repository: nothing is compared.');

describe.skipIf(!isThere)('the endpoint answers what AWS was recorded to answer', () => {
  it('has recordings to compare', () => expect(exchanges.length).toBeGreaterThan(200));

  it.each(exchanges.map((exchange) => [exchange.name, exchange] as const))('%s', async (_, exchange) => {
    words = wordsOf(exchange);
    endpoint.setDate({ today: exchange.day });
    const differences = differencesOf(exchange, await replay(endpoint.url, exchange));
    const unknown = differences.filter((difference) => {
      const row = knownDifferences.find(({ explains }) => explains(difference, exchange));
      if (row === undefined) return true;
      explained.set(row.cause, (explained.get(row.cause) ?? new Set()).add(exchange.name));
      return false;
    });
    expect(unknown).toEqual([]);
  });

  it('differs where the list says, and nowhere else', () => {
    expect(knownDifferences.map(({ cause }) => [cause, explained.get(cause)?.size ?? 0])).toEqual(
      knownDifferences.map(({ cause, exchanges: count }) => [cause, count]),
    );
  });
});
