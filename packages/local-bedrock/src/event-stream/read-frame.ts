/** The value of a text header such as `:event-type`, or `undefined`. The frame must be whole. */
export function frameHeader(frame: Uint8Array, wanted: string): string | undefined {
  return frameHeaders(frame)[wanted];
}

/** All text headers of a whole frame. */
export function frameHeaders(frame: Uint8Array): Record<string, string> {
  const bytes = Buffer.from(frame.buffer, frame.byteOffset, frame.byteLength);
  const headers: Record<string, string> = {};
  const end = 12 + bytes.readUInt32BE(4);
  for (let at = 12; at < end; ) {
    const nameEnd = at + 1 + bytes.readUInt8(at);
    const valueStart = nameEnd + 3;
    const valueEnd = valueStart + bytes.readUInt16BE(nameEnd + 1);
    headers[bytes.toString('latin1', at + 1, nameEnd)] = bytes.toString('utf8', valueStart, valueEnd);
    at = valueEnd;
  }
  return headers;
}

/** A whole frame's payload. */
export function framePayload(frame: Uint8Array): Buffer {
  const bytes = Buffer.from(frame.buffer, frame.byteOffset, frame.byteLength);
  return bytes.subarray(12 + bytes.readUInt32BE(4), bytes.length - 4);
}
