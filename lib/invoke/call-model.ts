import { type BedrockRuntimeClient, InvokeModelCommand } from '@aws-sdk/client-bedrock-runtime';
import { toLibError } from '../aws-errors.ts';
import type { TokenUsage } from '../models/cost.ts';
import { captureHeaders, usageFromHeaders } from './response-headers.ts';

/** What InvokeModel gave, before a family reads it. */
export interface ModelCall {
  /** The body, decoded from JSON; `undefined` when it is no JSON: a login page, or nothing. */
  readonly raw: unknown;
  /** Token counts from the response headers, as far as they are there. */
  readonly usage: Partial<TokenUsage>;
}

/**
 * One InvokeModel call: the body goes out as JSON and comes back decoded.
 *
 * @throws LibError for whatever the SDK threw
 */
export async function callModel(
  client: BedrockRuntimeClient,
  modelId: string,
  body: object,
  signal?: AbortSignal,
): Promise<ModelCall> {
  const command = new InvokeModelCommand({
    modelId,
    contentType: 'application/json',
    accept: 'application/json',
    body: JSON.stringify(body),
  });
  const headers = captureHeaders(command);
  try {
    const { body: answer } = await client.send(command, signal ? { abortSignal: signal } : {});
    // An empty 200 reaches this place without a body, whatever the type says.
    return { raw: decode(answer?.transformToString() ?? ''), usage: usageFromHeaders(headers()) };
  } catch (cause) {
    const region = await client.config.region().catch(() => undefined);
    throw toLibError(cause, region === undefined ? { modelId } : { modelId, region });
  }
}

function decode(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
