import { createClient, findFamily, invokeText, isLibError, type LibError } from 'lib';
import { startLocalBedrock } from 'lib/local-bedrock';
import { describe, expect, it } from 'vitest';
import { buildConversationBody } from '../../../lib/invoke/conversation-body.ts';
import { families } from '../../../lib/invoke/families.ts';
import { invokeStream } from '../../../lib/invoke/invoke-stream.ts';
import { catalogue } from '../../../packages/bedrock-models/src/catalogue.ts';
import { findModel } from '../../../packages/bedrock-models/src/find.ts';
import { callableId, isOffered } from '../../../packages/bedrock-models/src/profile.ts';
import type { AnswerEvent, WordSource } from '../../../packages/local-bedrock/src/words/answer.ts';
import { invoke } from '../../../packages/local-bedrock/test/endpoint.ts';
import { clientFor, useLocalBedrock } from '../../local-endpoint.ts';

const lab = useLocalBedrock('lab');
const client = () => createClient(clientFor(lab().url));

/** One model of each family, and those whose body differs from their family's other models'. */
const models = [
  'amazon.titan-text-express-v1',
  'anthropic.claude-v2',
  'anthropic.claude-3-haiku-20240307-v1:0',
  'us.anthropic.claude-haiku-5-5',
  'amazon.nova-micro-v1:0',
  'meta.llama3-8b-instruct-v1:0',
  'us.meta.llama4-scout-17b-instruct-v1:0',
  'mistral.mistral-7b-instruct-v0:2',
  'mistral.ministral-3-8b-instruct',
  'cohere.command-text-v14',
  'cohere.command-r-v1:0',
  'ai21.jamba-1-5-mini-v1:0',
  'openai.gpt-oss-20b-1:0',
  'us.deepseek.r1-v1:0',
  'deepseek.v3-v1:0',
  'qwen.qwen3-32b-v1:0',
];

/** Those that tell an answer that ended by itself from one that ended before a stop sequence. */
const tellsStopSequence = new Set(['claude-messages', 'cohere-command']);

/** Speaks these pieces whatever it is asked, and counts what it was asked in characters. */
function speaker(events: readonly AnswerEvent[]): WordSource {
  return {
    name: 'test',
    async *answer() {
      yield* events;
      yield { type: 'end', ending: { reason: 'end' }, inputTokens: 7, outputTokens: 5 };
    },
    countTokens: async () => 7,
  };
}

async function errorOf(promise: Promise<unknown>): Promise<LibError> {
  const error = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (isLibError(error)) return error;
  throw new Error(`no LibError but ${String(error)}`);
}

describe('the suite', () => {
  it('has a model of every family', () => {
    // Jurassic does not stream; the tests of the whole catalogue call it.
    expect(new Set([...models.map(findFamily), 'jurassic'])).toEqual(new Set(Object.keys(families)));
  });
});

describe('every model of the catalogue', () => {
  const west = useLocalBedrock('lab', 'us-west-2');

  it.each(catalogue.map(({ id }) => id))('%s answers whole and in pieces', async (id) => {
    const model = findModel(id);
    if (model === undefined) throw new Error(`${id} is not listed`);
    // Some are offered in one region only.
    const region = isOffered(model, 'us-east-1') ? 'us-east-1' : 'us-west-2';
    const local = createClient(clientFor(region === 'us-east-1' ? lab().url : west().url));
    const modelId = callableId(model, region);
    const whole = await invokeText(local, modelId, 'What is 12 * 7?', { maxTokens: 60 });
    expect(whole.text).toContain('84');
    const stream = invokeStream(local, modelId, 'What is 12 * 7?', { maxTokens: 60 }).result;
    if (model.refuses?.includes('streaming')) {
      expect((await errorOf(stream)).kind).toBe('request');
      return;
    }
    const streamed = await stream;
    expect(streamed).toMatchObject({ text: whole.text, usage: whole.usage, stopReason: whole.stopReason });
  });
});

