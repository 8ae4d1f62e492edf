import type { ContentBlock, ToolResultContentBlock } from '@aws-sdk/client-bedrock-runtime';
import { findFamily, longestDocumentName, mediaInResultsOf, mediaLimitsOf } from 'bedrock-models';
import type { Message } from '../base/message.ts';
import { holdsMedia } from './legal-blocks.ts';
import { renderBlock } from './render.ts';
import type { NoteRepair } from './types.ts';

type Part = ContentBlock | ToolResultContentBlock;

/**
 * Pictures and documents of earlier turns, and those in tool results, in words, where the model cannot read them, one
 * is too large, or there are more than a request may have: a conversation may go on with another model, and collects
 * them. What the user shows it now is left for Bedrock to refuse, because an answer that has not seen it would be no
 * answer. Pure.
 *
 * @param refuses whether the model takes no `images` (which goes for videos as well) or no `documents`
 * @param most how many pictures and documents of earlier turns may stay. Default: as many as the model takes
 */
export function mediaAsText(
  messages: readonly Message[],
  modelId: string | undefined,
  refuses: (feature: string) => boolean,
  note: NoteRepair,
  most = Number.POSITIVE_INFINITY,
): readonly Message[] {
  if (!messages.some(({ content }) => content.some(holdsMedia))) return messages;
  const limits = modelId === undefined ? undefined : mediaLimitsOf(modelId);
  const family = modelId === undefined ? undefined : findFamily(modelId);
  const watchesVideos = family === undefined || family === 'nova';
  const isUnread = ({ image, video, document }: Part) =>
    (image !== undefined && refuses('images')) ||
    (video !== undefined && (refuses('images') || !watchesVideos)) ||
    (document !== undefined && refuses('documents'));
  const isLarge = ({ image, document }: Part) =>
    limits !== undefined &&
    ((image?.source?.bytes?.length ?? 0) > limits.pictureBytes ||
      (document?.source?.bytes?.length ?? 0) > limits.documentBytes);
  const left = {
    pictures: limits?.pictures ?? Number.POSITIVE_INFINITY,
    documents: limits?.documents ?? Number.POSITIVE_INFINITY,
    together: limits?.together ?? Number.POSITIVE_INFINITY,
  };
  let earlier = most;
  const now = messages.findLastIndex(({ role }) => role === 'user');

  /** The newest are kept, so it is asked from the end. */
  const keeps = (part: Part, isNow: boolean): boolean => {
    const isPicture = part.image !== undefined;
    if (!isPicture && part.document === undefined) return !isUnread(part) || isNow;
    const kind = isPicture ? 'pictures' : 'documents';
    const fits =
      isNow || (!isUnread(part) && !isLarge(part) && left[kind] > 0 && left.together > 0 && earlier > 0);
    if (!fits) return false;
    left[kind] -= 1;
    left.together -= 1;
    if (!isNow) earlier -= 1;
    return true;
  };
  const inWords = <Block extends Part>(part: Block, isNow: boolean): Block | { text: string } => {
    if (keeps(part, isNow)) return part;
    const why = isUnread(part)
      ? 'because this model cannot read it'
      : isLarge(part)
        ? 'because it is too large'
        : 'because a request may have no more of them';
    note('block-as-text', `A picture or a document was put into words, ${why}.`);
    return { text: renderBlock(part as ContentBlock) };
  };
  return messages
    .map((message, index) => ({ message, index }))
    .reverse()
    .map(({ message, index }) => {
      if (!message.content.some(holdsMedia)) return message;
      // What a tool gives is not what the user shows: its words are of use without.
      const content = [...message.content].reverse().map((block): ContentBlock => {
        const { toolResult } = block;
        if (toolResult === undefined) return inWords(block, index >= now);
        const parts = [...(toolResult.content ?? [])].reverse().map((part) => inWords(part, false));
        return { toolResult: { ...toolResult, content: parts.reverse() as ToolResultContentBlock[] } };
      });
      return { ...message, content: content.reverse() };
    })
    .reverse();
}

