/**
 * A program whose agent is killed in the middle of its second tool:
 *
 *   node crashing-agent.ts <url> <file> <session>
 */

import { Agent } from '../../../lib/agent/agent.ts';
import { tool } from '../../../lib/agent/tool.ts';
import { createClient } from '../../../lib/call/client.ts';
import { openHistory } from '../../../lib/history/open-history.ts';

const input = { type: 'object' };
const first = tool({ name: 'first', description: 'Is done.', input, run: () => 'done' });
const second = tool({
  name: 'second',
  description: 'Does not come back.',
  input,
  run: async () => {
    await new Promise((resolve) => setTimeout(resolve, 300));
    process.kill(process.pid, 'SIGKILL');
  },
});

async function main([url = '', file = '', sessionId = '']: string[]): Promise<void> {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const client = createClient({ endpoint: url, region: 'us-east-1', credentials });
  const history = await openHistory(file);
  const tools = [first, second];
  await new Agent({ client, modelId: 'amazon.nova-micro-v1:0', tools, history, sessionId }).run('Do both.');
}

void main(process.argv.slice(2));
