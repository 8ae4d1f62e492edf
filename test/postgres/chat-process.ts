/**
 * A server's process, as it answers users: each line on its standard input is `<session> <question>`, and each is begun
 * at once, with a `Conversation` of its own as a request has.
 *
 *   node chat-process.ts <location> <endpoint>
 *
 * It says `ready`, then for each line, as JSON, the session and the question, with what it stored or how it failed.
 */
import { writeSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { Conversation, createClient, isLibError, openHistory } from 'lib';

const [location = '', endpoint = ''] = process.argv.slice(2);
const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
const client = createClient({ endpoint, region: 'us-east-1', credentials });
const history = await openHistory(location);
const underWay: Promise<void>[] = [];

async function answer(sessionId: string, question: string): Promise<void> {
  const said = { sessionId, question };
  try {
    const modelId = 'amazon.nova-micro-v1:0';
    const { text } = await new Conversation({ client, modelId, history, sessionId }).send(question);
    writeSync(1, `${JSON.stringify({ ...said, text })}\n`);
  } catch (error) {
    writeSync(1, `${JSON.stringify({ ...said, failed: isLibError(error) ? error.kind : String(error) })}\n`);
  }
}

writeSync(1, 'ready\n');
for await (const line of createInterface({ input: process.stdin })) {
  const space = line.indexOf(' ');
  underWay.push(answer(line.slice(0, space), line.slice(space + 1)));
}
await Promise.all(underWay);
await history.close();
