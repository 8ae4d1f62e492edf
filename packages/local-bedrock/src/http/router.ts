import { type Operation, operations } from '../operations/all-operations.ts';
import { invalidModelIdentifier, Refusal } from './refusal.ts';

/** One HTTP request, read to its end. */
export interface RawRequest {
  readonly method: string;
  /** Path and query exactly as sent: ids may come percent-encoded (AWS SDKs) or raw (others). */
  readonly url: string;
  readonly body: Buffer;
  /** Names in lower case; over HTTP/2 also `:authority`. */
  readonly headers: Readonly<Record<string, string>>;
  /** Aborts when the client goes away. */
  readonly signal: AbortSignal;
  /** When the request arrived, on the clock of `performance.now()`, in milliseconds. */
  readonly startedAt: number;
}

/** The operation a request is for. */
export interface Route {
  readonly operation: Operation;
  /** What the path names, decoded: a model id, an ARN, a guardrail. Empty where the path has nothing of the kind. */
  readonly label: string;
  readonly query: URLSearchParams;
}

/** Nobody writes to a query, so all requests without one share it. */
const noQuery = new URLSearchParams();

/** What the last URLs without a query were found to be for: a client asks for the same few again and again. */
const routes = new Map<string, Route>();
const mostRoutes = 100;

/**
 * Finds the operation for a method and a URL. Paths are matched as sent and decoded once, so an ARN stays one label
 * whether its slashes are encoded or not; anything before the operation's own path is a base path.
 * Throws a `Refusal`: 404 UnknownOperationException for anything that is not in the table of operations.
 */
export function findRoute(method: string, url: string): Route {
  const known = routes.get(url);
  if (known?.operation.method === method) return known;
  const end = url.indexOf('?');
  const path = end < 0 ? url : url.slice(0, end);
  for (const operation of operations) {
    const match = operation.method === method ? operation.path.exec(path) : null;
    if (match !== null) {
      const label = decodeLabel(match[1] ?? '');
      if (end >= 0) return { operation, label, query: new URLSearchParams(url.slice(end + 1)) };
      if (routes.size === mostRoutes) routes.clear();
      const route = { operation, label, query: noQuery };
      routes.set(url, route);
      return route;
    }
  }
  throw new Refusal(
    'UnknownOperationException',
    `Local Bedrock has no operation for ${method} ${path}. It answers: ${operations.map(({ name }) => name).join(', ')}.`,
  );
}

/** Whether a method and a URL are an operation's. Pure. */
export function isOperation(method: string, url: string): boolean {
  const [path = ''] = url.split('?');
  return operations.some((operation) => operation.method === method && operation.path.test(path));
}

function decodeLabel(label: string): string {
  try {
    return decodeURIComponent(label);
  } catch {
    throw invalidModelIdentifier();
  }
}
