import { Agent, Conversation, type History, LibError } from 'lib';
import { expect, it } from 'vitest';
import { clientOver, serveScripts } from '../../scripted-endpoint.ts';
import { answer, failureOf, modelId } from './scripted-conversation.ts';

const full = new LibError('The disk is full', { kind: 'file', hint: 'Make room.' });

/** A history that can be read, and takes nothing. */
const history: History = {
  append: () => Promise.reject(full),
  read: async () => ({ entries: [], sequence: 0, repairs: [] }),
  sessions: async () => [],
  delete: async () => false,
  close: async () => undefined,
};

/** $0.035 of input. */
const costly = answer('An answer.', {
  usage: { inputTokens: 1_000_000, outputTokens: 0, totalTokens: 1_000_000 },
});

it.each(['Conversation', 'Agent'])(
  'what a %s has paid for and could not store counts against its limit',
  async (who) => {
    const server = await serveScripts(costly);
    const client = clientOver('HTTP/1.1', server.url);
    const common = { client, modelId, history };
    const talk =
      who === 'Agent'
        ? new Agent({ ...common, tools: [], limits: { maxCostUsd: 0.05 } })
        : new Conversation({ ...common, maxCostUsd: 0.05 });
    const say = (): Promise<unknown> => (talk instanceof Agent ? talk.run('Go.') : talk.send('Go.'));
    for (let turn = 0; turn < 2; turn++)
      expect(await failureOf(say())).toMatchObject({ kind: 'file', partialText: 'An answer.' });
    if (talk instanceof Agent) expect(await say()).toMatchObject({ outcome: 'limit', limit: 'cost' });
    else expect((await failureOf(say())).kind).toBe('limit');
    expect(server.requests).toHaveLength(2);
    client.destroy();
    await server.close();
  },
);