/** What a tool has given and the model does not take within a result is put beside the results. Pure. */
export function mediaBesideResults(
  messages: readonly Message[],
  modelId: string | undefined,
  note: NoteRepair,
): readonly Message[] {
  if (modelId === undefined) return messages;
  const taken = mediaInResultsOf(modelId);
  const isMoved = ({ image, document, video }: ToolResultContentBlock) =>
    (image !== undefined && !taken.includes('image')) ||
    (document !== undefined && !taken.includes('document')) ||
    (video !== undefined && !taken.includes('video'));
  return messages.map((message) => {
    if (
      message.role !== 'user' ||
      !message.content.some(({ toolResult }) => toolResult?.content?.some(isMoved))
    )
      return message;
    const moved: ContentBlock[] = [];
    const content = message.content.map((block): ContentBlock => {
      const { toolResult } = block;
      if (!toolResult?.content?.some(isMoved)) return block;
      const parts = toolResult.content.map((part): ToolResultContentBlock => {
        if (!isMoved(part)) return part;
        moved.push(part as ContentBlock);
        note(
          'tool-result-media-moved',
          'What a tool has given was put beside its result, as this model asks.',
        );
        return { text: `(${renderBlock(part as ContentBlock)}: it follows the results.)` };
      });
      return { toolResult: { ...toolResult, content: parts } };
    });
    const results = content.filter(({ toolResult }) => toolResult !== undefined);
    const rest = content.filter(({ toolResult }) => toolResult === undefined);
    return { ...message, content: [...results, ...moved, ...rest] };
  });
}

/**
 * Documents get names that Bedrock takes (letters and digits of English, single spaces, hyphens, brackets; at most 200)
 * and that are unique in the whole transcript, and words beside them. Where a name loses letters by that, the words say
 * what it was: the model is to know which document is which. Pure.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_DocumentBlock.html
 */
export function nameDocuments(messages: readonly Message[], note: NoteRepair): Message[] {
  const taken = new Set<string>();
  const rename = <Block extends Part>(block: Block): (Block | { text: string })[] => {
    if (block.document === undefined) return [block];
    const given = block.document.name ?? '';
    const name = uniqueName(given, taken);
    taken.add(name);
    if (name === given) return [block];
    note('document-renamed', `A document was renamed to "${name}".`);
    const renamed = { ...block, document: { ...block.document, name } };
    if (!losesLetters(given, name)) return [renamed];
    return [
      { text: `The document "${name}" is named ${JSON.stringify(given.slice(0, longestDocumentName))}.` },
      renamed,
    ];
  };
  return messages.map((message) => {
    const content = message.content.flatMap((block): ContentBlock[] =>
      block.toolResult === undefined
        ? rename(block)
        : [
            {
              toolResult: {
                ...block.toolResult,
                content: block.toolResult.content?.flatMap(rename) as ToolResultContentBlock[],
              },
            },
          ],
    );
    const hasDocument = content.some(({ document }) => document !== undefined);
    if (!hasDocument || content.some(({ text }) => text !== undefined)) return { ...message, content };
    note('document-text-added', 'Words were put beside a document, which Bedrock does not take alone.');
    return { ...message, content: [...content, { text: 'See the document.' }] };
  });
}

/** Whether the new name has fewer letters and digits than the old one, accents aside. */
function losesLetters(given: string, name: string): boolean {
  const letters = (text: string) =>
    text
      .normalize('NFKD')
      .replaceAll(/[^\p{L}\p{N}]/gu, '')
      .toLowerCase();
  return !letters(name).startsWith(letters(given));
}

function uniqueName(name: string, taken: ReadonlySet<string>): string {
  const legal = legalName(name).slice(0, longestDocumentName).trim() || 'document';
  if (!taken.has(legal)) return legal;
  for (let number = 2; ; number++) {
    const suffix = ` (${number})`;
    const candidate = legal.slice(0, longestDocumentName - suffix.length).trimEnd() + suffix;
    if (!taken.has(candidate)) return candidate;
  }
}

function legalName(name: string): string {
  return name
    .normalize('NFKD')
    .replaceAll(/[\u0300-\u036f]/g, '')
    .replaceAll(/[^a-zA-Z0-9\-()[\]]+/g, ' ')
    .trim();
}
