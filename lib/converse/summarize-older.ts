import type { BedrockRuntimeClient } from '@aws-sdk/client-bedrock-runtime';
import { sumKnown, sumUsage } from 'bedrock-models';
import { isLibError } from '../base/errors.ts';
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
  const answers: Answer[] = [];
  const billed = ({ usage }: Answer) => ({ modelId, ...(usage ?? { inputTokens, outputTokens: 0 }) });
  /** What was answered is billed, also when no summary comes of it. */
  const countUnstored = () => {
    for (const answer of answers) budget.countUnstored(billed(answer));
  };
  let entry: Summary;
  try {
    budget.check(session.entries, { modelId, inputTokens, outputTokens: maxTokens });
    const text = await summarizeMessages(client, part.messages, earlier, {
      modelId,
      maxTokens,
      signal,
      onAnswer: (answer) => {
        answers.push(answer);
        budget.countAnswered(billed(answer));
      },
      ...(prompt === undefined ? {} : { prompt }),
      ...(maxAttempts === undefined ? {} : { maxAttempts }),
      ...(random === undefined ? {} : { random }),
    });
    if (answers.some(({ stopReason }) => stopReason === 'max_tokens')) {
      notices.push(`The summary was cut at ${maxTokens} tokens; raise summarize.maxTokens.`);
    }
    const usage = sumUsage(answers.map((answer) => answer.usage));
    const costUsd = sumKnown(answers.map((answer) => answer.costUsd));
    entry = {
      summary: text,
      coversTo: part.coversTo,
      modelId,
      ...(usage === undefined ? {} : { usage }),
      ...(costUsd === undefined ? {} : { costUsd }),
    };
  } catch (error) {
    countUnstored();
    if (!isLibError(error) || error.kind === 'aborted') throw error;
    notices.push(`The conversation could not be summarized, and was sent as it is: ${error.message}`);
    return false;
  }
  try {
    await session.append(entry);
  } catch (error) {
    countUnstored();
    throw error;
  }
  notices.push(`Entries up to ${part.coversTo} were summarized.`);
  return true;
}
