import type { ContentBlock, ToolResultBlock, ToolResultContentBlock } from '@aws-sdk/client-bedrock-runtime';
import { findFamily, longestToolName, signsReasoning, splitModelId } from 'bedrock-models';
import type { Message } from '../base/message.ts';
import { renderBlock } from './render.ts';
import type { NoteRepair } from './types.ts';

/** What stands in the place of a tool's result that is empty: Bedrock takes none without content. */
const noOutput = '(no output)';

function isBlank(text: string | undefined): boolean {
  return text === undefined || text.trim() === '';
}

/** Where a block stands, and for whom. */
export interface Place {
  readonly role: Message['role'];
  readonly modelId: string | undefined;
  /** Whether the model takes reasoning of this message. */
  readonly takesReasoning: boolean;
}

/** A content block as Bedrock takes it there; `undefined`: it must be left out. Pure. */
export function cleanBlock(block: ContentBlock, place: Place, note: NoteRepair): ContentBlock | undefined {
  const { role, modelId } = place;
  const family = modelId === undefined ? undefined : findFamily(modelId);
  if (block.text !== undefined) return cleanText(block, note);
  if (block.reasoningContent !== undefined) return cleanReasoning(block, place, note);
  if (block.toolUse !== undefined) {
    // Only Nova has tools that run at the service.
    const isForeign = block.toolUse.type === 'server_tool_use' && family !== undefined && family !== 'nova';
    return role === 'assistant' && !isForeign ? cleanToolUse(block, note) : asText(block, note);
  }
  if (block.toolResult !== undefined) {
    const fromService = block.toolResult.type !== undefined && (family === undefined || family === 'nova');
    if (role === 'assistant' && !fromService) return asText(cleanToolResult(block.toolResult, note), note);
    return cleanToolResult(block.toolResult, note);
  }
  const isOfClaude = family === undefined || family === 'claude-messages';
  if (block.citationsContent !== undefined) {
    if (isBlank(renderBlock(block))) return dropBlank(note);
    return role === 'assistant' && isOfClaude ? block : asText(block, note);
  }
  if (block.guardContent?.text !== undefined && isBlank(block.guardContent.text.text)) return dropBlank(note);
  if (block.searchResult !== undefined && !isOfClaude) return asText(block, note);
  const isForUser =
    block.image ?? block.document ?? block.video ?? block.audio ?? block.guardContent ?? block.searchResult;
  if (isForUser !== undefined && role === 'assistant') return asText(block, note);
  if (Object.values(block).every((value) => value === undefined)) return dropBlank(note);
  return block;
}

function cleanText(block: ContentBlock.TextMember, note: NoteRepair): ContentBlock | undefined {
  return isBlank(block.text) ? dropBlank(note) : block;
}

function dropBlank(note: NoteRepair): undefined {
  note('blank-text-dropped', 'A block without words was left out.');
}

/** A block that may not stand where it does, told in words instead, so that what it says is not lost. */
export function asText(block: ContentBlock, note: NoteRepair): ContentBlock {
  const text = renderBlock(block);
  note('block-as-text', `A block was put into words, because it may not stand there: ${text.slice(0, 80)}`);
  return { text };
}

/** Bedrock takes reasoning back only as the model signed it, and gives it to that model only. */
function cleanReasoning(
  block: ContentBlock.ReasoningContentMember,
  { role, takesReasoning }: Place,
  note: NoteRepair,
): ContentBlock | undefined {
  const { reasoningText, redactedContent } = block.reasoningContent;
  if (role === 'assistant' && !takesReasoning) {
    note(
      'reasoning-dropped',
      'Reasoning of another model was left out: only who has signed it takes it back.',
    );
    return undefined;
  }
  if (role === 'assistant' && redactedContent?.length) return block;
  if (role === 'assistant' && reasoningText?.signature) {
    if (typeof reasoningText.text === 'string') return block;
    // Some models sign thoughts that they do not show; Bedrock takes them back with an empty text only.
    return { reasoningContent: { reasoningText: { ...reasoningText, text: '' } } };
  }
  note('reasoning-dropped', 'Reasoning without its signature was left out.');
  return undefined;
}

