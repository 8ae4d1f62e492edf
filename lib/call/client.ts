import { BedrockRuntimeClient, type BedrockRuntimeClientConfig } from '@aws-sdk/client-bedrock-runtime';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { checkOptions } from '../base/check-input.ts';
import { LibError } from '../base/errors.ts';
import { withInterrupt } from '../base/interrupt.ts';
import { chooseRegion } from '../base/region.ts';
import { withoutUndefined } from '../base/without-undefined.ts';
import { countCost, isNotebook } from './session-cost.ts';

/** Any option of the SDK's own client. What is not given is chosen as `createClient` describes. */
export type ClientOptions = BedrockRuntimeClientConfig;

/** Milliseconds to open a connection. */
const connectionTimeout = 5_000;
/** Milliseconds without a byte before a call counts as dead; a long answer that is not streamed is silent. */
const socketTimeout = 300_000;

/**
 * As many connections as there are calls: in the SDK's pool of 50 the next call waits for one that is free, and that
 * waiting counts as time without a connection.
 */
const sockets = { keepAlive: true, maxSockets: Number.POSITIVE_INFINITY };

/**
 * A `BedrockRuntimeClient` of the AWS SDK, with what the bare one lacks:
 *
 * - HTTP/1.1 with keep-alive and time limits: on the SDK's default HTTP/2 transport a cut connection, an abort
 *   and a time-out all look like a finished answer;
 * - a region also from `AWS_DEFAULT_REGION` and, when nothing names one, us-east-1;
 * - calls are aborted when the notebook's kernel is interrupted, so that the stop button stops the bill;
 * - in a notebook what the calls cost is counted, and on AWS limited: see `showCost` and `limitCost`.
 *
 * Credentials and endpoint are found as the SDK finds them: from the environment, profiles and roles.
 *
 * @throws LibError of kind `region` when the region is given and empty
 */
export function createClient(options: ClientOptions = {}): BedrockRuntimeClient {
  checkOptions('createClient', options);
  if (typeof options.region === 'string' && options.region.trim() === '') throw emptyRegion();
  const client = new BedrockRuntimeClient({
    region: async () => (await chooseRegion()).region,
    requestHandler: new NodeHttpHandler({
      connectionTimeout,
      socketTimeout,
      httpAgent: sockets,
      httpsAgent: sockets,
    }),
    ...withoutUndefined(options),
  });
  abortOnInterrupt(client);
  return isNotebook() ? countCost(client) : client;
}

/** Often a variable of the environment that is not set. */
function emptyRegion(): LibError {
  return new LibError('createClient was given an empty region', {
    kind: 'region',
    hint: 'Name one, such as us-east-1; or leave region out, and it is found in AWS_REGION, AWS_DEFAULT_REGION or the profile, or is us-east-1.',
  });
}

/** Every `send` gets the kernel's interrupt signal, joined with the caller's own. */
function abortOnInterrupt(client: BedrockRuntimeClient): void {
  const send = client.send.bind(client) as (command: unknown, options: object, callback?: unknown) => unknown;
  const sendInterruptible = (command: unknown, options?: unknown, callback?: unknown): unknown => {
    if (typeof options === 'function') return sendInterruptible(command, {}, options);
    const given = (options ?? {}) as { abortSignal?: AbortSignal };
    return send(command, { ...given, abortSignal: withInterrupt(given.abortSignal) }, callback);
  };
  client.send = sendInterruptible as BedrockRuntimeClient['send'];
}
