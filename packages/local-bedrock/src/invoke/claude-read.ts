import type { Model } from 'bedrock-models';
import { invalid } from '../http/refusal.ts';
import { wasAccepted, wasRefused } from '../models/evidence.ts';
import { promptParts } from '../prompt-cache/prompt-parts.ts';
import { isObject } from '../shapes/body-schema.ts';
import {
  type Body,
  blocksOf,
  type Content,
  type ContentBlock,
  type Message,
  sourceOf,
  titleOf,
} from './claude-rules.ts';
import type { Block, ModelRequest, Turn } from './family.ts';
import { imageTokens, readDocument } from './media.ts';

/** The question that a checked Messages body asks. */
export function readMessages(body: Body): ModelRequest {
  const { max_tokens, messages, system = '', stop_sequences = [], temperature, tools } = body;
  const answerSchema = answerSchemaOf(body.output_config);
  return {
    system: textsOf(blocksOf(system)),
    turns: messages.map(readTurn),
    maxTokens: max_tokens,
    stopSequences: stop_sequences,
    ...(temperature !== undefined && { temperature }),
    ...(tools !== undefined && { tools: readTools(tools), toolChoice: readChoice(body.tool_choice) }),
    ...(answerSchema !== undefined && { answerSchema }),
    ...promptPartsOf(body),
  };
}

/** The prompt in pieces, where it has cache points. Another choice of tools makes other messages, as in Converse. */
function promptPartsOf({ tools = [], system = [], messages, tool_choice: choice }: Body) {
  const parts = promptParts();
  const forced = choice?.type === 'auto' ? undefined : choice;
  const end = (control: unknown) => {
    if (isObject(control)) parts.point(control.ttl);
  };
  for (const { cache_control: control, ...tool } of tools) {
    for (const read of readTools([tool])) parts.add(tool, () => read);
    end(control);
  }
  for (const { cache_control: control, ...block } of blocksOf(system)) {
    parts.add(block, () => readBlock(block));
    end(control);
  }
  for (const { role, content } of messages) {
    for (const { cache_control: control, ...block } of blocksOf(content)) {
      parts.add([role, block, forced], () => readBlock(block));
      end(control);
    }
  }
  const found = parts.parts();
  return found === undefined ? {} : { promptParts: found };
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
  if (block.type === 'tool_result') return resultWords(block.content);
  if (block.type === 'search_result') return searchText(block);
  if (block.type !== 'document') return '';
  const { text } = documentOf(block);
  if (text === undefined) return '';
  const { context } = block;
  const name = titleOf(block) ?? 'Document';
  return [`${name}:`, ...(typeof context === 'string' ? [context] : []), text].join('\n');
}

function searchText(block: ContentBlock): string {
  return [titleOf(block) ?? '', textsOf(resultBlocks(block.content))]
    .filter((part) => part !== '')
    .join('\n');
}

function resultWords(content: unknown): string {
  return resultBlocks(content)
    .map(wordsOf)
    .filter((words) => words !== '')
    .join('\n');
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
      const media = resultBlocks(content).filter((part) => wordsOf(part) === '' && part.type !== 'text');
      return [{ type: 'toolResult', id, text: resultWords(content), isError }, ...media.flatMap(readBlock)];
    }
    case 'image':
      return [{ type: 'media', kind: 'image', tokens: imageTokens(sourceOf(block).data) }];
    case 'document':
      return [{ type: 'media', kind: 'document', tokens: documentOf(block).tokens }];
    case 'search_result':
      return [{ type: 'text', text: searchText(block) }];
    default:
      return [];
  }
}

/** What a document says, where it can be read, and its tokens. */
export function documentOf(block: ContentBlock) {
  const { type, data, media_type: mediaType, content } = sourceOf(block);
  if (type === 'content') return plainDocument(textsOf(resultBlocks(content)));
  if (type === 'text') return plainDocument(data ?? '');
  return readDocument(data, mediaType === 'text/plain' ? 'txt' : 'pdf');
}

function plainDocument(text: string) {
  return readDocument(Buffer.from(text).toString('base64'), 'txt');
}

/** The content of a tool's result, a search result or a document is text, or blocks; nothing, when the tool says nothing. */
export function resultBlocks(content: unknown): ContentBlock[] {
  if (typeof content === 'string') return [{ type: 'text', text: content }];
  if (!Array.isArray(content)) return [];
  return content.flatMap((part): ContentBlock[] => {
    if (!isObject(part)) return [];
    const { type, text = '', title, citations } = part;
    if (type === 'text') return [{ type, text: String(text) }];
    const named = { ...(typeof title === 'string' && { title }), citations };
    if (type === 'search_result') {
      const from = typeof part.source === 'string' ? { source: part.source } : {};
      return [{ type, ...named, ...from, content: part.content }];
    }
    if (type !== 'image' && type !== 'document') return [];
    const { source } = part;
    if (!isObject(source)) return [{ type, ...named }];
    const texts = Object.fromEntries(
      ['type', 'data', 'media_type'].flatMap((key) =>
        typeof source[key] === 'string' ? [[key, source[key]]] : [],
      ),
    );
    return [{ type, ...named, source: { ...texts, content: source.content } }];
  });
}

function textsOf(blocks: readonly ContentBlock[]): string {
  return blocks.flatMap(({ text }) => (text === undefined || text === '' ? [] : [text])).join('\n');
}

