import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { catalogue, embeddingCatalogue } from '../../../bedrock-models/src/catalogue.ts';
import { findEmbeddingFamily, findFamily } from '../../../bedrock-models/src/find.ts';
import { type AnswerEvent, type LocalBedrock, scripted, startLocalBedrock } from '../../src/index.ts';
import { lackingAccount } from './accounts.ts';
import { differencesOf, replay } from './differences.ts';
import { type Exchange, isThere, readExchanges, readFixtures } from './exchanges.ts';
import { withGuardrail } from './guardrails.ts';
import { knownDifferences } from './known-differences.ts';

const exchanges = readExchanges();
const explained = new Map<string, Set<string>>();
let words: readonly AnswerEvent[] = [];
let replayed = 0;
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

async function differencesFromHere(recorded: Exchange): Promise<string[]> {
  const lacking = lackingAccount(recorded);
  if (lacking !== undefined) {
    const { options, requestHeaders } = lacking;
    const other = await startLocalBedrock(options);
    const ours = await replay(other.url, { ...recorded, requestHeaders });
    await other.close();
    return differencesOf(recorded, ours);
  }
  replayed += 1;
  const seeded = await withGuardrail(endpoint.url, recorded, `replay-${replayed}`);
  words = seeded.words;
  endpoint.setDate({ today: recorded.day });
  return differencesOf(recorded, await replay(endpoint.url, seeded.exchange));
}

describe('the endpoint answers in the form that AWS answers in', () => {
  const fixtures = readFixtures();

  it.each(fixtures.map((exchange) => [exchange.name, exchange] as const))('%s', async (_, exchange) => {
    expect(await differencesFromHere(exchange)).toEqual([]);
  });

  it('of every family of models', () => {
    const held = fixtures.map(({ modelId }) => findFamily(modelId) ?? findEmbeddingFamily(modelId));
    const all = [...catalogue, ...embeddingCatalogue].map(({ family }) => family);
    expect(new Set(held)).toEqual(new Set(all));
  });
});

if (!isThere)
  console.warn('Recorded exchanges with AWS are not beside this repository: nothing is compared.');

describe.skipIf(!isThere)('the endpoint answers what AWS was recorded to answer', () => {
  it('has recordings to compare', () => expect(exchanges.length).toBeGreaterThan(200));

  it.each(exchanges.map((exchange) => [exchange.name, exchange] as const))('%s', async (_, exchange) => {
    const unknown = (await differencesFromHere(exchange)).filter((difference) => {
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
