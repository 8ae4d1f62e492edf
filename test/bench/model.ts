/**
 * How good a language model behind the endpoint is at the course's tasks, and how fast here: the rows of the table in
 * docs/local-models.md. The model is the one that was chosen (`npm run setup -- --model`) or that `LOCAL_BEDROCK_MODEL`
 * names. Greedy, so that the counts come out the same each time; the speed is this machine's.
 *
 *   npm run bench -- model
 */
import { statSync } from 'node:fs';
import {
  BedrockRuntimeClient,
  ConverseCommand,
  type ConverseCommandInput,
} from '@aws-sdk/client-bedrock-runtime';
import { startLocalBedrock } from 'local-bedrock';
import { isServer, modelName } from 'local-bedrock/model';
import { chosenModel } from '../../packages/workshop/src/model/choice.ts';
import { printTable } from './measure.ts';

const modelId = 'us.anthropic.claude-haiku-4-5-20251001-v1:0';

/** Each kind of task: what is asked, and whether the answer is right. */
interface Task {
  readonly ask: string;
  readonly own?: Partial<ConverseCommandInput>;
  readonly isRight: (
    text: string,
    tool?: { readonly name?: string | undefined; readonly input?: unknown },
  ) => boolean;
}

const labelled: readonly (readonly [string, string])[] = [
  ['I love this phone, best I ever had!', 'positive'],
  ['The food was cold and the waiter rude.', 'negative'],
  ['What a wonderful day at the beach.', 'positive'],
  ['This update broke everything. Awful.', 'negative'],
  ['So happy with the service, thank you!', 'positive'],
  ['I want my money back, total waste.', 'negative'],
  ['An excellent film, I laughed a lot.', 'positive'],
  ['Terrible traffic again, I hate this road.', 'negative'],
];
const labels: Task[] = labelled.map(([tweet, label]) => ({
  ask: `Is this tweet positive or negative? Answer with one word.\n\nTweet: ${tweet}`,
  isRight: (text) => new RegExp(`^\\W*${label}`, 'i').test(text),
}));

const schema = {
  type: 'object',
  properties: { name: { type: 'string' }, amount: { type: 'number' }, city: { type: 'string' } },
  required: ['name', 'amount', 'city'],
  additionalProperties: false,
};
const json: Task[] = (
  [
    ['Ada from Oslo paid 42 dollars.', { name: 'Ada', amount: 42, city: 'Oslo' }],
    ['In Rome, Marco owes us 17.5 euros.', { name: 'Marco', amount: 17.5, city: 'Rome' }],
    ['Yuki (Kyoto): 300 yen', { name: 'Yuki', amount: 300, city: 'Kyoto' }],
    ['We got 8 pounds from Tom, who lives in Leeds.', { name: 'Tom', amount: 8, city: 'Leeds' }],
  ] as const
).map(([text, wanted]) => ({
  ask: `Give the name, the amount and the city in this text as JSON.\n\n${text}`,
  own: {
    outputConfig: {
      textFormat: {
        type: 'json_schema',
        structure: { jsonSchema: { name: 'payment', schema: JSON.stringify(schema) } },
      },
    },
  },
  isRight: (answer) => JSON.stringify(JSON.parse(answer)) === JSON.stringify(wanted),
}));

const tools = ['get_weather', 'get_time', 'send_mail', 'add'].map((name) => ({
  toolSpec: {
    name,
    description: name.replace('_', ' '),
    inputSchema: { json: { type: 'object', properties: { about: { type: 'string' } }, required: ['about'] } },
  },
}));
const choice: Task[] = (
  [
    ['How is the weather in Oslo?', 'get_weather'],
    ['What time is it in Tokyo?', 'get_time'],
    ['Write a mail to Bob that I am late.', 'send_mail'],
    ['What is 17 plus 25?', 'add'],
  ] as const
).map(([ask, name]) => ({
  ask,
  own: { toolConfig: { tools, toolChoice: { any: {} } } },
  isRight: (_, tool) => tool?.name === name,
}));

const sums: Task[] = [
  [2, 2],
  [17, 25],
  [130, 70],
  [48, 39],
].map(([a = 0, b = 0]) => ({
  ask: `What is ${a} + ${b}? Answer with the number only.`,
  isRight: (text) => /-?\d+/.exec(text.replaceAll(',', ''))?.[0] === String(a + b),
}));

const japanese: Task[] = (
  [
    ['cat', /猫|ねこ|ネコ/],
    ['water', /水|みず/],
    ['Thank you', /ありがと/],
    ['Good morning', /おはよう/],
  ] as const
).map(([word, wanted]) => ({
  ask: `Translate into Japanese. Answer with the translation only: ${word}`,
  isRight: (text) => wanted.test(text),
}));

const kinds = { labels, JSON: json, 'tool choice': choice, sums, Japanese: japanese };

const options = chosenModel(process.env);
if (options === undefined) {
  console.log('No model has been chosen: npm run setup -- --model, or LOCAL_BEDROCK_MODEL=FILE.gguf');
} else {
  const endpoint = await startLocalBedrock({ model: { ...options, greedy: true } });
  const client = new BedrockRuntimeClient({
    endpoint: endpoint.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  let [tokens, seconds] = [0, 0];
  const send = async ({ ask, own }: Pick<Task, 'ask' | 'own'>, maxTokens = 60) => {
    const started = performance.now();
    const answer = await client.send(
      new ConverseCommand({
        modelId,
        messages: [{ role: 'user', content: [{ text: ask }] }],
        inferenceConfig: { maxTokens },
        ...own,
      }),
    );
    seconds += (performance.now() - started) / 1000;
    tokens += answer.usage?.outputTokens ?? 0;
    return answer.output?.message?.content ?? [];
  };
  const isRight = async (task: Task) => {
    try {
      const content = await send(task);
      return task.isRight(content[0]?.text ?? '', content.find(({ toolUse }) => toolUse)?.toolUse);
    } catch {
      return false;
    }
  };
  // It loads before it is timed.
  await send({ ask: 'Hi' }, 1);
  [tokens, seconds] = [0, 0];
  await send({ ask: 'Tell a long story about a river.' }, 150);
  const speed = (tokens / seconds).toFixed(0);
  const right: Record<string, string> = {};
  for (const [kind, tasks] of Object.entries(kinds)) {
    let count = 0;
    for (const task of tasks) count += Number(await isRight(task));
    right[kind] = `${count} of ${tasks.length}`;
  }
  const { source } = options;
  const size =
    source === undefined || isServer(source) ? '' : `${Math.round(statSync(source).size / 1e6)} MB`;
  printTable([{ model: modelName(options), size, 'tokens/s': speed, ...right }]);
  client.destroy();
  await endpoint.close();
}