function readTools(tools: NonNullable<Body['tools']>): NonNullable<ModelRequest['tools']> {
  return tools.map(({ name, description = '', input_schema: schema }) => ({ name, description, schema }));
}

function readChoice(choice: Body['tool_choice']): NonNullable<ModelRequest['toolChoice']> {
  if (choice?.type === 'tool') return { name: choice.name ?? '' };
  return choice?.type === 'any' || choice?.type === 'none' ? choice.type : 'auto';
}

/** Structured output: `output_config.format` with a JSON schema. */
export function answerSchemaOf(outputConfig: unknown): unknown {
  const format = isObject(outputConfig) ? outputConfig.format : undefined;
  return isObject(format) && format.type === 'json_schema' ? format.schema : undefined;
}

/**
 * Turns start with the user; every turn says something, except a last one by the assistant. Turns of one side in a row
 * are one: recorded of Claude 3.5 Sonnet in January 2025 (opentelemetry-python-contrib,
 * test_invoke_model_with_response_stream_with_content_tool_call), and documented of the Messages API since.
 */
export function checkConversation(messages: readonly Message[], model: Model): void {
  if (messages[0]?.role !== 'user' && !wasAccepted('assistant-first', model)) {
    throw invalid('messages: first message must use the "user" role');
  }
  messages.forEach(({ role, content }, index) => {
    const isPrefill = index === messages.length - 1 && role === 'assistant';
    if (content.length === 0 && !isPrefill) {
      throw invalid(
        `messages.${index}: all messages must have non-empty content except for the optional final assistant message`,
      );
    }
    if (isPrefill) checkPrefill(content, model);
    checkTexts(content, role, index);
  });
}

function checkPrefill(content: Content, model: Model): void {
  if (model.refuses?.includes('prefill')) {
    throw invalid(
      'This model does not support assistant message prefill. The conversation must end with a user message.',
    );
  }
  const end = typeof content === 'string' ? content : content.at(-1)?.text;
  if (end !== undefined && /\s$/.test(end)) {
    throw invalid('messages: final assistant content cannot end with trailing whitespace');
  }
}

function checkTexts(content: Content, role: Message['role'], index: number): void {
  if (typeof content === 'string') {
    if (content !== '' && content.trim() === '') {
      throw invalid('messages: text content blocks must contain non-whitespace text');
    }
    return;
  }
  for (const { type, text = '', content: result } of content) {
    if (role === 'assistant' && (type === 'image' || type === 'document')) {
      throw invalid(`messages.${index}.content: '${type}' blocks are not permitted within assistant turns.`);
    }
    const isEmpty = type === 'tool_result' && resultBlocks(result).some((part) => part.text === '');
    if (isEmpty && typeof result !== 'string') {
      throw invalid('messages: text content blocks must be non-empty');
    }
    if (type !== 'text') continue;
    if (text === '') throw invalid('messages: text content blocks must be non-empty');
    if (text.trim() === '') throw invalid('messages: text content blocks must contain non-whitespace text');
  }
}

/** What Claude from 4 on says of a turn of the system's, by models (BerriAI/litellm PR 32831, July 2026). */
function refusedSystemTurn(model: Model): string | undefined {
  if (wasRefused('system-turns', model)) return "role 'system' is not supported on this model";
  return wasRefused('extra-inputs', model)
    ? 'messages: Unexpected role "system". The Messages API accepts a top-level `system` parameter, not "system" as an input message role.'
    : undefined;
}

const directive = 'the directive-only form (content: [] with output_config) is accepted at any position';

/**
 * Where the system may speak: not first (LeenHawk/gproxy#209, of Anthropic's own API), and before an answer
 * (letta-ai/letta-code#3989; September 2026).
 */
function misplacedSystemTurn(messages: readonly unknown[]): string | undefined {
  const roles = messages.map((message) => (isObject(message) ? message.role : undefined));
  for (const [index, message] of messages.entries()) {
    const isOnlyDirective =
      isObject(message) && Array.isArray(message.content) && message.content.length === 0;
    if (roles[index] !== 'system' || isOnlyDirective) continue;
    if (index === 0) {
      return `messages.0: use the top-level 'system' parameter for the initial system prompt; ${directive}`;
    }
    if (![undefined, 'assistant'].includes(roles[index + 1] as string | undefined)) {
      return `messages.${index}: role 'system' must precede an 'assistant' message or end the array; ${directive}`;
    }
  }
  return undefined;
}

/**
 * The body with what the system says between the turns put behind its prompt, for models that take it there; else the
 * body itself. Throws a `Refusal` where the system may not speak.
 */
export function withSystemTurns(body: unknown, model: Model): unknown {
  if (!isObject(body) || !Array.isArray(body.messages)) return body;
  const isSystem = (message: unknown) => isObject(message) && message.role === 'system';
  const said = body.messages.filter(isSystem);
  if (said.length === 0) return body;
  const takes = wasAccepted('system-turn', model);
  const wrong = takes ? misplacedSystemTurn(body.messages) : refusedSystemTurn(model);
  if (wrong !== undefined) throw invalid(wrong);
  if (!takes) return body;
  const texts = [body.system ?? '', ...said.map(({ content }) => content)].flatMap((content) =>
    blocksOf(content as Content),
  );
  return {
    ...body,
    system: texts.filter(({ text }) => text !== ''),
    messages: body.messages.filter((message) => !isSystem(message)),
  };
}
