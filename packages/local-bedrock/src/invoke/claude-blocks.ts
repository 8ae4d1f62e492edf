import type { Model } from 'bedrock-models';
import { isObject } from '../shapes/body-schema.ts';
import { pictureViolation, type Wrong } from './claude-checks.ts';
import { blocksOf, type ContentBlock, type Message, sourceOf } from './claude-rules.ts';
import { imageFormat } from './media.ts';

/** The kinds of blocks that Claude's own body has, as Anthropic documents them; AWS's list was not seen. */
const kinds = [
  ...['bash_code_execution_tool_result', 'code_execution_tool_result', 'compaction', 'container_upload'],
  ...['document', 'image', 'mcp_tool_result', 'mcp_tool_use', 'redacted_thinking', 'search_result'],
  ...['server_tool_use', 'text', 'text_editor_code_execution_tool_result', 'thinking', 'tool_result'],
  ...['tool_search_tool_result', 'tool_use', 'web_fetch_tool_result', 'web_search_tool_result'],
];

/** Anthropic's own API has URLs and files too; AWS's pages have not. */
const sourceTypes: Readonly<Record<string, readonly string[]>> = {
  image: ['base64'],
  document: ['base64', 'content', 'text'],
};

/** Claude's four (anthropics/claude-code#4661, of Anthropic's own API). */
const pictureTypes = ['image/jpeg', 'image/png', 'image/gif', 'image/webp'];

/** A block of a kind that there is not, or a picture that is none. */
export function blockViolation(messages: readonly Message[], model: Model): Wrong {
  for (const [turn, { content }] of messages.entries()) {
    for (const [position, block] of blocksOf(content).entries()) {
      const path = `messages.${turn}.content.${position}`;
      if (!kinds.includes(block.type)) return wrongTag(path, block.type, kinds);
      const wrong = sourceViolation(block, path) ?? ofPicture(block, path, model);
      if (wrong !== undefined) return wrong;
    }
  }
  return undefined;
}

function wrongTag(path: string, found: string, expected: readonly string[]): string {
  return `${path}: Input tag '${found}' found using 'type' does not match any of the expected tags: ${expected.map((tag) => `'${tag}'`).join(', ')}`;
}

function sourceViolation(block: ContentBlock, path: string): Wrong {
  const { type, source } = block;
  if (source === undefined) return undefined;
  if (type === 'search_result') {
    return isObject(source) ? `${path}.search_result.source: Input should be a valid string` : undefined;
  }
  if (!isObject(source)) return `${path}.${type}.source: Input should be a valid dictionary`;
  const expected = sourceTypes[type];
  const { type: found } = sourceOf(block);
  if (expected === undefined || found === undefined || expected.includes(found)) return undefined;
  return wrongTag(`${path}.${type}.source`, found, expected);
}

/**
 * What is no base64 (HiveNexus/HiveChat#39, of Anthropic's own API), and what is no picture. How Claude's own body on AWS says
 * so was not seen; these are the words for other ways to send one.
 */
function ofPicture(block: ContentBlock, place: string, model: Model): Wrong {
  if (block.type !== 'image') return undefined;
  const { data, media_type: mediaType } = sourceOf(block);
  const path = `${place}.image.source.base64`;
  if (mediaType !== undefined && !pictureTypes.includes(mediaType)) {
    return `${path}.media_type: Input should be 'image/jpeg', 'image/png', 'image/gif' or 'image/webp'`;
  }
  if (data === undefined) return undefined;
  if (!/^[A-Za-z0-9+/\s]*={0,2}\s*$/.test(data)) return `${path}: invalid base64 data`;
  if (imageFormat(Buffer.from(data.slice(0, 24), 'base64')) === undefined) return 'Could not process image';
  return pictureViolation(data, mediaType, path, model);
}
