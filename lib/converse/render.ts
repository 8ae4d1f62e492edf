import type { ContentBlock, ToolResultContentBlock } from '@aws-sdk/client-bedrock-runtime';
import { checkInput } from '../base/check-input.ts';
import type { Message } from '../base/message.ts';

/** A transcript as text, for a reader or for a model that is to summarise it: nothing is left out unnamed. Pure. */
export function renderTranscript(messages: readonly Message[]): string {
  checkInput('renderTranscript', { messages }, { messages: 'messages' });
  return messages.map(renderMessage).join('\n\n');
}

/** One message as text, under the name of who said it. Pure. */
export function renderMessage({ role, content }: Message): string {
  const name = role === 'user' ? 'User' : 'Assistant';
  return `${name}: ${content
    .map(renderBlock)
    .filter((text) => text.trim() !== '')
    .join('\n')}`;
}

/** A content block as text. What has no words is named in square brackets. Pure. */
export function renderBlock(block: ContentBlock): string {
  if (block.text !== undefined) return block.text;
  if (block.toolUse !== undefined) {
    return `[Called the tool ${block.toolUse.name} with ${JSON.stringify(block.toolUse.input ?? {})}]`;
  }
  if (block.toolResult !== undefined) {
    const { content = [], status } = block.toolResult;
    const title = status === 'error' ? 'The tool failed' : 'The tool answered';
    return `[${title}: ${content.map(renderResult).join('\n')}]`;
  }
  if (block.citationsContent !== undefined) {
    return (block.citationsContent.content ?? []).map(({ text }) => text ?? '').join('');
  }
  if (block.guardContent !== undefined) return block.guardContent.text?.text ?? '[picture]';
  if (block.document !== undefined) return `[document "${block.document.name}"]`;
  if (block.image !== undefined) return '[picture]';
  if (block.video !== undefined) return '[video]';
  if (block.audio !== undefined) return '[audio]';
  if (block.searchResult !== undefined) return JSON.stringify(block.searchResult);
  // What the model thought and where a cache begins were not said to anybody.
  if (block.reasoningContent !== undefined || block.cachePoint !== undefined) return '';
  return `[${Object.keys(block)[0] ?? 'nothing'}]`;
}

function renderResult(content: ToolResultContentBlock): string {
  if (content.text !== undefined) return content.text;
  if (content.json !== undefined) return JSON.stringify(content.json);
  if (content.document !== undefined) return `document "${content.document.name}"`;
  return Object.keys(content)[0] ?? 'nothing';
}
