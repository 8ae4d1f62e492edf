/** What the AWS SDK's error says of itself. */
export interface ErrorFacts {
  readonly name: string;
  readonly message: string;
  readonly code: string;
  readonly status: number | undefined;
  /** Whether it came from an HTTP answer that the SDK could not read. */
  readonly unreadable: boolean;
}

export function factsOf(error: unknown): ErrorFacts {
  if (!(error instanceof Error)) {
    return { name: 'Error', message: String(error), code: '', status: undefined, unreadable: false };
  }
  const details = error as Error & { code?: unknown; $metadata?: { httpStatusCode?: number } };
  const unreadable =
    error.name === 'SyntaxError' && ('$response' in error || /deserialization error/i.test(error.message));
  return {
    name: error.name,
    message: messageOf(error),
    code: typeof details.code === 'string' ? details.code : '',
    status: details.$metadata?.httpStatusCode,
    unreadable,
  };
}

/** A host with two addresses, such as localhost, fails with both failures inside and no message of its own. */
function messageOf(error: Error): string {
  if (error.message !== '' || !(error instanceof AggregateError)) return unwrap(error.message);
  return error.errors.map((inner: unknown) => (inner instanceof Error ? inner.message : inner)).join('; ');
}

/** In a stream, an exception that the SDK has no class for comes with its JSON as the message. */
function unwrap(message: string): string {
  if (!message.startsWith('{')) return message;
  try {
    const body = JSON.parse(message) as { message?: unknown; Message?: unknown };
    const inner = body.message ?? body.Message;
    return typeof inner === 'string' ? inner : message;
  } catch {
    return message;
  }
}
