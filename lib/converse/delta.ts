import type {
  CitationsDelta,
  ContentBlockDelta,
  ImageBlockDelta,
  ToolResultBlockDelta,
} from '@aws-sdk/client-bedrock-runtime';

/** A piece of an answer while it comes. Pieces of one block follow each other. */
export type Delta =
  | { readonly type: 'text'; readonly text: string }
  /** What the model thinks before it answers. */
  | { readonly type: 'reasoning'; readonly text: string }
  /** The beginning of a tool call; its input follows in pieces. */
  | { readonly type: 'toolUse'; readonly toolUseId: string; readonly name: string }
  /** A piece of the JSON text of the tool call's input. */
  | { readonly type: 'toolInput'; readonly toolUseId: string; readonly json: string }
  /** Where a piece of text comes from. */
  | { readonly type: 'citation'; readonly citation: CitationsDelta }
  /** What a tool that runs at the service itself gave. */
  | { readonly type: 'toolResult'; readonly content: readonly ToolResultBlockDelta[] }
  | { readonly type: 'image'; readonly image: ImageBlockDelta }
  /** A kind that this version does not know, as it came. */
  | { readonly type: 'unknown'; readonly name: string; readonly value: unknown };

/** What a reader sees of one of the SDK's deltas; `undefined` for a signature or an empty piece. Pure. */
export function deltaOf(delta: ContentBlockDelta, toolUseId: string): Delta | undefined {
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
