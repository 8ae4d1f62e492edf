import type { HttpRequest } from './one-port.ts';
import { invalid } from './refusal.ts';

/** The longest body InvokeModel takes, in bytes (API reference, InvokeModel, "body"). */
export const bodyLimit = 25_000_000;

/**
 * A request's whole body, or `undefined` when the client went away before its end. Throws a `Refusal` when the body is
 * longer than `bodyLimit`; the rest is read and dropped first, so that the client is ready to read the answer.
 */
export async function readBody(request: HttpRequest): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of request) {
      length += chunk.length;
      if (length <= bodyLimit) chunks.push(chunk);
    }
  } catch {
    return undefined;
  }
  if (length > bodyLimit) {
    throw invalid(
      `1 validation error detected: Value at 'body' failed to satisfy constraint: Member must have length less than or equal to ${bodyLimit}`,
    );
  }
  return Buffer.concat(chunks);
}
