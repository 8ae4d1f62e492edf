import type { ToolResultContentBlock } from '@aws-sdk/client-bedrock-runtime';
import { jsonOf } from './json-of.ts';

/** What a tool gave as content blocks of Converse; `undefined` when it is data. Bytes are told by how they begin. */
export function contentOf(value: unknown): readonly ToolResultContentBlock[] | undefined {
  const blocks: readonly unknown[] = Array.isArray(value) ? value : [value];
  try {
    const areBlocks = blocks.length > 0 && blocks.every((block) => isMedia(block) || isText(block));
    // A text alone, not in a list, is as likely a record with a member of this name.
    if (areBlocks && (Array.isArray(value) || !isText(value)))
      return structuredClone(blocks) as readonly ToolResultContentBlock[];
    return withAttachments(value);
  } catch {
    return undefined;
  }
}

/** How deep pictures are looked for in a record, and how many are sent: Converse takes 20 in a message. */
const deepest = 5;
const mostAttached = 20;

/** Data with bytes of pictures and PDFs in it: they are sent behind it, and numbered in it. */
function withAttachments(value: unknown): readonly ToolResultContentBlock[] | undefined {
  const attached: ToolResultContentBlock[] = [];
  function replaced(part: unknown, depth: number): unknown {
    const bytes = bytesOf(part);
    if (bytes !== undefined) {
      const block = attached.length < mostAttached ? blockOfBytes(bytes, attached.length + 1) : undefined;
      return block === undefined ? part : `(attached: file ${attached.push(block)})`;
    }
    if (typeof part !== 'object' || part === null || depth === 0) return part;
    if (Array.isArray(part)) return part.map((member) => replaced(member, depth - 1));
    const prototype: unknown = Object.getPrototypeOf(part);
    if ((prototype !== null && Object.getPrototypeOf(prototype) !== null) || 'toJSON' in part) return part;
    return Object.fromEntries(
      Object.entries(part).map(([name, member]) => [name, replaced(member, depth - 1)]),
    );
  }
  const data = replaced(value, deepest);
  if (attached.length === 0) return undefined;
  const parts: readonly unknown[] = Array.isArray(value) ? value : [value];
  const areAlone = parts.length === attached.length && parts.every((part) => bytesOf(part) !== undefined);
  return areAlone ? attached : [{ text: jsonOf(data) }, ...attached];
}

/** What a tool of the Model Context Protocol gives. */
interface ProtocolResult {
  readonly content: readonly ToolResultContentBlock[];
  readonly isError: boolean;
}

const protocolMembers = ['content', 'isError', 'structuredContent', '_meta'];

/**
 * The result of a call by the Model Context Protocol as content blocks; `undefined` when it is none.
 *
 * @see https://modelcontextprotocol.io/specification/2025-06-18/server/tools#tool-result
 */
export function protocolResult(value: unknown): ProtocolResult | undefined {
  try {
    if (typeof value !== 'object' || value === null || !('content' in value)) return undefined;
    const { content, isError, structuredContent } = value as Readonly<Record<string, unknown>>;
    if (!Array.isArray(content) || !Object.keys(value).every((name) => protocolMembers.includes(name)))
      return undefined;
    if (!content.every((part) => typeof part?.type === 'string')) return undefined;
    // What a tool gives beside its words is told when there are no words.
    if (content.length === 0 && isError !== true) return undefined;
    const blocks = content.map((part, index) => blockOfPart(part, index + 1));
    const isTold = blocks.length > 0 || structuredContent === undefined;
    return {
      content: isTold ? blocks : [{ text: jsonOf(structuredContent) }],
      isError: isError === true,
    };
  } catch {
    return undefined;
  }
}

function blockOfPart(part: Readonly<Record<string, unknown>>, number: number): ToolResultContentBlock {
  const { type, text, data, resource } = part;
  if (type === 'text' && typeof text === 'string') return { text };
  const { text: words, blob } = (resource ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof words === 'string') return { text: words };
  const encoded = data ?? blob;
  if (typeof encoded !== 'string') return { text: jsonOf(part) };
  const bytes = Buffer.from(encoded, 'base64');
  const { data: _, resource: __, ...rest } = part;
  return blockOfBytes(bytes, number) ?? { text: jsonOf({ ...rest, bytes }) };
}

export function bytesOf(value: unknown): Uint8Array | undefined {
  if (value instanceof ArrayBuffer) return new Uint8Array(value);
  return ArrayBuffer.isView(value)
    ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
    : undefined;
}

function onlyMember(value: unknown): readonly [string, unknown] | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const [first, ...more] = Object.entries(value);
  return more.length === 0 ? first : undefined;
}

function isText(value: unknown): boolean {
  const [name, text] = onlyMember(value) ?? [];
  return name === 'text' && typeof text === 'string';
}

function isMedia(value: unknown): boolean {
  const [name = '', member] = onlyMember(value) ?? [];
  if (typeof member !== 'object' || member === null) return false;
  if (name === 'searchResult') return 'source' in member && 'content' in member;
  if (!['image', 'document', 'video'].includes(name)) return false;
  const { format, source } = { format: undefined, source: undefined, ...member };
  const isFormat = typeof format === 'string' || (name === 'document' && format === undefined);
  return isFormat && typeof source === 'object' && source !== null;
}

/** How files of the formats begin that a model reads. */
const beginnings = [
  ['png', /^\x89PNG/],
  ['jpeg', /^\xff\xd8\xff/],
  ['gif', /^GIF8/],
  ['webp', /^RIFF....WEBP/s],
  ['pdf', /^%PDF-/],
] as const;

/** How a model is told of it; `undefined` for bytes that are no picture and no PDF. Pure. */
export function formatOf(bytes: Uint8Array): (typeof beginnings)[number][0] | undefined {
  const head = Buffer.from(bytes.subarray(0, 12)).toString('latin1');
  return beginnings.find(([, beginning]) => beginning.test(head))?.[0];
}

function blockOfBytes(bytes: Uint8Array, number = 1): ToolResultContentBlock | undefined {
  const format = formatOf(bytes);
  if (format === undefined) return undefined;
  // A copy: the tool may use its own again.
  const source = { bytes: Uint8Array.from(bytes) };
  const name = number === 1 ? 'result' : `result ${number}`;
  return format === 'pdf' ? { document: { format, name, source } } : { image: { format, source } };
}
