import { type ToolDefinition, tool } from 'lib';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { callTool, readyTools } from '../../../lib/agent/run-tools.ts';
import { maxResultCharacters } from '../../../lib/agent/tool-result.ts';

const input = { type: 'object' };
const valid: ToolDefinition<typeof input> = { name: 'a', description: 'A.', input, run: () => 1 };

async function resultOf(run: () => unknown) {
  const tools = await readyTools([tool({ ...valid, run })]);
  const call = { toolUseId: 't', name: 'a', input: {} };
  const outcome = await callTool(tools, call, new AbortController().signal);
  if (outcome === undefined) throw new Error('The call waits.');
  return outcome;
}

describe('tool', () => {
  it.each([
    [{ name: 'no spaces' }, /No tool can be named "no spaces"/],
    [{ name: 'a'.repeat(65) }, /No tool can be named/],
    [{ description: ' ' }, /has no description/],
    [{ input: { type: 'string' } }, /is not an object/],
    [{ timeoutMs: 0 }, /has no time to run/],
  ])('refuses what Bedrock would refuse: %j', (wrong, message) => {
    expect(() => tool({ ...valid, ...wrong })).toThrow(message);
  });

  it('gives run what the schema makes of the input', async () => {
    const double = tool({
      name: 'double',
      description: 'Twice.',
      input: z.object({ n: z.number().default(4) }),
      run: ({ n }) => n * 2,
    });
    const tools = await readyTools([double]);
    const call = { toolUseId: 't', name: 'double', input: {} };
    expect(await callTool(tools, call, new AbortController().signal)).toMatchObject({
      text: '8',
      status: 'success',
    });
    expect(double.jsonSchema).toMatchObject({ type: 'object', properties: { n: { type: 'number' } } });
  });
});

describe('The result of a tool', () => {
  it.each<[unknown, string]>([
    ['words', 'words'],
    [{ a: [1] }, '{"a":[1]}'],
    [0, '0'],
    [undefined, '(The tool has run, and gave nothing back.)'],
    ['  ', '(The tool has run, and gave nothing back.)'],
  ])('%j goes to the model as %j', async (value, text) => {
    expect(await resultOf(() => value)).toMatchObject({ text, status: 'success' });
  });

  it('that is very long is cut, not inside a character', async () => {
    const long = `a${'😀'.repeat(maxResultCharacters)}`;
    const { text } = await resultOf(() => long);
    expect(text.length).toBeLessThan(maxResultCharacters + 100);
    expect(text).toBe(Buffer.from(text).toString());
    expect(text).toContain(`has ${long.length} characters`);
  });

  it.each([null, undefined, 'text', new Error('')])(
    'whatever it throws (%j) is a failure',
    async (thrown) => {
      expect(
        await resultOf(() => {
          throw thrown;
        }),
      ).toMatchObject({ failure: 'failed' });
    },
  );
});
