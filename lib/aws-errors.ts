import { type ErrorContext, type ErrorFacts, errorRules } from './aws-error-rules.ts';
import { isLibError, LibError } from './errors.ts';

export type { ErrorContext } from './aws-error-rules.ts';

/** Turns whatever the AWS SDK threw into a `LibError` with the next step in it. A `LibError` comes back as it is. */
export function toLibError(error: unknown, context: ErrorContext = {}): LibError {
  if (isLibError(error)) return error;
  const facts = factsOf(error);
  const rule = errorRules.find((candidate) => candidate.matches(facts));
  const requestId = (error as { $metadata?: { requestId?: string } } | null)?.$metadata?.requestId;
  return new LibError(facts.message, {
    kind: rule?.kind ?? 'unknown',
    hint: rule?.hint(context, facts) ?? 'Look for this text in the README, or in the code that was called.',
    retryable: rule?.retryable ?? false,
    awsName: facts.name,
    ...(facts.status === undefined ? {} : { status: facts.status }),
    ...(requestId === undefined ? {} : { requestId }),
    ...(context.modelId === undefined ? {} : { modelId: context.modelId }),
    cause: error,
  });
}

function factsOf(error: unknown): ErrorFacts {
  if (!(error instanceof Error)) {
    return { name: 'Error', message: String(error), code: '', status: undefined, unreadable: false };
  }
  const details = error as Error & {
    code?: unknown;
    $response?: unknown;
    $metadata?: { httpStatusCode?: number };
  };
  const unreadable =
    error.name === 'SyntaxError' && ('$response' in error || /deserialization error/i.test(error.message));
  return {
    name: error.name,
    message: unwrap(error.message),
    code: typeof details.code === 'string' ? details.code : '',
    status: details.$metadata?.httpStatusCode,
    unreadable,
  };
}

/** In a stream, an exception that the SDK has no class for comes with its JSON as the message. */
function unwrap(message: string): string {
  if (!message.startsWith('{')) return message;
  try {
    const inner = (JSON.parse(message) as { message?: unknown }).message;
    return typeof inner === 'string' ? inner : message;
  } catch {
    return message;
  }
}
