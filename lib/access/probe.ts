import type { BedrockRuntimeClient } from '@aws-sdk/client-bedrock-runtime';
import { costOf, findEmbeddingFamily, formatDollars } from 'bedrock-models';
import type { LibError } from '../base/errors.ts';
import { iamStatement } from './access-findings.ts';
import type { Finding } from './finding.ts';

/** What a probe sends. */
const question = 'Hi';
/** Tokens that a probe comes to, at most: some models put a frame around the question. */
const inputTokens = 20;

/** US dollars that probing these models costs at most; `undefined` when the price of one is not known. Pure. */
export function probeCost(ids: readonly string[]): number | undefined {
  let sum = 0;
  for (const id of ids) {
    const outputTokens = findEmbeddingFamily(id) === undefined ? 1 : 0;
    const cost = costOf({ inputTokens, outputTokens }, id);
    if (cost === undefined) return undefined;
    sum += cost;
  }
  return sum;
}

/** Calls a model for one token, or for the vector of one word: the only sure test of access. */
export async function probeModel(client: BedrockRuntimeClient, id: string, region: string): Promise<Finding> {
  const what = 'probe';
  try {
    return { what, state: 'ok', text: `it answered, for ${formatDollars(await callOnce(client, id))}` };
  } catch (cause) {
    const error = cause as LibError;
    if (error.kind === 'aborted') throw error;
    const byPolicy =
      error.kind === 'access-denied' && /is not authorized to perform: bedrock/.test(error.message);
    const fix = byPolicy ? iamStatement(id, region) : error.hint;
    return { what, state: 'problem', text: `${error.awsName ?? error.name}: ${error.message}`, fix };
  }
}

/** US dollars of one call; `undefined` when they are not known. */
async function callOnce(client: BedrockRuntimeClient, id: string): Promise<number | undefined> {
  if (findEmbeddingFamily(id) !== undefined) {
    const { embed } = await import('../retrieval/embed.ts');
    return (await embed(client, id, [question])).costUsd;
  }
  const { converse } = await import('../converse/converse.ts');
  const messages = [{ role: 'user' as const, content: [{ text: question }] }];
  return (await converse(client, id, messages, { maxTokens: 1, maxAttempts: 1 })).costUsd;
}
