/**
 * What it costs to open, answer and answer anew a conversation of 20 and of 2,000 turns on the chat page: median of
 * many, in milliseconds, with the local endpoint in this process. The long one should cost about as much as the short.
 *
 *   npm run bench -- chat-page
 */
import { createClient, openHistory, startChat } from 'lib';
import { startLocalBedrock } from 'lib/local-bedrock';
import { appendTurns, turn } from '../lib/history/messages.ts';
import { modelId, visit } from '../lib/web/visitor.ts';
import { clientFor } from '../local-endpoint.ts';
import { median, printTable, timed } from './measure.ts';

const lengths = [20, 2_000];
const repeats = 15;
const words = 'A sentence with **some** words in it, and a few more. '.repeat(4);

const endpoint = await startLocalBedrock();
const history = await openHistory(':memory:');
const chat = await startChat({
  client: createClient(clientFor(endpoint.url)),
  models: async () => [{ id: modelId, name: 'Nova Lite' }],
  limits: { turnsPerMinute: 1_000 },
  history,
});

/** A visitor with a conversation of so many turns. */
async function conversationOf(turns: number) {
  const visitor = await visit(chat.url);
  const [begun] = await visitor.turn({ text: 'My name is Aiko.' });
  const sessionId = String(begun?.sessionId);
  await appendTurns(history, sessionId, turns - 1, (number) => ({
    ...turn(`Question ${number}`, `${words}${number}`),
    modelId,
  }));
  const ask = { text: 'What is 2 + 2?', sessionId };
  return {
    open: () => visitor.read(`sessions/${sessionId}?last=40`),
    answer: () => visitor.turn(ask),
    'answer anew': () => visitor.turn({ ...ask, regenerate: true }),
  };
}

const conversations = [];
for (const length of lengths) conversations.push(await conversationOf(length));
const rows = [];
for (const what of ['open', 'answer', 'answer anew'] as const) {
  const times: number[][] = conversations.map(() => []);
  // In turns, so that whatever else the machine does slows both.
  for (let repeat = 0; repeat <= repeats; repeat++)
    for (const [index, conversation] of conversations.entries()) {
      const taken = await timed(conversation[what]);
      // The first one makes the summary, and warms up.
      if (repeat > 0) times[index]?.push(taken);
    }
  const [short = Number.NaN, long = Number.NaN] = times.map(median);
  rows.push({
    '': what,
    [`${lengths[0]} turns`]: `${short.toFixed(1)} ms`,
    [`${lengths[1]} turns`]: `${long.toFixed(1)} ms`,
    ratio: (long / short).toFixed(1),
  });
}
printTable(rows);

await chat.close();
await history.close();
await endpoint.close();
