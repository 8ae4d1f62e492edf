import type { BedrockRuntimeClient } from '@aws-sdk/client-bedrock-runtime';
import { isLibError } from '../errors.ts';
import type { Summary } from '../history/history.ts';
import type { Answer } from './answer.ts';
import type { Budget } from './budget.ts';
import { contextOf, partToSummarize } from './context.ts';
import { estimateTokens } from './estimate-tokens.ts';
import type { ConverseOptions } from './request.ts';
import type { Session } from './session.ts';
import { type Summarize, summarizeMessages } from './summarize.ts';

export interface SummarySettings extends Pick<ConverseOptions, 'maxAttempts' | 'random'> {
  readonly client: BedrockRuntimeClient;
  readonly modelId: string;
  readonly session: Session;
  readonly budget: Budget;
  readonly summarize?: Summarize;
}

/**
 * Summarises all but the newest turns and stores the summary. One that fails changes nothing and is told in `notices`.
 *
 * @returns whether there is a new summary
 */
export async function summarizeOlder(
  settings: SummarySettings,
  signal: AbortSignal,
  keepTurns: number,
  notices: string[],
): Promise<boolean> {
  const { client, session, budget, summarize, maxAttempts, random } = settings;
  const part = partToSummarize(session.entries, keepTurns);
  if (summarize === undefined || part === undefined) return false;
  const { prompt, maxTokens = 512 } = summarize;
  const modelId = summarize.modelId ?? settings.modelId;
  const earlier = contextOf(session.entries).summary;
  const inputTokens = estimateTokens(part.messages, modelId) + estimateTokens(earlier ?? '', modelId);
  let entry: Summary;
  try {
    budget.check(session.entries, { modelId, inputTokens, outputTokens: maxTokens });
    const { text, answers } = await summarizeMessages(client, part.messages, earlier, {
      modelId,
      maxTokens,
      signal,
      ...(prompt === undefined ? {} : { prompt }),
      ...(maxAttempts === undefined ? {} : { maxAttempts }),
      ...(random === undefined ? {} : { random }),
    });
    if (answers.some(({ stopReason }) => stopReason === 'max_tokens')) {
      notices.push(`The summary was cut at ${maxTokens} tokens; raise summarize.maxTokens.`);
    }
    entry = { summary: text, coversTo: part.coversTo, modelId, ...sumOf(answers) };
  } catch (error) {
    if (!isLibError(error) || error.kind === 'aborted') throw error;
    if (error.kind === 'answer') budget.countFailed({ modelId, inputTokens, outputTokens: 0 });
    notices.push(`The conversation could not be summarized, and was sent as it is: ${error.message}`);
    return false;
  }
  await session.append(entry);
  notices.push(`Entries up to ${part.coversTo} were summarized.`);
  return true;
}

function sumOf(answers: readonly Answer[]): { usage?: Answer['usage']; costUsd?: number } {
  let usage: NonNullable<Answer['usage']> = { inputTokens: 0, outputTokens: 0, totalTokens: 0 };
  let costUsd: number | undefined = 0;
  for (const answer of answers) {
    if (answer.usage === undefined) return {};
    usage = {
      inputTokens: usage.inputTokens + answer.usage.inputTokens,
      outputTokens: usage.outputTokens + answer.usage.outputTokens,
      totalTokens: usage.totalTokens + answer.usage.totalTokens,
    };
    costUsd = costUsd === undefined || answer.costUsd === undefined ? undefined : costUsd + answer.costUsd;
  }
  return { usage, ...(costUsd === undefined ? {} : { costUsd }) };
}
