import { type BedrockRuntimeClient, InvokeModelCommand } from '@aws-sdk/client-bedrock-runtime';
import type { TokenUsage } from 'bedrock-models';
import { unreadableBody } from '../base/aws-errors/facts.ts';
import { toLibError } from '../base/aws-errors.ts';
import { wellFormed } from '../base/message.ts';
import { callBedrock } from '../call/call-bedrock.ts';
import { captureHeaders, usageFromHeaders } from '../call/invoke-usage.ts';

/** What InvokeModel gave, before a family reads it. */
export interface ModelCall {
  /** The body, decoded from JSON. */
  readonly raw: unknown;
  /** Token counts from the response headers, as far as they are there. */
  readonly usage: Partial<TokenUsage>;
  /** How many times the call was made. */
  readonly attempts: number;
  readonly requestId: string | undefined;
}

/**
 * One InvokeModel call: the body goes out as JSON, with U+FFFD in the place of half a character, and comes back decoded. It is made again when it failed in a way that
 * may pass, as often as the client's `maxAttempts` allows.
 *
 * @throws LibError as `callBedrock` does; of kind `response` when what came is no JSON: a login page, or nothing
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
    body: JSON.stringify(wellFormed(body)),
  });
  const headers = captureHeaders(command);
  const { value, attempts } = await callBedrock(
    client,
    command,
    ({ signal: ended }) => client.send(command, { abortSignal: ended }),
    signal ? { modelId, signal } : { modelId },
  );
  // An empty 200 reaches this place without a body, whatever the type says.
  const text = value.body?.transformToString() ?? '';
  try {
    const requestId = value.$metadata?.requestId;
    return { raw: JSON.parse(text), usage: usageFromHeaders(headers()), attempts, requestId };
  } catch {
    throw toLibError(unreadableBody(text, headers(), value.$metadata?.httpStatusCode ?? 200), { modelId });
  }
}
