import type { Reply } from '../reply.ts';
import type { Service } from '../service.ts';

/** What an operation is given: the request with its path already taken apart. */
export interface OperationRequest {
  /** The path's one label, decoded: a model id, an inference profile id or an ARN. Empty where the path has none. */
  readonly label: string;
  readonly query: URLSearchParams;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** Aborts when the client goes away. */
  readonly signal: AbortSignal;
  /** When the request arrived, on the clock of `performance.now()`, in milliseconds. */
  readonly startedAt: number;
}

/** One operation of the API. `path` is matched against the raw path; its first group is the label. */
export interface Operation {
  readonly name: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: RegExp;
  /** Answers the request, or throws a `Refusal`. */
  run(request: OperationRequest, service: Service): Reply | Promise<Reply>;
}
