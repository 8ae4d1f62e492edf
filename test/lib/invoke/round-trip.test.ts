import { describe, expect, it } from 'vitest';
import { families as readers } from '../../../lib/invoke/families.ts';
import { trimmedPieces } from '../../../lib/invoke/invoke-stream.ts';
import { catalogue } from '../../../packages/bedrock-models/src/catalogue.ts';
import { families as writers } from '../../../packages/local-bedrock/src/invoke/all-families.ts';
import type { Ending, ModelAnswer } from '../../../packages/local-bedrock/src/invoke/family.ts';
import type { AnswerEvent } from '../../../packages/local-bedrock/src/words/answer.ts';
import fc from '../../properties.ts';

const requestHash = 'a1'.repeat(32);

/** Any text, also with half a surrogate pair, and with what looks like a family's own marks. */
const piece = fc.oneof(
  fc.string({ unit: 'binary', minLength: 1, maxLength: 8 }),
  fc.constantFrom(
    '猫',
    '🐈‍⬛',
    '\ud83d',
    '\udc08',
    ' ',
    '\n\n',
    '"',
    '\\',
    '<|eot_id|>',
    '[INST]',
    '</s>',
    'Bot:',
  ),
);

const ending: fc.Arbitrary<Ending> = fc.constantFrom({ reason: 'end' }, { reason: 'maxTokens' });

/** One model of each family that differs. */
const models = catalogue.filter(
  ({ id }) => !id.includes('claude-') || /claude-(v2$|3-haiku|haiku-5)/.test(id),
);

describe.each(models.map((model) => [model.id, model] as const))('%s', (_, model) => {
  const writer = writers[model.family];
  const reader = readers[model.family];

  it('reads what it wrote, whole and in pieces, whatever the words are', () => {
    fc.assert(
      fc.property(
        fc.array(piece, { minLength: 1 }),
        ending,
        fc.nat(9_999),
        fc.nat(999),
        (pieces, end, input, output) => {
          const text = pieces.join('');
          const counts = { inputTokens: input, outputTokens: output };
          const answer: ModelAnswer = { blocks: [{ type: 'text', text }], text, ending: end, ...counts };
          const stopReason = end.reason === 'end' ? 'end_turn' : 'max_tokens';

          const whole = reader.parseBody(overTheWire(writer.write(answer, model, requestHash)), model.id);
          expect(whole).toMatchObject({ text: text.trim(), stopReason });
          const { inputTokens = input, outputTokens = output } = whole.usage;
          expect([inputTokens, outputTokens]).toEqual([input, output]);

          const events: AnswerEvent[] = [
            ...pieces.map((words): AnswerEvent => ({ type: 'text', text: words })),
            { type: 'end', ending: end, ...counts },
          ];
          const write = writer.streamWriter?.({ model, requestHash, inputTokens: input });
          if (write === undefined) {
            expect(model.refuses).toContain('streaming');
            return;
          }
          const read = reader.readChunks(model.id);
          const trim = trimmedPieces();
          const parts = events.flatMap(write).map((chunk) => read(overTheWire(chunk)));
          expect(parts.map((part) => trim(part.text ?? '')).join('')).toBe(text.trim());
          expect(parts.flatMap((part) => part.stopReason ?? [])).toEqual([stopReason]);
        },
      ),
      { numRuns: 25 },
    );
  });
});

/** What is left of a value that went through JSON and UTF-8. */
function overTheWire(value: unknown): unknown {
  return JSON.parse(Buffer.from(JSON.stringify(value)).toString('utf8'));
}
