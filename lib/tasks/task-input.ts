import type { ContentBlock } from '@aws-sdk/client-bedrock-runtime';
import { wrongInput } from '../base/check-input.ts';

/** What a task is about: a text, or content blocks of Converse, such as the scan of an invoice as picture or PDF. */
export type TaskInput = string | readonly ContentBlock[];

export interface ReadInput {
  readonly text: string;
  /** Pictures, documents and videos. */
  readonly media: readonly ContentBlock[];
}

/** @throws LibError of kind `request` for what is neither, or has nothing in it. Pure */
export function readTaskInput(caller: string, input: TaskInput): ReadInput {
  if (typeof input === 'string') return { text: input, media: [] };
  const isBlock = (block: unknown) => typeof block === 'object' && block !== null && !Array.isArray(block);
  if (!Array.isArray(input) || input.length === 0 || !input.every(isBlock))
    throw wrongInput(caller, 'text', 'a text, or a list of content blocks', input);
  const blocks: readonly ContentBlock[] = input;
  const text = blocks.flatMap((block) => block.text ?? []).join('\n');
  return { text, media: structuredClone(blocks.filter((block) => block.text === undefined)) };
}
