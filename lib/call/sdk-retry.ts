import type { ConverseCommand } from '@aws-sdk/client-bedrock-runtime';

/** A command of the SDK, as far as its own handling of a request goes. */
export interface SdkCommand {
  readonly middlewareStack: object;
}

/**
 * Switches the SDK's own retry off for this one command, whatever client sends it: two layers of retry multiply, and
 * the SDK's knows neither 529 nor a stream that fails before its first token. Its two headers are kept: `invocation`
 * is the same for all attempts at one call.
 */
export function switchOffSdkRetry(
  command: SdkCommand,
  invocation: { readonly id: string; readonly attempt: number; readonly maxAttempts: number },
): void {
  const stack = command.middlewareStack as ConverseCommand['middlewareStack'];
  stack.add(
    (next) => (input) => {
      const request = input.request as { headers?: Record<string, string> };
      if (request.headers !== undefined) {
        request.headers['amz-sdk-invocation-id'] = invocation.id;
        request.headers['amz-sdk-request'] = `attempt=${invocation.attempt}; max=${invocation.maxAttempts}`;
      }
      return next(input);
    },
    // The name, step and priority of the SDK's own; others are placed relative to it.
    { name: 'retryMiddleware', step: 'finalizeRequest', priority: 'high', tags: ['RETRY'], override: true },
  );
}
