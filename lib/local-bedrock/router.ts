import { type Operation, operations } from './operations/table.ts';
import { invalidModelIdentifier, Refusal } from './refusal.ts';
import type { Reply } from './reply.ts';
import type { Service } from './service.ts';

/** One HTTP request, read to its end. */
export interface RawRequest {
  readonly method: string;
  /** Path and query exactly as sent: ids may come percent-encoded (AWS SDKs) or raw (others). */
  readonly url: string;
  readonly body: Buffer;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Aborts when the client goes away. */
  readonly signal: AbortSignal;
  /** When the request arrived, on the clock of `performance.now()`, in milliseconds. */
  readonly startedAt: number;
}

/**
 * Finds the operation for a request and runs it. Paths are matched as sent and decoded once, so an ARN stays one
 * label whether its slashes are encoded or not; anything before the operation's own path is a base path.
 * Throws a `Refusal`: 404 UnknownOperationException for anything that is not in the table of operations.
 */
export async function route(request: RawRequest, service: Service): Promise<Reply> {
  const [path = '', search = ''] = request.url.split(/\?(.*)/s);
  const found = findOperation(request.method, path);
  if (found === undefined) {
    throw new Refusal(
      'UnknownOperationException',
      `Local Bedrock has no operation for ${request.method} ${path}. It answers: ${operations.map(({ name }) => name).join(', ')}.`,
    );
  }
  return found.operation.run(
    {
      label: decodeLabel(found.label),
      query: new URLSearchParams(search),
      headers: request.headers,
      body: request.body,
      signal: request.signal,
      startedAt: request.startedAt,
    },
    service,
  );
}

function findOperation(method: string, path: string): { operation: Operation; label: string } | undefined {
  for (const operation of operations) {
    const match = operation.method === method ? operation.path.exec(path) : null;
    if (match !== null) return { operation, label: match[1] ?? '' };
  }
  return undefined;
}

function decodeLabel(label: string): string {
  try {
    return decodeURIComponent(label);
  } catch {
    throw invalidModelIdentifier();
  }
}
