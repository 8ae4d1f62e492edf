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

  it('takes a line that is broken within a value', async () => {
    expect(await readJson('{"city":"Kyo\nto"}', schema)).toEqual({ value: { city: 'Kyo\nto' } });
  });

  it('says what is wrong with an answer that is none', async () => {
    expect(await readJson('Warm.', schema)).toEqual({ problem: 'it is not JSON alone' });
    expect(await readJson('{"city":5}', schema)).toEqual({ problem: expect.stringContaining('city') });
    expect(await readJson('{'.repeat(3_000), schema)).toEqual({ problem: 'it is not JSON alone' });
  });
});
