import type { RecordedResponse } from './exchange.ts';

export interface Tokens {
  readonly inputTokens?: number;
  readonly outputTokens?: number;
}

/** The tokens that an answer tells: Converse in `usage`, its stream in the last frame, InvokeModel's in the last chunk. */
export function tokensOf({ body, frames }: RecordedResponse): Tokens {
  const last = frames?.at(-1)?.payload;
  const usage = member(body ?? last, 'usage');
  if (usage !== undefined) return numbers(usage, 'inputTokens', 'outputTokens');
  const metrics = member(member(last, 'decoded'), 'amazon-bedrock-invocationMetrics');
  return numbers(metrics, 'inputTokenCount', 'outputTokenCount');
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}

function numbers(value: unknown, input: string, output: string): Tokens {
  const inputTokens = member(value, input);
  const outputTokens = member(value, output);
  return {
    ...(typeof inputTokens === 'number' ? { inputTokens } : {}),
    ...(typeof outputTokens === 'number' ? { outputTokens } : {}),
  };
}
