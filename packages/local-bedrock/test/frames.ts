import { EventStreamCodec } from '@smithy/core/event-streams';
import { fromUtf8, toUtf8 } from '@smithy/core/serde';

/** A frame as the Smithy codec reads it: its headers in order, and its payload as text and as JSON. */
export interface ReadFrame {
  readonly headers: readonly (readonly [string, unknown])[];
  readonly payload: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into payloads freely.
  readonly json: any;
}

const codec = new EventStreamCodec(toUtf8, fromUtf8);

/** The frames of a whole body, read by the SDK's own codec, which throws when a checksum is wrong. */
export function readFrames(body: Uint8Array): ReadFrame[] {
  const bytes = Buffer.from(body);
  const frames: ReadFrame[] = [];
  for (let offset = 0; offset < bytes.length; offset += bytes.readUInt32BE(offset)) {
    const message = codec.decode(bytes.subarray(offset, offset + bytes.readUInt32BE(offset)));
    const payload = Buffer.from(message.body).toString('utf8');
    const headers = Object.entries(message.headers).map(([name, { value }]) => [name, value] as const);
    frames.push({ headers, payload, json: JSON.parse(payload) });
  }
  return frames;
}

/** The frame of an event or an exception, as the SDK's own codec writes it. */
export function writeFrame(
  kind: string,
  payload: unknown,
  type: 'event' | 'exception' = 'event',
): Uint8Array {
  const header = (value: string) => ({ type: 'string' as const, value });
  return codec.encode({
    headers: {
      [`:${type}-type`]: header(kind),
      ':content-type': header('application/json'),
      ':message-type': header(type),
    },
    body: Buffer.from(JSON.stringify(payload)),
  });
}

/** The kinds of the frames, in order, such as `messageStart`; of an exception, its type. */
export function kindsOf(frames: readonly ReadFrame[]): unknown[] {
  return frames.map(({ headers }) => headers[0]?.[1]);
}

/** Posts a body to an operation and gives the response with its bytes. */
export async function postTo(
  url: string,
  modelId: string,
  operation: string,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<{ status: number; headers: Headers; bytes: Buffer; text: string }> {
  const response = await fetch(`${url}/model/${encodeURIComponent(modelId)}/${operation}`, {
    method: 'POST',
    headers,
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  const bytes = Buffer.from(await response.arrayBuffer());
  return { status: response.status, headers: response.headers, bytes, text: bytes.toString('utf8') };
}
