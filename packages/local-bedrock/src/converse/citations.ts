import type { Model } from 'bedrock-models';
import { type CitableSources, type Citation, citableSources } from '../citations/sources.ts';
import { readDocument } from '../invoke/media.ts';
import type { ConverseRequest, Document } from './request.ts';

/** The documents and search results with citations; `undefined`: there are none, or the model gives no citations. */
export function sourcesOf({ messages = [] }: ConverseRequest, model: Model): CitableSources | undefined {
  if (model.family !== 'claude-messages') return undefined;
  const parts = messages.flatMap(({ content }) =>
    content.flatMap((block) => [block, ...(block.toolResult?.content ?? [])]),
  );
  return citableSources(
    parts.flatMap(({ document }) => (document === undefined ? [] : [documentOf(document)])),
    parts.flatMap(({ searchResult }) => {
      if (searchResult === undefined) return [];
      const { title, source, content, citations } = searchResult;
      return [
        { isCited: citations?.enabled === true, title, source, blocks: content.map(({ text }) => text) },
      ];
    }),
  );
}

function documentOf({ name: title, format, source, citations }: Document) {
  const isCited = citations?.enabled === true;
  const { content, bytes, text } = source;
  if (!isCited) return { isCited, title };
  const chunks = content?.map(({ text: words = '' }) => words);
  return {
    ...{ isCited, title, chunks },
    text: text ?? (bytes === undefined ? undefined : readDocument(bytes, format).text),
  };
}

/** As recorded of Sonnet 5 in 2026 (langchain-aws, test_citations), keys sorted. */
export function writeCitation({ kind, index, start, end, text, title, source }: Citation) {
  const locations = {
    character: { documentChar: { documentIndex: index, start, end } },
    chunk: { documentChunk: { documentIndex: index, start, end } },
    result: { searchResultLocation: { searchResultIndex: index, start, end } },
  };
  return {
    location: locations[kind],
    ...(source !== undefined && { source }),
    sourceContent: [{ text }],
    title,
  };
}
