import assert from 'node:assert/strict';
import { Agent, createClient, isLibError, showPlot, startChat, tool } from 'lib';
import { renderMarkdown } from 'lib/web';

/** Each optional package that is not installed is named by an error. */
export default async () => {
  const client = createClient({ region: 'us-east-1', endpoint: 'http://127.0.0.1:9' });
  const description = { title: 'Bars', description: 'Bars', rows: [] };
  await named(() => showPlot(() => ({}), description), 'npm install @observablehq/plot linkedom');
  await named(() => startChat({ client }), 'npm install hono @hono/node-server marked');
  await named(async () => renderMarkdown('*text*'), 'npm install marked');
  const now = tool({
    name: 'now',
    description: 'Says the time.',
    input: { type: 'object' },
    run: () => 'noon',
  });
  const agent = new Agent({ client, modelId: 'amazon.nova-lite-v1:0', tools: [now] });
  await named(() => agent.run('What time is it?'), 'npm install zod');
};

async function named(call: () => Promise<unknown>, command: string): Promise<void> {
  await assert.rejects(call, (error: unknown) => {
    assert.ok(isLibError(error), String(error));
    assert.ok(error.hint.includes(command), `${error.hint} does not say ${command}`);
    return true;
  });
}
