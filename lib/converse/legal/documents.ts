import type { ContentBlock, ToolResultContentBlock } from '@aws-sdk/client-bedrock-runtime';
import type { Message } from '../../base/message.ts';
import type { NoteRepair } from '../repair.ts';

/**
 * Documents get names that Bedrock takes (letters, digits, single spaces, hyphens, brackets; at most 200) and that are
 * unique in the whole transcript, and words beside them. Pure.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_DocumentBlock.html
 */
export function nameDocuments(messages: readonly Message[], note: NoteRepair): Message[] {
  const taken = new Set<string>();
  const rename = <Block extends ContentBlock | ToolResultContentBlock>(block: Block): Block => {
    if (block.document === undefined) return block;
    const name = uniqueName(block.document.name ?? '', taken);
    taken.add(name);
    if (name === block.document.name) return block;
    note('document-renamed', `A document was renamed to "${name}".`);
    return { ...block, document: { ...block.document, name } };
  };
  return messages.map((message) => {
    const content = message.content.map(
      (block): ContentBlock =>
        block.toolResult === undefined
          ? rename(block)
          : { toolResult: { ...block.toolResult, content: block.toolResult.content?.map(rename) } },
    );
    const hasDocument = content.some(({ document }) => document !== undefined);
    if (!hasDocument || content.some(({ text }) => text !== undefined)) return { ...message, content };
    note('document-text-added', 'Words were put beside a document, which Bedrock does not take alone.');
    return { ...message, content: [...content, { text: 'See the document.' }] };
  });
}

function uniqueName(name: string, taken: ReadonlySet<string>): string {
  const legal = legalName(name).slice(0, 200).trim() || 'document';
  if (!taken.has(legal)) return legal;
  for (let number = 2; ; number++) {
    const suffix = ` (${number})`;
    const candidate = legal.slice(0, 200 - suffix.length).trimEnd() + suffix;
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
