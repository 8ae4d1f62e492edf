import type { ResponseStream } from '@aws-sdk/client-bedrock-runtime';
import type { TokenUsage } from 'bedrock-models';
import { usageFromMetrics } from '../call/invoke-usage.ts';
import type { InvokeFamily, ParsedChunk } from './family.ts';

/** A chunk: what the family read in it, what the service adds to the last one, and the chunk itself. */
export interface ReadChunk extends ParsedChunk {
  readonly metrics?: Partial<TokenUsage>;
  readonly raw: unknown;
}

/** The SDK's events as the family reads them. An event of another kind than `chunk` is none of the answer's. */
export async function* readChunks(
  events: AsyncIterable<ResponseStream>,
  family: InvokeFamily,
  modelId: string,
): AsyncGenerator<ReadChunk> {
  const decoder = new TextDecoder();
  const parse = family.readChunks(modelId);
  for await (const { chunk } of events) {
    if (chunk?.bytes === undefined) continue;
    const raw: unknown = JSON.parse(decoder.decode(chunk.bytes));
    const parsed = parse(raw);
    const isBlocked = wasBlocked(raw);
    yield { ...parsed, ...(isBlocked && { stopReason: blocked }), metrics: usageFromMetrics(raw), raw };
  }
}

/** Why an answer ended that a guardrail has stopped, whatever its family says of it. */
export const blocked = 'guardrail_intervened';

/** Whether a guardrail has stepped in: Bedrock says so beside the family's own members, of which some are missing then. */
export function wasBlocked(raw: unknown): boolean {
  return (raw as Record<string, unknown> | null)?.['amazon-bedrock-guardrailAction'] === 'INTERVENED';
}
