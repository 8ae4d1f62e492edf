import { describe, expect, it } from 'vitest';
import { buildConverseRequest } from '../../../lib/converse/request.ts';

const cachePoint = { cachePoint: { type: 'default' as const } };
const text = { text: 'Some words.' };
const toolSpec = {
  toolSpec: { name: 'look', description: 'Looks.', inputSchema: { json: { type: 'object' } } },
};

const pointsIn = (value: unknown) => JSON.stringify(value).split('"cachePoint"').length - 1;

describe('the cache points of a request', () => {
  it.each([
    ['none elsewhere', 0, 0, 4],
    ['two in the system prompt', 2, 0, 2],
    ['one in the tools', 0, 1, 3],
    ['two in the system prompt and one in the tools', 2, 1, 1],
    ['three in the system prompt and one in the tools', 3, 1, 0],
  ])('are four at most, with %s', (_, inSystem, inTools, kept) => {
    const system = Array.from({ length: inSystem }, () => [text, cachePoint]).flat();
    const tools = [toolSpec, ...Array.from({ length: inTools }, () => cachePoint)];
    const { input, repairs } = buildConverseRequest(
      'us.anthropic.claude-haiku-4-5-20251001-v1:0',
      [{ role: 'user', content: Array.from({ length: 4 }, () => [text, cachePoint]).flat() }],
      { ...(system.length > 0 && { system }), toolConfig: { tools } },
    );
    expect(pointsIn(input.messages)).toBe(kept);
    expect(repairs.filter(({ kind }) => kind === 'cache-point-dropped')).toHaveLength(4 - kept);
  });
});
