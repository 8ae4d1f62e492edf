import { imageTokens, readDocument } from '../../media.ts';
import { isObject } from '../../schema.ts';
import type { Block, ModelRequest, Turn } from '../family.ts';
import { type Body, blocksOf, type ContentBlock, type Message } from './schema.ts';

/** The question that a checked Messages body asks. */
export function readMessages(body: Body): ModelRequest {
  const { max_tokens, messages, system = '', stop_sequences = [], temperature, tools } = body;
  const answerSchema = answerSchemaOf(body.output_config);
  return {
    system: textsOf(blocksOf(system)),
    turns: messages.map(readTurn),
    maxTokens: max_tokens,
    stopSequences: stop_sequences,
    ...(temperature === undefined ? {} : { temperature }),
    ...(tools === undefined ? {} : { tools: readTools(tools), toolChoice: readChoice(body.tool_choice) }),
    ...(answerSchema === undefined ? {} : { answerSchema }),
  };
}

function readTurn({ role, content }: Message): Turn {
  if (typeof content === 'string') return { role, text: content };
  const text = content
    .map(wordsOf)
    .filter((words) => words !== '')
    .join('\n');
  if (content.length === 1 && content[0]?.type === 'text') return { role, text };
  return { role, text, blocks: content.flatMap(readBlock) };
}

/** What a reader of text would see of a block. */
function wordsOf(block: ContentBlock): string {
  if (block.type === 'text') return block.text ?? '';
  if (block.type === 'tool_result') return textsOf(resultBlocks(block.content));
  return block.type === 'document' ? (documentOf(block).text ?? '') : '';
}

function readBlock(block: ContentBlock): Block[] {
  switch (block.type) {
    case 'text':
      return [{ type: 'text', text: block.text ?? '' }];
    case 'thinking':
      return [{ type: 'reasoning', text: block.thinking ?? '' }];
    case 'tool_use':
      return [{ type: 'toolUse', id: block.id ?? '', name: block.name ?? '', input: block.input }];
    case 'tool_result': {
      const { tool_use_id: id = '', is_error: isError = false, content } = block;
      const parts = resultBlocks(content);
      const media = parts.filter(({ type }) => type !== 'text').flatMap(readBlock);
      return [{ type: 'toolResult', id, text: textsOf(parts), isError }, ...media];
    }
    case 'image':
      return [{ type: 'media', kind: 'image', tokens: imageTokens(block.source?.data) }];
    case 'document':
      return [{ type: 'media', kind: 'document', tokens: documentOf(block).tokens }];
    default:
      return [];
  }
}

function documentOf({ source }: ContentBlock) {
  if (source?.type === 'text') return readDocument(Buffer.from(source.data ?? '').toString('base64'), 'txt');
  return readDocument(source?.data, source?.media_type === 'text/plain' ? 'txt' : 'pdf');
}

/** A result's content is text, or blocks of text and pictures; nothing, when the tool says nothing. */
function resultBlocks(content: unknown): ContentBlock[] {
  if (typeof content === 'string') return [{ type: 'text', text: content }];
  if (!Array.isArray(content)) return [];
  return content.flatMap((part): ContentBlock[] => {
    if (!isObject(part)) return [];
    if (part.type === 'text') return [{ type: 'text', text: String(part.text ?? '') }];
    if (part.type !== 'image' && part.type !== 'document') return [];
    const source = isObject(part.source) ? part.source : {};
    const data = typeof source.data === 'string' ? { data: source.data } : {};
    return [{ type: part.type, source: { ...data, media_type: String(source.media_type) } }];
  });
}

function textsOf(blocks: readonly ContentBlock[]): string {
  return blocks.flatMap(({ text }) => (text === undefined || text === '' ? [] : [text])).join('\n');
}

function readTools(tools: NonNullable<Body['tools']>): ModelRequest['tools'] {
  return tools.map(({ name, description = '', input_schema: schema }) => ({ name, description, schema }));
}

function readChoice(choice: Body['tool_choice']): NonNullable<ModelRequest['toolChoice']> {
  if (choice?.type === 'tool') return { name: choice.name ?? '' };
  return choice?.type === 'any' || choice?.type === 'none' ? choice.type : 'auto';
}

/** Structured output: `output_config.format` with a JSON schema. */
function answerSchemaOf(outputConfig: unknown): unknown {
  const format = isObject(outputConfig) ? outputConfig.format : undefined;
  return isObject(format) && format.type === 'json_schema' ? format.schema : undefined;
}
