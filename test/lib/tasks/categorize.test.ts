import { describe, expect, expectTypeOf, it } from 'vitest';
import { categorize } from '../../../lib/tasks/categorize.ts';
import { novaMicro, scriptedModel } from './scripted-model.ts';

const categories = { billing: 'charges and refunds', delivery: 'late parcels', technical: '' };

async function read(...answers: string[]) {
  const { client, prompts } = await scriptedModel(answers);
  const result = await categorize(client, novaMicro, 'Hm', { categories });
  return { ...result, prompts };
}

describe('categorize', () => {
  it('gives every category that fits, in the model’s order, each once', async () => {
    const result = await read('Delivery, "billing", delivery');
    expectTypeOf(result.categories).toEqualTypeOf<readonly ('billing' | 'delivery' | 'technical')[]>();
    expect(result.categories).toEqual(['delivery', 'billing']);
    expect(result.prompts[0]).toContain(
      '- billing: charges and refunds\n- delivery: late parcels\n- technical\n',
    );
  });

  it.each([
    ['billing\ndelivery', ['billing', 'delivery']],
    ['- billing\n- delivery\n', ['billing', 'delivery']],
    ['["billing", "delivery"]', ['billing', 'delivery']],
    ['<categories>billing; delivery</categories>', ['billing', 'delivery']],
    ['Categories: billing, delivery.', ['billing', 'delivery']],
    ['technical', ['technical']],
    ['None.', []],
  ])('understands %j', async (answer, expected) => {
    expect((await read(answer)).categories).toEqual(expected);
  });

  it('names the category that is not in the set, and asks again', async () => {
    const { categories: found, prompts } = await read('billing, taxes', 'billing');
    expect(found).toEqual(['billing']);
    expect(prompts[1]).toContain('What is wrong with it: "taxes" is none of billing, delivery, technical.');
  });

  it.each(['', '…'])('does not take %j for the answer that nothing fits', async (answer) => {
    await expect(read(answer, answer)).rejects.toMatchObject({ kind: 'answer' });
  });

  it.each(['None', 'this, that'])('refuses a category named %j', async (name) => {
    const { client } = await scriptedModel([]);
    await expect(categorize(client, novaMicro, 'Hm', { categories: ['a', name] })).rejects.toMatchObject({
      kind: 'request',
    });
  });
});