describe.each(models)('%s', (modelId) => {
  const family = findFamily(modelId) ?? 'nova';

  it('answers with text, stop reason, tokens and cost', async () => {
    const answer = await invokeText(client(), modelId, 'What is 12 * 7?', { maxTokens: 60 });
    expect(answer).toMatchObject({ stopReason: 'end_turn', modelId });
    expect(answer.text).toBe(answer.text.trim());
    expect(answer.text).toContain('84');
    const { inputTokens = 0, outputTokens = 0, totalTokens } = answer.usage ?? {};
    expect(inputTokens).toBeGreaterThan(0);
    expect(outputTokens).toBeGreaterThan(0);
    expect(totalTokens).toBe(inputTokens + outputTokens);
    if (findModel(modelId)?.price) expect(answer.costUsd).toBeGreaterThan(0);
    else expect(answer.costUsd).toBeUndefined();
  });

  it('streams the same answer in several pieces', async () => {
    const prompt = 'Tell me everything about stars, please.';
    const whole = await invokeText(client(), modelId, prompt);
    const stream = invokeStream(client(), modelId, prompt);
    const pieces: string[] = [];
    for await (const { text } of stream) pieces.push(text);
    const { latencyMs: _, raw: chunks, ...result } = await stream.result;
    const { latencyMs: __, raw: ___, ...expected } = whole;
    expect(result).toEqual(expected);
    expect(pieces.join('')).toBe(whole.text);
    expect(Array.isArray(chunks)).toBe(true);
    if (family !== 'titan-text') expect(pieces.length).toBeGreaterThan(3);
  });

  it('is cut at the token limit, and says so', async () => {
    const prompt = 'Tell me everything about stars, please.';
    const whole = await invokeText(client(), modelId, prompt, { maxTokens: 5 });
    const streamed = await invokeStream(client(), modelId, prompt, { maxTokens: 5 }).result;
    for (const answer of [whole, streamed]) {
      expect(answer).toMatchObject({ stopReason: 'max_tokens', usage: { outputTokens: 5 } });
    }
    expect(streamed.text).toBe(whole.text);
  });

  it('ends at a stop sequence, or says that it takes none', async () => {
    const prompt = 'Tell me everything about stars, please.';
    const free = await invokeText(client(), modelId, prompt);
    const stop = free.text.split(' ')[3] ?? '';
    const asked = { stopSequences: [stop] };
    if (family === 'llama' || family === 'titan-text') {
      expect((await errorOf(invokeText(client(), modelId, prompt, asked))).kind).toBe('request');
      expect((await errorOf(invokeStream(client(), modelId, prompt, asked).result)).kind).toBe('request');
      return;
    }
    const whole = await invokeText(client(), modelId, prompt, asked);
    const streamed = await invokeStream(client(), modelId, prompt, asked).result;
    // Nova says the sequence too.
    const end = free.text.indexOf(stop) + (family === 'nova' ? stop.length : 0);
    expect(whole.text).toBe(free.text.slice(0, end).trim());
    expect(streamed.text).toBe(whole.text);
    const reason = tellsStopSequence.has(family) ? 'stop_sequence' : 'end_turn';
    expect([whole.stopReason, streamed.stopReason]).toEqual([reason, reason]);
  });

  it('reads the system prompt, and counts its tokens', async () => {
    const plain = await invokeText(client(), modelId, 'What is 12 * 7?');
    const system = 'You are a patient teacher of arithmetic for children of seven years.';
    const taught = await invokeText(client(), modelId, 'What is 12 * 7?', { system });
    const added = (taught.usage?.inputTokens ?? 0) - (plain.usage?.inputTokens ?? 0);
    expect(added).toBeGreaterThanOrEqual(12);
    expect(added).toBeLessThanOrEqual(20);
  });

  it('knows who said what before', async () => {
    const turns = [
      { role: 'user', content: [{ text: 'My name is Ada.' }] },
      { role: 'assistant', content: [{ text: 'Hello Ada!' }] },
      { role: 'user', content: [{ text: 'What is 12 * 7?' }] },
    ] as const;
    const body = buildConversationBody(family, turns, { modelId, system: 'Be kind.', maxTokens: 60 });
    const seen: unknown[] = [];
    const endpoint = await startLocalBedrock({
      words: {
        ...speaker([{ type: 'text', text: 'Yes.' }]),
        async *answer(request) {
          seen.push(request);
          yield { type: 'text', text: 'Yes.' };
          yield { type: 'end', ending: { reason: 'end' }, inputTokens: 1, outputTokens: 1 };
        },
      },
    });
    await invoke(createClient(clientFor(endpoint.url)), modelId, body);
    await endpoint.close();
    const [request] = seen as {
      system: string;
      turns: { role: string; text: string }[];
      maxTokens: number;
    }[];
    expect(request?.maxTokens).toBe(60);
    if (family === 'cohere-command' && modelId.includes('text-v14')) return;
    expect(request?.turns.map(({ role }) => role)).toEqual(['user', 'assistant', 'user']);
    expect(request?.turns[1]?.text).toBe('Hello Ada!');
    expect(request?.turns[2]?.text).toBe('What is 12 * 7?');
    expect(`${request?.system}${request?.turns[0]?.text}`).toContain('Be kind.');
    expect(request?.turns[0]?.text).toContain('My name is Ada.');
  });

  it('keeps Japanese and emoji whole, wherever the pieces are cut', async () => {
    const text = '猫は「にゃあ」と鳴きます 🐈‍⬛👩‍👩‍👧. Überraschung 🇯🇵!';
    const events = Array.from({ length: text.length }, (_, at) => ({
      type: 'text' as const,
      text: text.charAt(at),
    }));
    const endpoint = await startLocalBedrock({ words: speaker(events) });
    const local = createClient(clientFor(endpoint.url));
    expect((await invokeText(local, modelId, 'Hello')).text).toBe(text);
    const stream = invokeStream(local, modelId, 'Hello');
    let streamed = '';
    for await (const piece of stream) streamed += piece.text;
    expect(streamed).toBe(text);
    expect(await stream.result).toMatchObject({ text, usage: { inputTokens: 7, outputTokens: 5 } });
    await endpoint.close();
  });

  it('shows the answer and not what was thought before it', async () => {
    const endpoint = await startLocalBedrock({
      words: speaker([
        { type: 'reasoning', text: 'A greeting. I should ' },
        { type: 'reasoning', text: 'greet back.' },
        { type: 'text', text: 'Good ' },
        { type: 'text', text: 'morning!' },
      ]),
    });
    const local = createClient(clientFor(endpoint.url));
    expect((await invokeText(local, modelId, 'Hello')).text).toBe('Good morning!');
    expect((await invokeStream(local, modelId, 'Hello').result).text).toBe('Good morning!');
    await endpoint.close();
  });

  it('refuses a body of another family and an answer that is too long, with a next step', async () => {
    const other = families[family === 'nova' ? 'titan-text' : 'nova'].buildBody('Hello', { maxTokens: 9 });
    await expect(invoke(client(), modelId, other)).rejects.toMatchObject({
      name: 'ValidationException',
      $metadata: expect.objectContaining({ httpStatusCode: 400 }),
    });
    const tooLong = { maxTokens: (findModel(modelId)?.maxOutputTokens ?? 0) + 1 };
    for (const promise of [
      invokeText(client(), modelId, 'Hello', tooLong),
      invokeStream(client(), modelId, 'Hello', tooLong).result,
    ]) {
      const error = await errorOf(promise);
      expect(error).toMatchObject({ kind: 'request', status: 400, awsName: 'ValidationException', modelId });
      expect(error.hint).not.toBe('');
    }
  });
});
