import type { ModelRequest, Turn } from './family.ts';

/** A text that comes with a request, for the answer to be drawn from. */
export interface SourceText {
  readonly title?: string;
  readonly text: string;
}

/** The conversation with the texts in front of the user's last words, and marked as what to answer from. */
export function withDocuments(
  conversation: Pick<ModelRequest, 'system' | 'turns'>,
  documents: readonly SourceText[],
): Pick<ModelRequest, 'system' | 'turns' | 'passages'> {
  if (documents.length === 0) return conversation;
  const { system, turns } = conversation;
  const asking = turns.findLastIndex(
    ({ role, blocks = [] }) => role === 'user' && !blocks.some(({ type }) => type === 'toolResult'),
  );
  const before = documents
    .map(({ title, text }) => (title === undefined ? text : `${title}\n${text}`))
    .join('\n\n');
  const withThem = ({ role, text, blocks }: Turn): Turn => ({
    role,
    text: `${before}\n\n${text}`,
    ...(blocks !== undefined && { blocks: [{ type: 'text', text: before }, ...blocks] }),
  });
  return {
    system,
    turns: turns.map((turn, index) => (index === asking ? withThem(turn) : turn)),
    passages: documents.map(({ text }) => text),
  };
}
