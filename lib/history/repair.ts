import type { ContentBlock } from '@aws-sdk/client-bedrock-runtime';
import type { Message } from '../base/message.ts';
import { type HistoryEntry, isSummary, type Turn } from './history.ts';
import { branchOf, isNotSent, wholeTurns } from './transcript.ts';

/**
 * What finishes the last turn of a log when its program ended in the middle of it: an error result for each tool that
 * was still to be run, and a short answer, so that the transcript is legal again. `undefined` when nothing is missing.
 *
 * An unanswered question gets an entry without messages: it stays in the log and is left out of the transcript. Pure.
 */
export function repairOf(log: readonly HistoryEntry[]): Turn | undefined {
  const entries = branchOf(log);
  const covered = entries.findLast(isSummary)?.coversTo ?? 0;
  const turns = entries.filter((entry): entry is HistoryEntry & Turn => !isSummary(entry));
  const parts = wholeTurns(turns.filter((turn) => turn.sequence > covered)).at(-1);
  const last = parts?.at(-1);
  if (parts === undefined || last === undefined || last.repair !== undefined) return undefined;
  if (isNotSent(last) || last.waiting) return undefined;

  const said = parts.flatMap((part) => part.messages);
  const where = `The turn of entry ${parts[0]?.sequence} was cut off`;
  const results = missingResults(said);
  if (results.length > 0) {
    const names = results.length === 1 ? 'a tool call' : `${results.length} tool calls`;
    const repair = `${where}: ${names} had no result, and got one that says so.`;
    return { messages: [{ role: 'user', content: results }, interrupted], repair };
  }
  if (said.at(-1)?.role === 'user') {
    if (said.some((message) => message.role === 'assistant')) {
      return { messages: [interrupted], repair: `${where} before the answer; it got one that says so.` };
    }
    return {
      messages: [],
      repair: `${where}: its question was not answered, and is left out of the transcript.`,
    };
  }
  return last.open
    ? { messages: [], repair: `${where} after its last message; it is finished now.` }
    : undefined;
}

const interrupted: Message = {
  role: 'assistant',
  content: [{ text: '(This answer was interrupted and not finished.)' }],
};

/** An error result for each tool call of the last answer that has none. Pure. */
function missingResults(messages: readonly Message[]): ContentBlock[] {
  const answer = messages.findLastIndex((message) => message.role === 'assistant');
  const given = new Set(
    messages.slice(answer + 1).flatMap(({ content }) => content.map((block) => block.toolResult?.toolUseId)),
  );
  return (messages[answer]?.content ?? []).flatMap((block) => {
    const { toolUseId } = block.toolUse ?? {};
    if (toolUseId === undefined || given.has(toolUseId)) return [];
    const text = 'The program ended before this tool had given a result.';
    return [{ toolResult: { toolUseId, content: [{ text }], status: 'error' as const } }];
  });
}
