import type {
  Citation,
  ContentBlock,
  ContentBlockDelta,
  ContentBlockStart,
  ConverseStreamMetadataEvent,
  ConverseStreamOutput,
  ReasoningContentBlock,
  ToolResultContentBlock,
  ToolUseBlock,
} from '@aws-sdk/client-bedrock-runtime';
import type { Message } from '../base/message.ts';
import { withOwnId } from './answer.ts';
import type { Delta, OwnId } from './types.ts';

/** A whole answer out of the events of its stream, in the terms of Converse; tools' inputs as the text that came. */
export interface AssembledAnswer {
  readonly message: Message;
  /** `undefined` when the stream did not say: the answer is not whole. */
  readonly stopReason: string | undefined;
  readonly metadata: ConverseStreamMetadataEvent | undefined;
  readonly additionalModelResponseFields: unknown;
}

export interface Assembler {
  /** Takes one event and gives what a reader sees of it, if anything. */
  add(event: ConverseStreamOutput): Delta | undefined;
  finish(): AssembledAnswer;
}

/**
 * Puts an answer together from the events of ConverseStream, blocks of every kind. Text blocks have no start event;
 * a kind that is not known is kept as it came.
 *
 * @param ownId gives each call that the program is to run its id, before anybody hears of it
 * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStreamOutput.html
 */
export function createAssembler(ownId?: OwnId): Assembler {
  const blocks = new Map<number, BlockBuilder>();
  let stopReason: string | undefined;
  let additionalModelResponseFields: unknown;
  let metadata: ConverseStreamMetadataEvent | undefined;

  function blockAt(index: number): BlockBuilder {
    const known = blocks.get(index);
    if (known !== undefined) return known;
    const block = beginBlock();
    blocks.set(index, block);
    return block;
  }

  return {
    add: (event) => {
      if (event.contentBlockDelta?.delta !== undefined) {
        const { contentBlockIndex = 0, delta } = event.contentBlockDelta;
        const block = blockAt(contentBlockIndex);
        addPiece(block, delta);
        return deltaOf(delta, block.start?.toolUse?.toolUseId ?? '');
      }
      if (event.contentBlockStart !== undefined) {
        const { contentBlockIndex = 0, start: given } = event.contentBlockStart;
        const start = given?.toolUse ? { toolUse: withOwnId(given.toolUse, ownId) } : given;
        blocks.set(contentBlockIndex, beginBlock(start));
        const { toolUseId = '', name = '' } = start?.toolUse ?? {};
        return start?.toolUse === undefined ? undefined : { type: 'toolUse', toolUseId, name };
      }
      if (event.messageStop !== undefined) {
        ({ stopReason, additionalModelResponseFields } = event.messageStop);
      } else if (event.metadata !== undefined) metadata = event.metadata;
      return undefined;
    },
    finish: () => {
      const content = [...blocks]
        .sort(([first], [second]) => first - second)
        .map(([, block]) => finishBlock(block))
        .filter((block) => block !== undefined);
      return {
        message: { role: 'assistant', content },
        stopReason,
        metadata,
        additionalModelResponseFields,
      };
    },
  };
}

/** What a reader sees of one of the SDK's deltas; `undefined` for a signature or an empty piece. Pure. */
function deltaOf(delta: ContentBlockDelta, toolUseId: string): Delta | undefined {
  if (delta.text !== undefined) return delta.text === '' ? undefined : { type: 'text', text: delta.text };
  if (delta.toolUse !== undefined) {
    const json = delta.toolUse.input ?? '';
    return json === '' ? undefined : { type: 'toolInput', toolUseId, json };
  }
  if (delta.reasoningContent !== undefined) {
    const { text } = delta.reasoningContent;
    return text ? { type: 'reasoning', text } : undefined;
  }
  if (delta.citation !== undefined) return { type: 'citation', citation: delta.citation };
  if (delta.toolResult !== undefined) return { type: 'toolResult', content: delta.toolResult };
  if (delta.image !== undefined) return { type: 'image', image: delta.image };
  const [name = '', value] = delta.$unknown ?? [];
  return { type: 'unknown', name, value };
}

/** One content block while its pieces come. Whatever a piece may carry is put together by kind. */
interface BlockBuilder {
  readonly start: ContentBlockStart | undefined;
  text: string;
  json: string;
  reasoning: string | undefined;
  signature: string | undefined;
  redacted: Uint8Array | undefined;
  readonly citations: Citation[];
  readonly results: ToolResultContentBlock[];
  image: object | undefined;
  unknown: [string, unknown] | undefined;
}

function beginBlock(start?: ContentBlockStart): BlockBuilder {
  return {
    start,
    text: '',
    json: '',
    reasoning: undefined,
    signature: undefined,
    redacted: undefined,
    citations: [],
    results: [],
    image: undefined,
    unknown: start?.$unknown,
  };
}

/** Adds one piece to the block. */
function addPiece(block: BlockBuilder, delta: ContentBlockDelta): void {
  if (delta.text !== undefined) block.text += delta.text;
  else if (delta.toolUse !== undefined) block.json += delta.toolUse.input ?? '';
  else if (delta.reasoningContent !== undefined) {
    const { text, signature, redactedContent } = delta.reasoningContent;
    if (text !== undefined) block.reasoning = (block.reasoning ?? '') + text;
    if (signature !== undefined) block.signature = (block.signature ?? '') + signature;
    if (redactedContent !== undefined)
      block.redacted = Buffer.concat([block.redacted ?? new Uint8Array(), redactedContent]);
  } else if (delta.citation !== undefined) block.citations.push(delta.citation as Citation);
  else if (delta.toolResult !== undefined)
    block.results.push(...(delta.toolResult as ToolResultContentBlock[]));
  else if (delta.image !== undefined) block.image = { ...block.image, ...delta.image };
  else if (delta.$unknown !== undefined) block.unknown = joinUnknown(block.unknown, delta.$unknown);
}

/** The whole block; `undefined` for one that says nothing. A tool's input is still the text that came. */
function finishBlock(block: BlockBuilder): ContentBlock | undefined {
  const { start, text, citations } = block;
  if (start?.toolUse !== undefined)
    return { toolUse: { ...start.toolUse, input: block.json } as ToolUseBlock };
  if (start?.toolResult !== undefined) return { toolResult: { ...start.toolResult, content: block.results } };
  if (start?.image !== undefined || block.image !== undefined) {
    return { image: { ...start?.image, ...block.image } } as ContentBlock;
  }
  const reasoning = finishReasoning(block);
  if (reasoning !== undefined) return { reasoningContent: reasoning };
  if (block.unknown !== undefined) return { $unknown: block.unknown };
  if (citations.length > 0)
    return { citationsContent: { content: text === '' ? [] : [{ text }], citations } };
  return text === '' ? undefined : { text };
}

function finishReasoning({
  reasoning,
  signature,
  redacted,
}: BlockBuilder): ReasoningContentBlock | undefined {
  if (redacted !== undefined) return { redactedContent: redacted };
  if (reasoning === undefined && signature === undefined) return undefined;
  return { reasoningText: { text: reasoning, ...(signature !== undefined && { signature }) } };
}

/** Pieces of a kind that this version does not know: texts are put together, members merged, else the last counts. */
function joinUnknown(
  before: [string, unknown] | undefined,
  [name, value]: [string, unknown],
): [string, unknown] {
  const old = before?.[1];
  if (typeof old === 'string' && typeof value === 'string') return [name, old + value];
  if (typeof old !== 'object' || typeof value !== 'object') return [name, value];
  return [name, { ...old, ...value }];
}
