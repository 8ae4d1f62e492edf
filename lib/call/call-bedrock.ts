import { randomUUID } from 'node:crypto';
import type { BedrockRuntimeClient } from '@aws-sdk/client-bedrock-runtime';
import { type ErrorContext, toLibError } from '../base/aws-errors.ts';
import { withInterrupt } from '../base/interrupt.ts';
import { type Retried, withRetry } from './retry.ts';
import { type SdkCommand, switchOffSdkRetry } from './sdk-retry.ts';

export interface CallOptions {
  readonly modelId: string;
  /** Aborts the call, also while it waits to be made again. The kernel's interrupt does so as well. */
  readonly signal?: AbortSignal;
  /** How many times the call is made at most. Default: the client's `maxAttempts`, which is 3 by default. */
  readonly maxAttempts?: number;
  /** Gives a number from 0 up to 1, for the length of the waiting. Default `Math.random`. */
  readonly random?: () => number;
}

/** What one attempt is made with. */
export interface Attempt {
  /** Ends the attempt: the caller's abort and the kernel's interrupt. */
  readonly signal: AbortSignal;
  /** What an error says of the call. */
  readonly context: ErrorContext;
}

/**
 * Makes one call to Bedrock, and makes it again when it failed in a way that may pass. The only retry there is: the
 * SDK's own is switched off for the command.
 *
 * @param send sends the command: `({ signal }) => client.send(command, { abortSignal: signal })`
 * @throws LibError of the last attempt, with the next step in `hint` and the number of attempts in `attempts`
 */
export async function callBedrock<Value>(
  client: BedrockRuntimeClient,
  command: SdkCommand,
  send: (attempt: Attempt) => Promise<Value>,
  options: CallOptions,
): Promise<Retried<Value>> {
  const { modelId, random } = options;
  const signal = withInterrupt(options.signal);
  const maxAttempts = options.maxAttempts ?? (await client.config.maxAttempts());
  const id = randomUUID();
  return withRetry(
    async (attempts) => {
      switchOffSdkRetry(command, { id, attempt: attempts, maxAttempts });
      try {
        return await send({ signal, context: { modelId, attempts } });
      } catch (cause) {
        const region = await client.config.region().catch(() => undefined);
        throw toLibError(cause, { modelId, attempts, ...(region === undefined ? {} : { region }) });
      }
    },
    { maxAttempts, signal, ...(random === undefined ? {} : { random }) },
  );
}
