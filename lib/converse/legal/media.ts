import type { ContentBlock, ToolResultContentBlock } from '@aws-sdk/client-bedrock-runtime';
import type { Message } from '../../base/message.ts';
import { renderBlock } from '../render.ts';
import type { NoteRepair } from '../repair.ts';

/**
 * Pictures and documents of earlier turns, and those in tool results, in words, for a model that cannot read them: a
 * conversation may go on with another model. What the user shows it now is left for Bedrock to refuse, because an
 * answer that has not seen it would be no answer. Pure.
 *
 * @param refuses whether the model takes no `images` (which goes for videos as well) or no `documents`
 */
export function mediaAsText(
  messages: readonly Message[],
  refuses: (feature: string) => boolean,
  note: NoteRepair,
): Message[] {
  const isUnread = ({ image, video, document }: ContentBlock | ToolResultContentBlock) =>
    ((image ?? video) !== undefined && refuses('images')) || (document !== undefined && refuses('documents'));
  const inWords = <Block extends ContentBlock | ToolResultContentBlock>(block: Block) => {
    if (!isUnread(block)) return block;
    note('block-as-text', 'A picture or a document was put into words, because this model cannot read it.');
    return { text: renderBlock(block as ContentBlock) };
  };
  const now = messages.findLastIndex(({ role }) => role === 'user');
  return messages.map((message, index) => ({
    ...message,
    content: message.content.map((block): ContentBlock => {
      if (block.toolResult !== undefined) {
        return { toolResult: { ...block.toolResult, content: block.toolResult.content?.map(inWords) } };
      }
      return index < now ? inWords(block) : block;
    }),
  }));
}
