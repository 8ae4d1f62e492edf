import { describe, expect, it } from 'vitest';
import fc from '../../../test/properties.ts';
import { catalogue } from '../../bedrock-models/src/catalogue.ts';
import type { Model } from '../../bedrock-models/src/model.ts';
import { begin, framesOf } from '../src/event-stream/stream-reply.ts';
import type { ModelRequest } from '../src/invoke/family.ts';
import { type AnswerEvent, answerWhole, blockSteps, collectAnswer } from '../src/words/answer.ts';
import { standIn } from '../src/words/stand-in/stand-in.ts';
import { end, thinksAndCalls } from './answers.ts';

async function* streamOf(events: readonly AnswerEvent[], onClose?: () => void) {
  try {
    yield* events;
  } finally {
    onClose?.();
  }
}

const piece = fc.oneof(
  fc.record({ type: fc.constant('text' as const), text: fc.string({ minLength: 1 }) }),
  fc.record({ type: fc.constant('reasoning' as const), text: fc.string({ minLength: 1 }) }),
);
const call = fc
  .tuple(fc.uuid(), fc.dictionary(fc.string(), fc.jsonValue()), fc.nat({ max: 9 }))
  .map(([id, input, cut]): AnswerEvent[] => {
    const json = JSON.stringify(input);
    return [
      { type: 'toolUse', id, name: 'x' },
      { type: 'toolInput', json: json.slice(0, cut) },
      { type: 'toolInput', json: json.slice(cut) },
    ];
  });
const events = fc
  .array(
    fc.oneof(
      piece.map((event): AnswerEvent[] => [event]),
      call,
    ),
    { maxLength: 8 },
  )
  .map((parts): AnswerEvent[] => [...parts.flat(), end]);

describe('answerWhole', () => {
  const model = catalogue[0] as Model;
  const tools = [
    { name: 'get_weather', description: 'The weather in a city.', schema: { properties: { city: {} } } },
  ];
  const asked = (text: string, maxTokens: number): ModelRequest => {
    return { system: '', turns: [{ role: 'user', text }], maxTokens, stopSequences: [], tools };
  };

  it.each(['What is 17 + 25?', 'What is the weather in Paris?', 'Tell me something.'])(
    'gives what the pieces of the answer come to: %s',
    async (text) => {
      const { signal } = new AbortController();
      for (const maxTokens of [1, 7, 500]) {
        const whole = await answerWhole(standIn, asked(text, maxTokens), model, ' ', signal);
        const pieces = standIn.answer(asked(text, maxTokens), model, ' ', signal);
        expect(whole).toEqual(await collectAnswer(pieces));
      }
    },
  );
});

describe('collectAnswer', () => {
  it('puts pieces together into blocks, and texts into one', async () => {
    const answer = await collectAnswer(streamOf(thinksAndCalls));
    expect(answer).toMatchObject({ text: 'I will look.', ending: { reason: 'toolUse' }, inputTokens: 70 });
    expect(answer.blocks).toEqual([
      { type: 'reasoning', text: 'The user wants the weather.' },
      { type: 'text', text: 'I will look.' },
      {
        type: 'toolUse',
        id: 'tooluse_p0X002uYQ9y_0fFkBsyYRg',
        name: 'get_weather',
        input: { unit: 'celsius', city: 'Paris' },
      },
      { type: 'toolUse', id: 'tooluse_0ae1_ahYROawF4OObK5xBg', name: 'get_time', input: {} },
    ]);
  });

  it('gives an empty input where the token limit cut it', async () => {
    const { blocks } = await collectAnswer(
      streamOf([{ type: 'toolUse', id: 'a', name: 'x' }, { type: 'toolInput', json: '{"city":"Par' }, end]),
    );
    expect(blocks).toEqual([{ type: 'toolUse', id: 'a', name: 'x', input: {} }]);
  });

  it('throws when the source ends without an end', async () => {
    await expect(collectAnswer(streamOf([{ type: 'text', text: 'Hi' }]))).rejects.toThrow('without an `end`');
  });
});

describe('blockSteps', () => {
  it('starts, fills and stops each block once, in order, and comes to the same blocks as the whole answer', async () => {
    await fc.assert(
      fc.asyncProperty(events, async (script) => {
        const stepsOf = blockSteps();
        const steps = script.flatMap(stepsOf);
        const { blocks } = await collectAnswer(streamOf(script));
        const starts = steps.filter(({ type }) => type === 'start');
        expect(starts.map((step) => ('index' in step ? step.index : -1))).toEqual(
          blocks.map((_, index) => index),
        );
        blocks.forEach((block, index) => {
          const own = steps.filter((step) => 'index' in step && step.index === index);
          expect([own[0]?.type, own.at(-1)?.type]).toEqual(['start', 'stop']);
          expect(own.slice(1, -1).every(({ type }) => type === 'delta')).toBe(true);
          const text = own.map((step) => (step.type === 'delta' ? step.piece : '')).join('');
          if (block.type === 'toolUse') expect(JSON.parse(text)).toEqual(block.input);
          else expect(text).toBe('text' in block && block.text);
        });
        expect(steps.at(-1)).toEqual({ type: 'end', event: end });
      }),
    );
  });
});

describe('the frames of a stream', () => {
  const frame = (event: AnswerEvent) => [Buffer.from(event.type), Buffer.from('!')];

  it('come in order, and the source is closed when the reader leaves early', async () => {
    let isClosed = false;
    const source = await begin(
      streamOf(thinksAndCalls, () => {
        isClosed = true;
      }),
    );
    const seen: string[] = [];
    for await (const bytes of framesOf(source, frame, new Set())) {
      seen.push(bytes.toString());
      if (seen.length === 3) break;
    }
    expect(seen).toEqual(['reasoning', '!', 'reasoning']);
    expect(isClosed).toBe(true);
  });

  it('end where the source ends', async () => {
    const seen: string[] = [];
    const source = await begin(streamOf([{ type: 'text', text: 'Hi' }, end]));
    for await (const bytes of framesOf(source, frame, new Set())) seen.push(bytes.toString());
    expect(seen).toEqual(['text', '!', 'end', '!']);
  });
});