function cleanToolUse(block: ContentBlock.ToolUseMember, note: NoteRepair): ContentBlock {
  const { type, ...call } = block.toolUse;
  // Bedrock marks each tool call of an answer; in a request only those of its own tools are to be marked.
  const toolUse = type === undefined || type === 'server_tool_use' ? block.toolUse : call;
  const name =
    (toolUse.name ?? '')
      .replaceAll(/[^a-zA-Z0-9_-]+/g, '_')
      .slice(0, longestToolName)
      .trim() || 'tool';
  if (name !== toolUse.name) note('tool-name-changed', `The tool's name was changed to ${name}.`);
  const input = toObject(toolUse.input ?? {}, 'value');
  if (input === toolUse.input && name === toolUse.name)
    return toolUse === block.toolUse ? block : { toolUse };
  if (input !== toolUse.input) note('tool-input-wrapped', `The input of ${name} was made a legal object.`);
  return { toolUse: { ...toolUse, name, input } };
}

function cleanToolResult(result: ToolResultBlock, note: NoteRepair): ContentBlock.ToolResultMember {
  const id = result.toolUseId ?? '';
  const before = result.content ?? [];
  const content: ToolResultContentBlock[] = [];
  for (const item of before) {
    if (item.text !== undefined && isBlank(item.text)) continue;
    const json = item.json === undefined ? undefined : toObject(item.json, 'result');
    if (json !== undefined && json !== item.json) {
      note('tool-result-wrapped', `The result of ${id} was made a legal object.`);
      content.push({ json });
    } else if (Object.values(item).some((value) => value !== undefined)) content.push(item);
  }
  if (content.length === 0) {
    note('tool-result-filled', `The result of ${id} was empty.`);
    content.push({ text: noOutput });
  } else if (content.length < before.length) {
    note('blank-text-dropped', `A blank part of the result of ${id} was left out.`);
  }
  return { toolResult: { ...result, content } };
}

type Json = ToolResultContentBlock.JsonMember['json'];

/** An object as Bedrock takes it: other values under a name, and no member `__type`, which the service reserves. */
function toObject(value: Json, name: string): Json {
  const legal = withoutReserved(value);
  const isObject = typeof legal === 'object' && legal !== null && !Array.isArray(legal);
  return isObject ? legal : { [name]: legal };
}

/** The value itself when nothing in it is reserved. */
function withoutReserved(value: Json): Json {
  if (typeof value !== 'object' || value === null || !hasReserved(value)) return value;
  if (Array.isArray(value)) return value.map(withoutReserved);
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      name === '__type' ? '_type' : name,
      withoutReserved(member),
    ]),
  );
}

function hasReserved(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(hasReserved);
  if (typeof value !== 'object' || value === null) return false;
  return Object.hasOwn(value, '__type') || Object.values(value).some(hasReserved);
}

/** Who has said a message, as far as it is known: plain JSON does not say it. */
const speakers = new WeakMap<Message, string>();

/** Remembers the model that has said it, for as long as the message is kept: only where it shows its reasoning. */
export function rememberSpeaker(message: Message, modelId: string): void {
  if (showsReasoning(message)) speakers.set(message, modelId);
}

function showsReasoning({ content }: Message): boolean {
  return content.some(({ reasoningContent }) => reasoningContent !== undefined);
}

/**
 * Whether the message's reasoning may go to the model: to one that signs, and where it is known who has said it, to
 * that one only. Without a model: as it is.
 */
export function takesReasoningOf(message: Message, modelId: string | undefined): boolean {
  if (modelId === undefined || !showsReasoning(message)) return true;
  if (!signsReasoning(modelId)) return false;
  const speaker = speakers.get(message);
  return speaker === undefined || splitModelId(speaker).baseId === splitModelId(modelId).baseId;
}

/** Whether it is a tool's call or result. Pure. */
export function isToolBlock(block: ContentBlock): boolean {
  return block.toolUse !== undefined || block.toolResult !== undefined;
}

/** Whether it is, or a tool's result in it has, a picture, a video or a document. Pure. */
export function holdsMedia({ image, document, video, toolResult }: ContentBlock): boolean {
  if (toolResult === undefined) return (image ?? document ?? video) !== undefined;
  return (
    toolResult.content?.some((part) => (part.image ?? part.document ?? part.video) !== undefined) ?? false
  );
}
