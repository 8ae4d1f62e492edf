import type {
  Citation,
  ContentBlock,
  ContentBlockDelta,
  ContentBlockStart,
  ReasoningContentBlock,
  ToolResultContentBlock,
  ToolUseBlock,
} from '@aws-sdk/client-bedrock-runtime';

/** A tool's input as its JSON text came, where that text is not an object in JSON: cut short, or malformed. */
export interface InvalidToolInput {
  readonly toolUseId: string;
  readonly name: string;
  readonly json: string;
}

/** One content block while its pieces come. Whatever a piece may carry is put together by kind. */
export interface BlockBuilder {
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

export function beginBlock(start?: ContentBlockStart): BlockBuilder {
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
export function addPiece(block: BlockBuilder, delta: ContentBlockDelta): void {
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

/** The whole block; `undefined` for a text block without text. A tool's input is read here, and not before. */
export function finishBlock(
  block: BlockBuilder,
  onInvalid: (input: InvalidToolInput) => void,
): ContentBlock | undefined {
  const { start, text, citations } = block;
  if (start?.toolUse !== undefined)
    return { toolUse: finishToolUse(start.toolUse as ToolUseBlock, block.json, onInvalid) };
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

function finishToolUse(
  start: ToolUseBlock,
  json: string,
  onInvalid: (input: InvalidToolInput) => void,
): ToolUseBlock {
  const input = json.trim() === '' ? {} : parseObject(json);
  if (input === undefined) onInvalid({ toolUseId: start.toolUseId ?? '', name: start.name ?? '', json });
  return { ...start, input: (input ?? {}) as ToolUseBlock['input'] };
}

function parseObject(json: string): object | undefined {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function finishReasoning({
  reasoning,
  signature,
  redacted,
}: BlockBuilder): ReasoningContentBlock | undefined {
  if (redacted !== undefined) return { redactedContent: redacted };
  if (reasoning === undefined && signature === undefined) return undefined;
  return { reasoningText: { text: reasoning ?? '', ...(signature === undefined ? {} : { signature }) } };
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
