import type { HttpRequest } from './one-port.ts';
import { invalid } from './refusal.ts';

/** The longest body InvokeModel takes, in bytes (API reference, InvokeModel, "body"). */
export const bodyLimit = 25_000_000;

/**
 * A request's whole body, or `undefined` when the client went away before its end. Throws a `Refusal` when the body is
 * longer than `bodyLimit`; the rest is read and dropped first, so that the client is ready to read the answer.
 */
export function readBody(request: HttpRequest): Promise<Buffer | undefined> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    // Listeners rather than `for await`: an iterator costs more than all else that reading a short body does.
    request.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length <= bodyLimit) chunks.push(chunk);
    });
    request.on('end', () => {
      if (length > bodyLimit) reject(tooLong());
      else resolve(chunks.length === 1 ? chunks[0] : Buffer.concat(chunks));
    });
    request.on('error', () => resolve(undefined));
    request.on('close', () => resolve(undefined));
  });
}

function tooLong(): Error {
  return invalid(
    `1 validation error detected: Value at 'body' failed to satisfy constraint: Member must have length less than or equal to ${bodyLimit}`,
  );
}
