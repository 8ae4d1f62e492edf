import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Conversation, openHistory } from 'lib';
import { withEndpoint } from './endpoint.ts';

/** A streamed conversation, kept in a file, that goes on in a second object. */
export default () =>
  withEndpoint(async (client) => {
    const folder = await mkdtemp(join(tmpdir(), 'chats-'));
    const history = await openHistory(join(folder, 'chats.sqlite'));
    const options = { client, modelId: 'amazon.nova-lite-v1:0', history, sessionId: 'ann' };
    const stream = new Conversation(options).stream('What is 17 + 25?');
    let text = '';
    for await (const delta of stream) if (delta.type === 'text') text += delta.text;
    assert.match(text, /42/);
    assert.equal((await stream.reply).text, text);
    await new Conversation(options).send('And what is 1 + 1?');
    const { entries } = await history.read('ann');
    assert.equal(entries.length, 2);
    await history.close();
    await rm(folder, { recursive: true });
  });
