import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Conversation, createClient } from 'lib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { History, Turn } from '../../../lib/history/history.ts';
import { openHistory } from '../../../lib/history/open-history.ts';
import { clientFor, useLocalBedrock } from '../../local-endpoint.ts';
import { answer, bodyOf, failureOf, modelId, textsOf, withScripts } from './scripted-conversation.ts';

const endpoint = useLocalBedrock('lab');
let folder = '';
let history: History;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'conversation-'));
  history = await openHistory(join(folder, 'history.db'));
});
afterEach(async () => {
  await history.close();
  await rm(folder, { recursive: true });
});

const refused = {
  status: 400,
  headers: { 'x-amzn-ErrorType': 'ValidationException' },
  body: '{"message":"No."}',
};

describe('Conversation with a history', () => {
  it('stores each turn as one entry, once its answer is whole', async () => {
    await withScripts(
      [answer('one'), refused, answer('three')],
      async (conversation) => {
        await conversation.send('first');
        await failureOf(conversation.send('second'));
        await conversation.send('third');
        const { entries, sequence } = await history.read('ada');
        expect(sequence).toBe(2);
        expect(entries[0]).toMatchObject({
          messages: [
            { role: 'user', content: [{ text: 'first' }] },
            { role: 'assistant', content: [{ text: 'one' }] },
          ],
          modelId,
          stopReason: 'end_turn',
          usage: { inputTokens: 10, outputTokens: 2, totalTokens: 12 },
          costUsd: expect.any(Number),
        });
        expect((entries[1] as Turn).messages[0]?.content).toEqual([{ text: 'third' }]);
      },
      { history, sessionId: 'ada' },
    );
  });

  it('goes on with a session where another program left it', async () => {
    const client = createClient(clientFor(endpoint().url));
    const first = new Conversation({ client, modelId, history, sessionId: 'ada' });
    const { costUsd } = await first.send('What is 12 * 12?');
    await history.close();
    history = await openHistory(join(folder, 'history.db'));
    const again = new Conversation({ client, modelId, history, sessionId: 'ada' });
    expect(again.messages).toEqual([]);
    await again.ready();
    expect(textsOf(again)).toEqual(textsOf(first));
    expect(again.costUsd).toBe(costUsd);
    await again.send('And 2 + 2?');
    expect(again.messages).toHaveLength(4);
    client.destroy();
  });

  it('reads the session with the first turn when nobody asked before', async () => {
    await history.append('ada', { messages: [said('user', 'first'), said('assistant', 'one')] }, 0);
    await withScripts(
      [answer('two')],
      async (conversation, server) => {
        await conversation.send('second');
        expect(bodyOf(server, 0).messages).toHaveLength(3);
      },
      { history, sessionId: 'ada' },
    );
  });

  it('begins a session of its own when it is given none', async () => {
    await withScripts(
      [answer('one')],
      async (conversation) => {
        await conversation.send('first');
        expect((await history.sessions()).map(({ sessionId }) => sessionId)).toEqual([
          conversation.sessionId,
        ]);
      },
      { history },
    );
  });

  it('does not write over what somebody else has said, and sees it with the next turn', async () => {
    await withScripts(
      [answer('one'), answer('two'), answer('three')],
      async (conversation, server) => {
        await conversation.send('first');
        await history.append('ada', { messages: [said('user', 'other'), said('assistant', 'yes')] }, 1);
        const error = await failureOf(conversation.send('second'));
        expect(error).toMatchObject({ kind: 'conflict', partialText: 'two', retryable: true });
        expect(error.hint).toContain('Send it again');
        expect(textsOf(conversation)).toEqual(['user: first', 'assistant: one']);
        await conversation.send('third');
        expect(textsOf(conversation)).toEqual([
          'user: first',
          'assistant: one',
          'user: other',
          'assistant: yes',
          'user: third',
          'assistant: three',
        ]);
        expect(bodyOf(server, 2).messages).toHaveLength(5);
      },
      { history, sessionId: 'ada' },
    );
  });

  it('tells what a crash had left behind, with the next reply', async () => {
    await history.append('ada', { messages: [said('user', 'Lost?')], open: true }, 0);
    await history.close();
    history = await openHistory(join(folder, 'history.db'));
    await withScripts(
      [answer('one'), answer('two')],
      async (conversation) => {
        await conversation.ready();
        expect((await conversation.send('first')).notices).toHaveLength(1);
        expect((await conversation.send('second')).notices).toEqual([]);
      },
      { history, sessionId: 'ada' },
    );
  });

  it('does not call the model while another program is in the middle of a turn', async () => {
    const other = await openHistory(join(folder, 'history.db'));
    await other.append('ada', { messages: [said('user', 'first')], open: true }, 0);
    await withScripts(
      [answer('two')],
      async (conversation, { requests }) => {
        const error = await failureOf(conversation.send('second'));
        expect(error).toMatchObject({ kind: 'conflict', retryable: true });
        expect(error.hint).toContain('Nothing was sent');
        expect(requests).toHaveLength(0);
        await other.append('ada', { messages: [said('assistant', 'one')] }, 1);
        await conversation.send('second');
        expect(textsOf(conversation)).toHaveLength(4);
      },
      { history, sessionId: 'ada' },
    );
    await other.close();
  });

  it('is as before when the turn cannot be stored', async () => {
    await withScripts(
      [answer('one')],
      async (conversation) => {
        await conversation.ready();
        await history.close();
        await expect(conversation.send('first')).rejects.toThrow();
        expect(conversation.messages).toEqual([]);
        history = await openHistory(join(folder, 'history.db'));
        expect((await history.read('ada')).entries).toEqual([]);
      },
      { history, sessionId: 'ada' },
    );
  });

  it('keeps pictures as they were', async () => {
    const bytes = new Uint8Array([1, 2, 3]);
    await withScripts(
      [answer('A picture.'), answer('Yes.')],
      async (conversation, server) => {
        await conversation.send([{ text: 'What is this?' }, { image: { format: 'png', source: { bytes } } }]);
        const again = new Conversation({
          client: createClient(clientFor(server.url)),
          modelId: 'amazon.nova-lite-v1:0',
          history,
          sessionId: 'ada',
        });
        await again.send('Really?');
        expect(bodyOf(server, 1).messages[0]?.content[1]).toEqual({
          image: { format: 'png', source: { bytes: 'AQID' } },
        });
      },
      { history, sessionId: 'ada', modelId: 'amazon.nova-lite-v1:0' },
    );
  });
});

function said(role: 'user' | 'assistant', text: string) {
  return { role, content: [{ text }] };
}
