import type { ContentBlock } from '@aws-sdk/client-bedrock-runtime';
import type { Message } from 'lib';
import fc from '../../properties.ts';

/** Words, and what is blank to Bedrock. */
const text = fc.oneof(
  fc.constantFrom('', ' ', '\n\n', '\u00a0', 'Hello', ' padded ', '$& $1', '[Called the tool x]'),
  fc.string({ unit: 'grapheme', maxLength: 12 }),
);

const ids = fc.constantFrom('a', 'b', 'c', 'tooluse_1', 'not legal!', '', 'x'.repeat(80));
const names = fc.constantFrom('add', 'get weather', '', '情報', 'n'.repeat(70));
const json = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc.constant({ __type: 'reserved', deep: [{ __type: 1 }] }),
  fc.constant([1, 2]),
);

const bytes = new TextEncoder().encode('A short document.');
const documentName = fc.oneof(
  fc.constantFrom(
    'report',
    'report',
    'Q3  report',
    'file.pdf',
    'レポート',
    '',
    '　',
    'r'.repeat(250),
    'a (2)',
  ),
  fc.string({ maxLength: 8 }),
);
const document = documentName.map((name) => ({
  document: { format: 'txt' as const, name, source: { bytes } },
}));
const image = fc.constant({ image: { format: 'png' as const, source: { bytes } } });
const cachePoint = fc.constant({ cachePoint: { type: 'default' as const } });

const textBlock = text.map((value): ContentBlock => ({ text: value }));
const toolUse = fc
  .record({ toolUseId: ids, name: names, input: json })
  .map((value) => ({ toolUse: value }) as ContentBlock);
const resultPart = fc.oneof(
  text.map((value) => ({ text: value })),
  json.map((value) => ({ json: value })),
  document,
);
const toolResult = fc
  .record({
    toolUseId: ids,
    content: fc.array(resultPart, { maxLength: 3 }),
    status: fc.constantFrom('success' as const, 'error' as const, undefined),
  })
  .map((value) => ({ toolResult: value }) as ContentBlock);
const reasoning = fc
  .record({ text, signature: fc.constantFrom(undefined, 'signed') })
  .map((value) => ({ reasoningContent: { reasoningText: value } }) as ContentBlock);
const citations = text.map(
  (value) => ({ citationsContent: { content: [{ text: value }], citations: [] } }) as ContentBlock,
);
const guarded = text.map((value) => ({ guardContent: { text: { text: value } } }) as ContentBlock);
const nothing = fc.constant({} as ContentBlock);

const block = fc.oneof(
  { weight: 5, arbitrary: textBlock },
  { weight: 4, arbitrary: toolUse },
  { weight: 4, arbitrary: toolResult },
  document,
  image,
  cachePoint,
  reasoning,
  citations,
  guarded,
  nothing,
) as fc.Arbitrary<ContentBlock>;

const role = fc.constantFrom('user' as const, 'assistant' as const);

/** Whatever may stand in a list of messages, legal or not. */
export const anyTranscript: fc.Arbitrary<Message[]> = fc.array(
  fc.record({ role, content: fc.array(block, { maxLength: 4 }) }),
  { maxLength: 8 },
);

/** All that the user said in words, in order: texts that are not blank. */
export function wordsOfUser(messages: readonly Message[]): string[] {
  return messages
    .filter(({ role: who }) => who === 'user')
    .flatMap(({ content }) => content.flatMap((part) => (part.text?.trim() ? [part.text] : [])));
}
