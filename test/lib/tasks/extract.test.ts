import type { StandardSchemaV1 } from '@standard-schema/spec';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { z } from 'zod';
import { extract } from '../../../lib/tasks/extract.ts';
import { novaMicro, scriptedModel } from './scripted-model.ts';

const schema = z.object({
  customer: z.string().describe('full name'),
  items: z.array(z.object({ product: z.string(), price: z.number() })),
  due: z.string().nullable(),
});
const llama = 'us.meta.llama3-1-70b-instruct-v1:0';
const order = { customer: 'Ann Lee', items: [{ product: 'Lamp', price: 12.5 }], due: null };

async function read(...answers: string[]) {
  const { client, prompts } = await scriptedModel(answers);
  // A model that is asked for JSON in words.
  return { ...(await extract(client, llama, 'Ann Lee: a lamp, $12.50', { schema })), prompts };
}

/** A schema of no library: a whole number. */
const wholeNumber: StandardSchemaV1<unknown, number> = {
  '~standard': {
    version: 1,
    vendor: 'by-hand',
    validate: async (value) =>
      Number.isInteger(value) ? { value: value as number } : { issues: [{ message: 'Not a whole number' }] },
  },
};

describe('extract', () => {
  it('gives what was found in the type of the schema, and shows the model that schema', async () => {
    const { value, prompts } = await read(JSON.stringify(order));
    expectTypeOf(value).toEqualTypeOf<z.infer<typeof schema>>();
    expect(value).toEqual(order);
    const shown = JSON.parse(/<schema>([\s\S]*)<\/schema>/.exec(prompts[0] ?? '')?.[1] ?? '');
    expect(shown).toMatchObject({
      type: 'object',
      properties: { customer: { type: 'string', description: 'full name' } },
      required: ['customer', 'items', 'due'],
    });
    expect(shown).not.toHaveProperty('$schema');
  });

  it.each([
    ['in a code fence', `\`\`\`json\n${JSON.stringify(order, null, 2)}\n\`\`\``],
    ['with words around it', `Here it is:\n${JSON.stringify(order)}\nAnything else?`],
    ['with white space', `\n  ${JSON.stringify(order)}\n`],
  ])('reads JSON %s', async (_, answer) => {
    expect((await read(answer)).value).toEqual(order);
  });

  it('names the member that is wrong, and asks again', async () => {
    const wrong = JSON.stringify({ ...order, items: [{ product: 'Lamp', price: '12.50' }] });
    const { value, calls, prompts } = await read(wrong, JSON.stringify(order));
    expect({ value, calls }).toEqual({ value: order, calls: 2 });
    expect(prompts[1]).toContain('it does not fit the schema: items.0.price: ');
  });

  it.each(['I cannot find any.', '{"customer": "Ann', '[1, 2'])('gives up on %j', async (answer) => {
    await expect(read(answer, answer)).rejects.toMatchObject({
      kind: 'answer',
      partialText: answer,
      message: expect.stringContaining('it is not JSON alone'),
    });
  });

  it('asks again for an answer that the model broke off, and not for a call that it stopped for', async () => {
    const cut = { text: JSON.stringify(order), toolInput: order, stopReason: 'malformed_tool_use' };
    const { client } = await scriptedModel([cut, { ...cut, stopReason: 'tool_use' }]);
    const { value, calls } = await extract(client, 'amazon.nova-lite-v1:0', 'Ann Lee', { schema });
    expect({ value, calls }).toEqual({ value: order, calls: 2 });
  });

  it('applies the conversions and defaults of the schema', async () => {
    const { client } = await scriptedModel(['{"day": "2026-11-25"}']);
    const converting = z.object({
      day: z.string().transform((day) => Number(day.slice(0, 4))),
      note: z.string().default('none'),
    });
    const { value } = await extract(client, novaMicro, 'Hm', { schema: converting });
    expect(value).toEqual({ day: 2026, note: 'none' });
  });

  it('takes a schema of any library, with a JSON Schema beside it', async () => {
    const { client, prompts } = await scriptedModel(['"many"', '12']);
    const jsonSchema = { type: 'integer' };
    const { value } = await extract(client, novaMicro, 'Twelve', { schema: wholeNumber, jsonSchema });
    expectTypeOf(value).toEqualTypeOf<number>();
    expect(value).toBe(12);
    expect(prompts[1]).toContain('Not a whole number');
  });

  it('says what to do when a schema cannot show itself', async () => {
    const { client } = await scriptedModel([]);
    await expect(extract(client, novaMicro, 'Hm', { schema: wholeNumber })).rejects.toMatchObject({
      kind: 'request',
      message: 'A schema of by-hand does not say how it looks as JSON Schema',
    });
    const ofValibot = { '~standard': { ...wholeNumber['~standard'], vendor: 'valibot' } };
    await expect(extract(client, novaMicro, 'Hm', { schema: ofValibot })).rejects.toMatchObject({
      hint: expect.stringContaining('toStandardJsonSchema(schema) of @valibot/to-json-schema'),
    });
    const dates = z.object({ day: z.date() });
    await expect(extract(client, novaMicro, 'Hm', { schema: dates })).rejects.toMatchObject({
      kind: 'request',
      message: expect.stringContaining('zod cannot write this schema as JSON Schema'),
    });
  });
});
