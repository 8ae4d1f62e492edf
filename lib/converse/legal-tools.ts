import type { ContentBlock, ToolResultBlock } from '@aws-sdk/client-bedrock-runtime';
import { longestToolName } from 'bedrock-models';
import type { Message } from '../base/message.ts';
import { isToolBlock } from './legal-blocks.ts';
import { renderBlock } from './render.ts';
import type { NoteRepair } from './types.ts';

/** Said in the place of a result that never came, so that the model does not wait for it. */
const unfinished = 'There is no result: the tool call was not finished.';

interface Call {
  /** The id as the transcript has it, and as it is sent. */
  readonly original: string;
  readonly id: string;
}

/** Tool calls and results of a model that takes no tools, in words. Pure. */
export function toolsAsText(messages: readonly Message[], note: NoteRepair): Message[] {
  return messages.map((message) => {
    if (!message.content.some(isToolBlock)) return message;
    note('tool-use-as-text', 'Tool calls were put into words, because this model takes no tools.');
    const inWords = (block: ContentBlock) => (isToolBlock(block) ? { text: renderBlock(block) } : block);
    return { ...message, content: message.content.map(inWords) };
  });
}

/**
 * Every tool call gets its result in the message after it, in front of what else that message says, and every result
 * has its call: a missing one is filled in as an error, one without a call is put into words. Ids are unique in the
 * whole transcript and of the form that Bedrock takes. Expects that roles alternate. Pure.
 */
export function pairTools(messages: readonly Message[], note: NoteRepair): Message[] {
  const taken = new Set<string>();
  const paired: Message[] = [];
  let calls: Call[] = [];
  for (const message of messages) {
    if (message.role === 'assistant') {
      calls = [];
      paired.push({
        ...message,
        content: message.content.map((block) => nameCall(block, taken, calls, note)),
      });
    } else {
      paired.push({ ...message, content: answerCalls(message.content, calls, note) });
      calls = [];
    }
  }
  if (calls.length > 0) paired.push({ role: 'user', content: answerCalls([], calls, note) });
  return paired;
}

function nameCall(block: ContentBlock, taken: Set<string>, calls: Call[], note: NoteRepair): ContentBlock {
  // What the service's own tools did stands in one message, call and result.
  if (block.toolUse === undefined || block.toolUse.type === 'server_tool_use') return block;
  const original = block.toolUse.toolUseId ?? '';
  const id = uniqueId(original, taken);
  taken.add(id);
  calls.push({ original, id });
  if (id === original) return block;
  note('tool-id-changed', `The id of a tool call was changed to ${id}.`);
  return { toolUse: { ...block.toolUse, toolUseId: id } };
}

/** The id itself where it is legal and new; else a legal one that is made from it. */
function uniqueId(original: string, taken: ReadonlySet<string>): string {
  const legal = original.replaceAll(/[^a-zA-Z0-9_.:-]/g, '_').slice(0, longestToolName) || 'tooluse';
  if (!taken.has(legal)) return legal;
  for (let number = 2; ; number++) {
    const suffix = `_${number}`;
    const candidate = legal.slice(0, longestToolName - suffix.length) + suffix;
    if (!taken.has(candidate)) return candidate;
  }
}

function answerCalls(
  content: readonly ContentBlock[],
  calls: readonly Call[],
  note: NoteRepair,
): ContentBlock[] {
  const open = [...calls];
  const results: ContentBlock[] = [];
  const rest: ContentBlock[] = [];
  for (const block of content) {
    if (block.toolResult === undefined) {
      rest.push(block);
      continue;
    }
    const place = open.findIndex(({ original }) => original === block.toolResult.toolUseId);
    const [call] = place < 0 ? [] : open.splice(place, 1);
    if (call === undefined) {
      note('tool-result-as-text', 'A tool result without its call was put into words.');
      rest.push({ text: renderBlock(block) });
      continue;
    }
    if (rest.length > 0) note('tool-result-first', 'A tool result was moved to the front of its message.');
    results.push(
      call.id === block.toolResult.toolUseId
        ? block
        : { toolResult: { ...block.toolResult, toolUseId: call.id } },
    );
  }
  for (const { id } of open) {
    note('tool-result-added', `The tool call ${id} had no result; an error was filled in.`);
    results.push({ toolResult: unfinishedResult(id) });
  }
  return [...results, ...rest];
}

function unfinishedResult(toolUseId: string): ToolResultBlock {
  return { toolUseId, content: [{ text: unfinished }], status: 'error' };
}

/**
 * Some families, Llama first, take a turn of words or a turn of tools, not both in one: a turn that is both becomes
 * two, with a few words of the other side in between. The results come before the user's words, the assistant's words
 * before its calls. Expects that roles alternate and tools are paired. Pure.
 */
export function splitToolTurns(messages: readonly Message[], note: NoteRepair): Message[] {
  return messages.flatMap((message): Message[] => {
    const tools = message.content.filter(isToolBlock);
    const rest = message.content.filter((block) => !isToolBlock(block));
    if (
      tools.length === 0 ||
      rest.every(({ cachePoint, reasoningContent }) => cachePoint ?? reasoningContent)
    )
      return [message];
    note('tool-turn-split', 'Words and tool blocks were put into two turns, as this model asks.');
    return message.role === 'user'
      ? [
          { role: 'user', content: tools },
          { role: 'assistant', content: [{ text: 'I have the results.' }] },
          { role: 'user', content: rest },
        ]
      : [
          { role: 'assistant', content: rest },
          { role: 'user', content: [{ text: 'Go on.' }] },
          { role: 'assistant', content: tools },
        ];
  });
}
