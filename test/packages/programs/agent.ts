import assert from 'node:assert/strict';
import { Agent, tool } from 'lib';
import { z } from 'zod';
import { withEndpoint } from './endpoint.ts';

/** An agent with two tools, one described by zod and one by JSON Schema. */
export default () =>
  withEndpoint(async (client) => {
    const asked: string[] = [];
    const weather = tool({
      name: 'get_weather',
      description: 'Says how the weather is in a city.',
      input: z.object({ city: z.string() }),
      run: async ({ city }) => {
        asked.push(city);
        return { city, celsius: 21 };
      },
    });
    const time = tool({
      name: 'get_time',
      description: 'Says what time it is in a city.',
      input: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
      run: async () => '12:00',
    });
    const agent = new Agent({ client, modelId: 'amazon.nova-lite-v1:0', tools: [weather, time] });
    const result = await agent.run('What is the weather in Paris?');
    assert.equal(result.outcome, 'answered');
    assert.deepEqual(asked, ['Paris']);
    assert.match(result.text, /21/);
  });
