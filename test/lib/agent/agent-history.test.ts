import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { openHistory, tool } from 'lib';
import { expect, it } from 'vitest';
import { serveScripts } from '../../scripted-endpoint.ts';
import { failureOf } from '../converse/scripted-conversation.ts';
import { newFile } from '../history/drivers.ts';
import { calls, messagesOf, resultsOf, says, withAgent } from './scripted-agent.ts';

it('after a crash between a call and its result, the next program goes on with a legal conversation', async () => {
  const file = newFile();
  const server = await serveScripts(calls(['a', 'first', {}], ['b', 'second', {}]));
  const program = spawn(process.execPath, [
    join(import.meta.dirname, 'crashing-agent.ts'),
    server.url,
    file,
    's',
  ]);
  expect((await once(program, 'close'))[1]).toBe('SIGKILL');
  await server.close();

  const history = await openHistory(file);
  await withAgent(
    [says('I see.')],
    async (agent, next) => {
      const result = await agent.run('What happened?');
      expect(result).toMatchObject({
        outcome: 'answered',
        notices: [expect.stringContaining('was cut off')],
      });
      const [question, answer, results, closing] = messagesOf(next, 0);
      expect([question, answer, results, closing].map((message) => message?.role)).toEqual([
        'user',
        'assistant',
        'user',
        'assistant',
      ]);
      expect(results?.content).toMatchObject([
        { toolResult: { toolUseId: 'a', status: 'success' } },
        { toolResult: { toolUseId: 'b', status: 'error' } },
      ]);
    },
    { history, sessionId: 's' },
  );
  await history.close();
});

it('a session of the history is continued with its tool calls', async () => {
  const history = await openHistory(newFile());
  const echo = tool({ name: 'echo', description: 'Echo.', input: { type: 'object' }, run: () => 'echo' });
  const options = { history, sessionId: 's', tools: [echo] };
  await withAgent([calls(['a', 'echo', {}]), says('One.')], (agent) => agent.run('First'), options);
  await withAgent(
    [says('Two.')],
    async (agent, server) => {
      await agent.run('Second');
      expect(messagesOf(server, 0)).toHaveLength(5);
      expect(agent.messages).toHaveLength(6);
    },
    options,
  );
  await history.close();
});

it('a turn that could not be finished because the log could not be written is finished by the next run', async () => {
  const real = await openHistory(newFile());
  let broken = false;
  const history: typeof real = {
    append: (...entry) => (broken ? Promise.reject(new Error('disk full')) : real.append(...entry)),
    read: (session) => real.read(session),
    sessions: () => real.sessions(),
    delete: (session) => real.delete(session),
    close: () => real.close(),
  };
  const breaks = tool({
    name: 'breaks',
    description: 'The disk is full after it.',
    input: { type: 'object' },
    run: () => {
      broken = true;
    },
  });
  await withAgent(
    [calls(['a', 'breaks', {}]), says('Fine.')],
    async (agent, server) => {
      await expect(agent.run('Go.')).rejects.toThrow('disk full');
      broken = false;
      expect(await agent.run('Again.')).toMatchObject({ outcome: 'answered' });
      expect(messagesOf(server, 1).map(({ role }) => role)).toEqual([
        'user',
        'assistant',
        'user',
        'assistant',
        'user',
      ]);
    },
    { history, tools: [breaks] },
  );
  await real.close();
});

it('somebody else who is in the middle of a turn is not disturbed', async () => {
  const file = newFile();
  const one = await openHistory(file);
  const other = await openHistory(file);
  await one.append('s', { messages: [{ role: 'user', content: [{ text: 'Hello' }] }], open: true }, 0);
  await withAgent(
    [says('Hi.')],
    async (agent, server) => {
      expect((await failureOf(agent.run('Me too'))).kind).toBe('conflict');
      expect(server.requests).toHaveLength(0);
      expect(resultsOf(server, 0)).toEqual([]);
    },
    { history: other, sessionId: 's' },
  );
  await one.close();
  await other.close();
});
