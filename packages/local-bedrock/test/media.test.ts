import { describe, expect, it } from 'vitest';
import fc from '../../../test/properties.ts';
import { imageSize, imageTokens, readDocument } from '../src/invoke/media.ts';
import { countTokens } from '../src/words/tokens.ts';

const png =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

/** The head of a file, by its bytes in hex. */
const head = (hex: string) => Buffer.from(hex.replaceAll(' ', ''), 'hex');

describe('imageSize', () => {
  it.each([
    ['PNG', Buffer.from(png, 'base64'), { width: 1, height: 1 }],
    ['GIF', head('474946383961 8002 e001 00'), { width: 640, height: 480 }],
    [
      'WebP, lossy',
      head('52494646 00000000 57454250 56503820 00000000 300100 9d012a 8002 e001'),
      { width: 640, height: 480 },
    ],
    [
      'WebP, lossless',
      head('52494646 00000000 57454250 5650384c 00000000 2f 7fc27700 0000000000'),
      { width: 640, height: 480 },
    ],
    [
      'WebP, extended',
      head('52494646 00000000 57454250 56503858 00000000 00000000 7f0200 df0100'),
      { width: 640, height: 480 },
    ],
    ['JPEG', head('ffd8 ffe0 0004 0000 ffc0 0011 08 01e0 0280 03'), { width: 640, height: 480 }],
    ['something else', Buffer.from('hello, world: not a picture at all'), undefined],
  ])('reads %s', (_, bytes, size) => {
    expect(imageSize(bytes)).toEqual(size);
  });

  it('never fails, whatever the bytes are', () => {
    const magic = fc.constantFrom(
      '',
      '89504e47',
      '47494638',
      'ffd8ff',
      '5249464600000000574542505650382',
      'ffd8ffc4',
    );
    fc.assert(
      fc.property(magic, fc.uint8Array({ maxLength: 60 }), (start, rest) => {
        imageSize(Buffer.concat([Buffer.from(start, 'hex'), rest]));
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('what media cost', () => {
  it('is one token at least for a picture, and never more than for the largest', () => {
    expect(imageTokens(png)).toBe(1);
    const huge = Buffer.from(png, 'base64');
    huge.writeUInt32BE(8_000, 16);
    huge.writeUInt32BE(8_000, 20);
    expect(imageTokens(huge.toString('base64'))).toBe(1_600);
  });

  it('is its text for a document of plain text', () => {
    const text = 'The quick brown fox jumps over the lazy dog.';
    expect(readDocument(Buffer.from(text).toString('base64'), 'md')).toEqual({
      tokens: countTokens(text),
      text,
    });
  });

  it('grows with the file for others, which are not read', () => {
    const bytes = Buffer.alloc(16_000).toString('base64');
    expect(readDocument(bytes, 'pdf')).toEqual({ tokens: 1_000 });
  });
});
