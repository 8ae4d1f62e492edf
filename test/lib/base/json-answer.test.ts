import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { readJson } from '../../../lib/base/json-answer.ts';

const schema = z.object({ city: z.string() });

describe('readJson', () => {
  it.each([
    '{"city":"Kyoto"}',
    '```json\n{"city":"Kyoto"}\n```',
    '<thinking>I need {"city": ...}.</thinking>\n{"city":"Kyoto"}',
    'It fits {this form}: {"city":"Kyoto"}',
    '{"city":"Kyoto"} and that is {all}.',
    '{"town":"Ube"} no: {"city":"Kyoto"}',
    'First ```json\n{"town":1}\n``` then ```json\n{"city":"Kyoto"}\n```',
  ])('finds the answer in %j', async (answer) => {
    expect(await readJson(answer, schema)).toEqual({ value: { city: 'Kyoto' } });
  });

  it.each([
    '{"city":"Kyoto",}',
    '{"city": /* the old capital */ "Kyoto" // of Japan\n}',
    '[{"city":"Kyoto"}]',
    '{"result":{"city":"Kyoto"}}',
    '{"result":[{"city":"Kyoto",}]}',
    JSON.stringify('{"city":"Kyoto"}'),
    JSON.stringify({ answer: '{"city":"Kyoto"}' }),
  ])('takes %j, whose object is right', async (answer) => {
    expect(await readJson(answer, schema)).toEqual({ value: { city: 'Kyoto' } });
  });

  it('leaves the texts in an object as they are', async () => {
    const city = 'a // b /* c */ ,} ,] \\';
    const answer = `{"city":${JSON.stringify(city)},}`;
    expect(await readJson(answer, schema)).toEqual({ value: { city } });
  });

  it('does not choose among several that a list holds', async () => {
    const several = '[{"city":"Kyoto"},{"city":"Nara"}]';
    expect(await readJson(several, schema)).toEqual({ problem: expect.stringContaining('schema') });
  });

  it.each(['12345678901234567890', '9007199254740993', '-9007199254740993', '1e400', '1e-400'])(
    'takes no other number for %s',
    async (digits) => {
      const order = z.object({ order: z.number() });
      for (const answer of [
        `{"order":${digits}}`,
        `The order: {"order":${digits},}`,
        `[{"order":${digits}}]`,
        JSON.stringify(`{"order":${digits}}`),
      ])
        expect(await readJson(answer, order)).toEqual({
          problem: `it has a number that this program cannot hold exactly: ${digits}. Write its digits as a text if the schema takes one`,
        });
      const text = `{"order":"${digits}"}`;
      expect(await readJson(text, z.object({ order: z.string() }))).toEqual({ value: { order: digits } });
    },
  );

  it('takes numbers that a double holds, and rounds far behind the point', async () => {
    const numbers = '[9007199254740991,9007199254740992,1e22,0.1,3.14159265358979323846,-0.0]';
    expect(await readJson(numbers, z.array(z.number()))).toEqual({
      value: [9007199254740991, 9007199254740992, 1e22, 0.1, Math.PI, -0],
    });
  });

  it('takes a line that is broken within a value', async () => {
    expect(await readJson('{"city":"Kyo\nto"}', schema)).toEqual({ value: { city: 'Kyo\nto' } });
  });

  it('says what is wrong with an answer that is none', async () => {
    expect(await readJson('Warm.', schema)).toEqual({ problem: 'it is not JSON alone' });
    expect(await readJson('{"city":5}', schema)).toEqual({ problem: expect.stringContaining('city') });
    expect(await readJson('{'.repeat(3_000), schema)).toEqual({ problem: 'it is not JSON alone' });
  });

  it.each([
    ['line ends behind a fence', (n: number) => `\`\`\`json${'\n'.repeat(n)}`],
    ['escapes in a text that never ends', (n: number) => `{"a": "${'\\"'.repeat(n)}`],
  ])('takes time in proportion to a run of %s', async (_, make) => {
    const timeOf = async (count: number) => {
      const begin = process.cpuUsage();
      await readJson(make(count), schema);
      const { user, system } = process.cpuUsage(begin);
      return (user + system) / 1_000;
    };
    await timeOf(1_000);
    expect(await timeOf(160_000)).toBeLessThan(3 * (await timeOf(80_000)) + 200);
  });
});
