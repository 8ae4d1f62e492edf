import { describe, expect, it } from 'vitest';
import fc from '../../../test/properties.ts';
import { catalogue } from '../../bedrock-models/src/catalogue.ts';
import { families } from '../src/invoke/all-families.ts';
import { generate } from '../src/words/stand-in/stand-in.ts';
import { countTokens } from '../src/words/tokens.ts';
import { bodies, claude2, claude3Haiku, novaMicro, post, titanExpress, useEndpoint } from './endpoint.ts';

const endpoint = useEndpoint();

/** Pieces that skills look for, so that made-up prompts reach them. */
const piece = fc.oneof(
  fc.constantFrom(
    '{{acid}}',
    '{{salt',
    '<salt></salt>',
    '<label>',
    '</label>',
    'hydrochloric acid',
    'sodium hydroxide',
    ' -> ',
    '____',
    'neutralization',
    'Classify',
    ' as positive, negative or neutral',
    'one of: a, b, c',
    '- billing: money\n',
    'Tweet: "',
    'Sentiment:',
    '\n',
    '\n\n',
    'Human:',
    'Assistant:',
    'User:',
    'Bot:',
    'Rate from 1 to 5',
    'how many minutes',
    'What is 2 * (3',
    ' + 4)',
    '/ 0',
    'Summarize in two sentences. ',
    '<example>',
    '</example>',
    'love',
    'not',
    'json {"x": ',
    '%E0',
    '\u0000',
    '😍',
    '$&',
    '[',
    '(',
    '\\',
  ),
  fc.string({ unit: 'grapheme', maxLength: 12 }),
);
const prompt = fc.array(piece, { maxLength: 25 }).map((pieces) => pieces.join(''));
const limit = fc.integer({ min: 1, max: 300 });

const request = fc.oneof(
  fc.tuple(
    fc.constant(titanExpress),
    fc.tuple(prompt, limit).map(([text, maxTokenCount]) => bodies.titan(text, { maxTokenCount })),
  ),
  fc.tuple(
    fc.constant(claude2),
    fc.tuple(prompt, limit).map(([text, max]) => bodies.claudeText(text, { max_tokens_to_sample: max })),
  ),
  fc.tuple(
    fc.constant(claude3Haiku),
    fc.tuple(prompt, limit).map(([text, max_tokens]) => bodies.claude(text, { max_tokens })),
  ),
  fc.tuple(
    fc.constant(novaMicro),
    fc.tuple(prompt, limit).map(([text, maxTokens]) => bodies.nova(text, { inferenceConfig: { maxTokens } })),
  ),
);

describe('InvokeModel, whatever it is sent', () => {
  it('never fails on its own side: any JSON', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(titanExpress, claude2, claude3Haiku, novaMicro),
        fc.oneof(
          fc.json(),
          fc.string(),
          fc
            .record({ inputText: fc.jsonValue(), textGenerationConfig: fc.jsonValue() })
            .map((body) => JSON.stringify(body)),
          fc
            .record({
              messages: fc.array(
                fc.record({ role: fc.constantFrom('user', 'assistant', 'x'), content: fc.jsonValue() }),
              ),
              anthropic_version: fc.constant(''),
              max_tokens: fc.jsonValue(),
            })
            .map((body) => JSON.stringify(body)),
        ),
        async (modelId, body) => {
          const response = await post(endpoint.url, modelId, body);
          expect([200, 400]).toContain(response.status);
          expect(await response.json()).toBeTypeOf('object');
        },
      ),
      { numRuns: 300 },
    );
  });

  it('never fails on its own side: any path', async () => {
    await fc.assert(
      fc.asyncProperty(fc.webPath(), fc.constantFrom('GET', 'POST', 'PUT'), async (path, method) => {
        const response = await fetch(`${endpoint.url}/model${path}`, { method });
        expect(response.status).toBeLessThan(500);
        expect(response.status).toBeGreaterThanOrEqual(400);
      }),
      { numRuns: 60 },
    );
  });

  it('gives the same body for the same request', async () => {
    await fc.assert(
      fc.asyncProperty(request, async ([modelId, body]) => {
        const [one, other] = await Promise.all([
          post(endpoint.url, modelId, body),
          post(endpoint.url, modelId, body),
        ]);
        expect(await one.text()).toBe(await other.text());
        expect([200, 400]).toContain(one.status);
      }),
      { numRuns: 100 },
    );
  });
});

describe('every answer', () => {
  it('keeps the token limit, the stop sequences and its own count, for every model', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...catalogue),
        prompt,
        limit,
        fc.array(fc.constantFrom('a', '=', '\n', 'stand-in', '->', '</salt>'), { maxLength: 2 }),
        (model, text, maxTokens, stopSequences) => {
          const turns = [{ role: 'user' as const, text }];
          const answer = generate(
            { system: '', turns, maxTokens, stopSequences },
            model,
            families[model.family].lead,
          );
          expect(answer.outputTokens).toBeLessThanOrEqual(maxTokens);
          expect(answer.outputTokens).toBe(countTokens(answer.text));
          expect(answer.inputTokens).toBe(countTokens(text));
          for (const sequence of stopSequences) expect(answer.text).not.toContain(sequence);
          if (answer.ending.reason === 'maxTokens') expect(answer.outputTokens).toBe(maxTokens);
        },
      ),
      { numRuns: 500 },
    );
  });
});
