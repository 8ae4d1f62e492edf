import { createHmac, randomUUID, timingSafeEqual } from 'node:crypto';
import type { Frames } from './sockets.ts';

/** What the connection file says of signatures. An empty key, which Jupyter allows, means that there are none. */
export interface Signing {
  readonly key: string;
  /** By the name that Node has for it, such as `sha256`. */
  readonly hash: string;
}

/** A message that somebody with the key has sent. */
export interface WireMessage {
  /** Whom an answer goes to: ZeroMQ's own prefix. */
  readonly identities: readonly Buffer[];
  readonly header: MessageHeader;
  readonly metadata: Content;
  /** Not looked at any further: whoever handles the message checks what it needs. */
  readonly content: Content;
  readonly buffers: readonly Buffer[];
}

export interface MessageHeader {
  readonly msg_id: string;
  readonly msg_type: string;
  readonly [name: string]: unknown;
}

export type Content = Readonly<Record<string, unknown>>;

/** Reads and writes the messages of one kernel. */
export interface Wire {
  /** What names this kernel in all that it sends. */
  readonly session: string;
  /** `undefined` for whatever is not a message, not signed with the key, or was received before. */
  read(frames: readonly Buffer[]): WireMessage | undefined;
  /** The frames of an answer, for the socket that the request came from. */
  reply(request: WireMessage, type: string, content: object): Frames;
  /** The frames of what a request came to, for everybody who watches; of what nobody has asked for, without one. */
  broadcast(request: WireMessage | undefined, type: string, content: object, topic?: string): Frames;
}

/** What writes a message, whatever cells have made of it: a cell may print in the midst of its changes. */
const { stringify } = JSON;
const isoOf = Date.prototype.toISOString;
const { apply } = Reflect;
const OwnDate = Date;

const delimiter = '<IDS|MSG>';
const delimiterFrame = Buffer.from(delimiter);

export const protocolVersion = '5.4';

/** Signatures that are kept, so that a message which somebody has listened to is not obeyed a second time. */
const mostKept = 65_536;

/**
 * Jupyter's wire protocol. The port is open to every program on the machine: what comes in is nothing until its
 * signature was found right, and then it may still be nonsense.
 *
 * @see https://jupyter-client.readthedocs.io/en/stable/messaging.html#the-wire-protocol
 */
export function createWire({ key, hash }: Signing): Wire {
  const session = randomUUID();
  const received = new Set<string>();

  /** Of header, parent, metadata and content; buffers are not signed. */
  function sign(parts: Frames): string {
    if (key === '') return '';
    const hmac = createHmac(hash, key);
    for (let index = 0; index < parts.length; index += 1) hmac.update(parts[index] ?? '');
    return hmac.digest('hex');
  }

  /** Whether the signature is right and new. */
  function accept(signature: Buffer, parts: readonly Buffer[]): boolean {
    if (key === '') return true;
    const right = sign(parts);
    const expected = Buffer.from(right);
    if (signature.length !== expected.length || !timingSafeEqual(signature, expected)) return false;
    if (received.has(right)) return false;
    received.add(right);
    if (received.size > mostKept) {
      for (const oldest of received) {
        received.delete(oldest);
        break;
      }
    }
    return true;
  }

  function write(prefix: Frames, request: WireMessage | undefined, type: string, content: object): Frames {
    const header = {
      msg_id: randomUUID(),
      session,
      username: 'kernel',
      date: apply(isoOf, new OwnDate(), []),
      msg_type: type,
      version: protocolVersion,
    };
    const parts = [stringify(header), stringify(request?.header ?? {}), '{}', stringify(content)] as const;
    const frames: (Buffer | string)[] = [];
    for (let index = 0; index < prefix.length; index += 1) frames[index] = prefix[index] ?? '';
    frames[frames.length] = delimiter;
    frames[frames.length] = sign(parts);
    for (let index = 0; index < parts.length; index += 1) frames[frames.length] = parts[index] ?? '';
    return frames;
  }

  return {
    session,
    read: (frames) => {
      const at = frames.findIndex((frame) => frame.equals(delimiterFrame));
      const [signature, ...rest] = frames.slice(at + 1);
      const parts = rest.slice(0, 4);
      if (at === -1 || signature === undefined || parts.length < 4 || !accept(signature, parts)) {
        return undefined;
      }
      const [header, parent, metadata, content] = parts.map(readObject);
      if (header === undefined || !isHeader(header)) return undefined;
      if (parent === undefined || metadata === undefined || content === undefined) return undefined;
      // What the kernel says is signed with the same key, and everybody may listen to it: it must not be sent back.
      if (header.session === session) return undefined;
      return { identities: frames.slice(0, at), header, metadata, content, buffers: rest.slice(4) };
    },
    reply: (request, type, content) => write(request.identities, request, type, content),
    broadcast: (request, type, content, topic = type) => write([topic], request, type, content),
  };
}

function readObject(part: Buffer): Content | undefined {
  try {
    const value: unknown = JSON.parse(part.toString());
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? (value as Content) : undefined;
  } catch {
    return undefined;
  }
}

function isHeader(value: Content): value is MessageHeader {
  return typeof value.msg_id === 'string' && typeof value.msg_type === 'string';
}
