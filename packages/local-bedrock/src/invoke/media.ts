import { countTokens } from '../words/tokens.ts';

/**
 * What pictures, documents and videos cost in tokens. ESTIMATES, as everything about tokens here: a picture costs its
 * pixels divided by 750 (Anthropic's rule), at most as much as the largest that is not scaled down; a document of
 * plain text costs its text; any other costs a token for each 16 bytes of its file.
 */
export interface Media {
  readonly tokens: number;
  /** What the file says, where it is plain text. */
  readonly text?: string;
}

const pixelsPerToken = 750;
const largestImageTokens = 1_600;
const bytesPerToken = 16;
/** For media that are somewhere else, such as in S3: a page of text, or a picture of middling size. */
const unseenTokens = 800;

export function imageTokens(base64: string | undefined): number {
  if (base64 === undefined) return unseenTokens;
  // A JPEG says its size behind its other headers, which rarely come to 64 KiB.
  const size = imageSize(Buffer.from(base64.slice(0, 90_000), 'base64'));
  if (size === undefined) return largestImageTokens;
  return Math.min(largestImageTokens, Math.max(1, Math.ceil((size.width * size.height) / pixelsPerToken)));
}

export function videoTokens(base64: string | undefined): number {
  return base64 === undefined ? unseenTokens : Math.ceil(bytesOf(base64) / bytesPerToken);
}

/** `format` is the file's ending, such as `pdf`; absent: plain text. */
export function readDocument(base64: string | undefined, format: string | undefined): Media {
  if (base64 === undefined) return { tokens: unseenTokens };
  if (!['txt', 'md', 'csv', 'html', undefined].includes(format)) {
    return { tokens: Math.ceil(bytesOf(base64) / bytesPerToken) };
  }
  const text = Buffer.from(base64, 'base64').toString('utf8');
  return { tokens: countTokens(text), text };
}

function bytesOf(base64: string): number {
  return Buffer.byteLength(base64, 'base64');
}

interface Size {
  readonly width: number;
  readonly height: number;
}

/** What a picture is by the head of its file, whatever it is called. */
export function imageFormat(head: Buffer): 'png' | 'gif' | 'webp' | 'jpeg' | undefined {
  if (head.toString('latin1', 0, 4) === '\x89PNG') return 'png';
  if (head.toString('latin1', 0, 4) === 'GIF8') return 'gif';
  if (head.toString('latin1', 8, 12) === 'WEBP') return 'webp';
  return head.toString('latin1', 0, 2) === '\xff\xd8' ? 'jpeg' : undefined;
}

/** A picture's size in pixels from the head of its file: PNG, GIF, WebP or JPEG. */
export function imageSize(head: Buffer): Size | undefined {
  const format = imageFormat(head);
  if (head.length >= 24 && format === 'png') {
    return { width: head.readUInt32BE(16), height: head.readUInt32BE(20) };
  }
  if (head.length >= 10 && format === 'gif') {
    return { width: head.readUInt16LE(6), height: head.readUInt16LE(8) };
  }
  if (head.length >= 30 && format === 'webp') return webpSize(head);
  if (head.length >= 4 && format === 'jpeg') return jpegSize(head);
  return undefined;
}

function webpSize(head: Buffer): Size | undefined {
  switch (head.toString('latin1', 12, 16)) {
    case 'VP8X':
      return { width: 1 + head.readUIntLE(24, 3), height: 1 + head.readUIntLE(27, 3) };
    case 'VP8 ':
      return { width: head.readUInt16LE(26) & 0x3fff, height: head.readUInt16LE(28) & 0x3fff };
    case 'VP8L': {
      const bits = head.readUInt32LE(21);
      return { width: 1 + (bits & 0x3fff), height: 1 + ((bits >>> 14) & 0x3fff) };
    }
    default:
      return undefined;
  }
}

/** A JPEG's size is in its frame header: markers C0 to CF, but for three of other meaning. */
function jpegSize(head: Buffer): Size | undefined {
  let offset = 2;
  while (offset + 9 < head.length && head[offset] === 0xff) {
    const marker = head[offset + 1] ?? 0;
    if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)) {
      return { width: head.readUInt16BE(offset + 7), height: head.readUInt16BE(offset + 5) };
    }
    offset += 2 + head.readUInt16BE(offset + 2);
  }
  return undefined;
}
