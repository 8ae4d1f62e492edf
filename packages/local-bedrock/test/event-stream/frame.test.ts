import { EventStreamCodec } from '@smithy/core/event-streams';
import { fromUtf8, toUtf8 } from '@smithy/core/serde';
import { describe, expect, it } from 'vitest';
import fc from '../../../../test/properties.ts';
import { eventFrame, exceptionFrame } from '../../src/event-stream/frame.ts';
import { readFrames } from '../frames.ts';

describe('eventFrame', () => {
  it('is byte for byte what the service was recorded to send', () => {
    const recorded =
      '000000aa00000057aaba9c090b3a6576656e742d74797065070011636f6e74656e74426c6f636b44656c74610d3a636f6e74656e742d747970650700106170706c69636174696f6e2f6a736f6e0d3a6d6573736167652d747970650700056576656e747b22636f6e74656e74426c6f636b496e646578223a302c2264656c7461223a7b2274657874223a2248656c6c6f227d2c2270223a226162636465666768696a6b6c227de19dc8b1';
    const payload = '{"contentBlockIndex":0,"delta":{"text":"Hello"},"p":"abcdefghijkl"}';
    expect(eventFrame('contentBlockDelta', payload).toString('hex')).toBe(recorded);
  });

  it('is read back equal by the Smithy codec, whatever it carries', () => {
    const codec = new EventStreamCodec(toUtf8, fromUtf8);
    fc.assert(
      fc.property(
        fc.string({ minLength: 1, maxLength: 40, unit: 'grapheme' }),
        fc.oneof(fc.json(), fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme', maxLength: 5_000 })),
        fc.boolean(),
        (type, payload, isException) => {
          const frame = isException ? exceptionFrame(type, payload) : eventFrame(type, payload);
          const { headers, body } = codec.decode(frame);
          const kind = isException ? 'exception' : 'event';
          expect(Object.entries(headers).map(([name, { value }]) => [name, value])).toEqual([
            [`:${kind}-type`, Buffer.from(type).toString('utf8')],
            [':content-type', 'application/json'],
            [':message-type', kind],
          ]);
          expect(Buffer.from(body)).toEqual(Buffer.from(payload));
          expect(Buffer.from(codec.encode({ headers, body }))).toEqual(frame);
        },
      ),
    );
  });

  it('can follow another in one body', () => {
    const body = Buffer.concat([eventFrame('chunk', '{"a":1}'), exceptionFrame('throttlingException', '{}')]);
    expect(readFrames(body).map(({ json }) => json)).toEqual([{ a: 1 }, {}]);
  });
});
