import { Agent, askLater, openHistory, tool } from 'lib';
import { clientOver } from '../../scripted-endpoint.ts';

/** A program that ends while a person decides: it prints what waits. */
const [url = '', file = '', sessionId = ''] = process.argv.slice(2);
const book = tool({
  name: 'book',
  description: 'Books a room.',
  input: { type: 'object', properties: { room: { type: 'string' } }, required: ['room'] },
  approve: () => askLater,
  run: () => {
    throw new Error('This program must not book.');
  },
});
const history = await openHistory(file);
const client = clientOver('HTTP/1.1', url);
const agent = new Agent({ client, modelId: 'amazon.nova-micro-v1:0', tools: [book], history, sessionId });
const result = await agent.run('Book room 7.');
process.stdout.write(JSON.stringify(result));
// No close: it is gone, as a service is that is stopped.
process.exit(0);
