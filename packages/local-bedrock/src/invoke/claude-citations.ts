import type { Model } from 'bedrock-models';
import { type CitableSources, type Citation, citableSources } from '../citations/sources.ts';
import { wasRefused } from '../models/evidence.ts';
import { isObject } from '../shapes/body-schema.ts';
import { documentOf, resultBlocks } from './claude-read.ts';
import { type Body, blocksOf, type ContentBlock, sourceOf, titleOf } from './claude-rules.ts';

/** The documents and search results that a checked body wants cited; `undefined`: there are none, or the model gives none. */
export function sourcesOf(body: unknown, model: Model): CitableSources | undefined {
  if (model.family !== 'claude-messages' || wasRefused('citations', model)) return undefined;
  const { messages = [] } = (body ?? {}) as Partial<Body>;
  const blocks = messages.flatMap(({ content }) =>
    blocksOf(content).flatMap((block) => [
      block,
      ...(block.type === 'tool_result' ? resultBlocks(block.content) : []),
    ]),
  );
  return citableSources(
    blocks.flatMap((block) => (block.type === 'document' ? [readDocument(block)] : [])),
    blocks.flatMap((block) => (block.type === 'search_result' ? [readResult(block)] : [])),
  );
}

function isCited({ citations }: ContentBlock): boolean {
  return isObject(citations) && citations.enabled === true;
}

function readDocument(block: ContentBlock) {
  const title = titleOf(block);
  if (!isCited(block)) return { isCited: false, title };
  const { type, content } = sourceOf(block);
  return type === 'content'
    ? { isCited: true, title, chunks: textsOf(content) }
    : { isCited: true, title, text: documentOf(block).text };
}

function readResult(block: ContentBlock) {
  const { source, content } = block;
  const title = titleOf(block) ?? '';
  return {
    ...{ isCited: isCited(block), title, source: typeof source === 'string' ? source : '' },
    blocks: textsOf(content),
  };
}

function textsOf(content: unknown): string[] {
  return resultBlocks(content).map(({ text = '' }) => text);
}

/** A citation in Claude's own form (Anthropic's pages, "Citations" and "Search results"); from AWS none was seen. */
export function writeCitation({ kind, index, start, end, text, title: given, source }: Citation) {
  const title = given ?? null;
  const document = { cited_text: text, document_index: index, document_title: title };
  switch (kind) {
    case 'character':
      return { type: 'char_location', ...document, start_char_index: start, end_char_index: end };
    case 'chunk':
      return { type: 'content_block_location', ...document, start_block_index: start, end_block_index: end };
    case 'result':
      return {
        ...{ type: 'search_result_location', cited_text: text, source, title },
        ...{ search_result_index: index, start_block_index: start, end_block_index: end },
      };
  }
}
