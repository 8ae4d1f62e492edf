import type { Model } from 'bedrock-models';
import { invalid } from '../http/refusal.ts';
import { answerSchemaOf as chatSchema } from '../invoke/chat-read.ts';
import { answerSchemaOf as claudeSchema } from '../invoke/claude-read.ts';
import type { Block, ModelRequest, Tool, Turn } from '../invoke/family.ts';
import { imageTokens, readDocument, videoTokens } from '../invoke/media.ts';
import { promptParts } from '../prompt-cache/prompt-parts.ts';
import { isObject } from '../shapes/body-schema.ts';
import type {
  ContentBlock,
  ConverseRequest,
  Document,
  Message,
  SearchResult,
  ToolConfig,
  ToolResult,
} from './request.ts';
import { cachePointsOf } from './rules.ts';

/** The question that a checked Converse request asks, in the form that every family's request comes to. */
export function readRequest(request: ConverseRequest, model: Model): ModelRequest {
  const { messages = [], system = [], inferenceConfig = {}, toolConfig, outputConfig } = request;
  const { maxTokens = model.maxOutputTokens, stopSequences = [], temperature } = inferenceConfig;
  const schema = outputConfig?.textFormat?.structure.jsonSchema?.schema;
  const answerSchema = schema === undefined ? schemaInFields(request) : parseSchema(schema);
  return {
    system: system.flatMap(({ text, guardContent }) => text ?? guardContent?.text?.text ?? []).join('\n'),
    turns: messages.map(readTurn),
    maxTokens,
    stopSequences,
    ...(temperature !== undefined && { temperature }),
    ...(toolConfig === undefined ? {} : readTools(toolConfig)),
    ...(answerSchema !== undefined && { answerSchema }),
    ...(cachePointsOf(request).length > 0 && promptPartsOf(request, model)),
  };
}

/**
 * The prompt in pieces, for the cache. Another choice of tools makes other messages of Claude's (Anthropic, "Prompt
 * caching", what invalidates the cache); of other models, that is not known.
 */
function promptPartsOf({ messages = [], system = [], toolConfig }: ConverseRequest, { family }: Model) {
  const parts = promptParts();
  const { auto: _, ...forced } = toolConfig?.toolChoice ?? {};
  const choice = family === 'claude-messages' ? forced : {};
  for (const { cachePoint, ...tool } of toolConfig?.tools ?? []) {
    if (cachePoint !== undefined) parts.point(cachePoint.ttl);
    else for (const read of readTools({ tools: [tool] }).tools ?? []) parts.add(tool, () => read);
  }
  for (const { cachePoint, ...block } of system) {
    if (cachePoint !== undefined) parts.point(cachePoint.ttl);
    else parts.add(block, () => block.text ?? block.guardContent?.text?.text ?? '');
  }
  for (const { role, content } of messages) {
    for (const { cachePoint, ...block } of content) {
      if (cachePoint !== undefined) parts.point(cachePoint.ttl);
      else parts.add([role, block, choice], () => readBlock(block).map((part) => part.block));
    }
  }
  const found = parts.parts();
  return found === undefined ? {} : { promptParts: found };
}

function readTurn({ role, content }: Message): Turn {
  const [only] = content;
  if (content.length === 1 && only?.text !== undefined) return { role, text: only.text };
  const parts = content.flatMap(readBlock);
  const text = parts.flatMap(({ words }) => (words === undefined ? [] : [words])).join('\n');
  return { role, text, blocks: parts.map(({ block }) => block) };
}

/** A block, and what a reader of text would see of it. */
interface Part {
  readonly block: Block;
  readonly words?: string;
}

function readBlock(block: ContentBlock): Part[] {
  if (block.text !== undefined) return [words(block.text)];
  if (block.image !== undefined) return [image(block.image.source.bytes)];
  if (block.document !== undefined) return [readDocumentBlock(block.document)];
  if (block.video !== undefined) {
    return [{ block: { type: 'media', kind: 'video', tokens: videoTokens(block.video.source.bytes) } }];
  }
  if (block.toolUse !== undefined) {
    const { toolUseId: id, name, input } = block.toolUse;
    return [{ block: { type: 'toolUse', id, name, input } }];
  }
  if (block.toolResult !== undefined) return readToolResult(block.toolResult);
  if (block.guardContent?.text !== undefined) return [words(block.guardContent.text.text)];
  if (block.guardContent?.image !== undefined) return [image(block.guardContent.image.source.bytes)];
  if (block.reasoningContent?.reasoningText !== undefined) {
    return [{ block: { type: 'reasoning', text: block.reasoningContent.reasoningText.text } }];
  }
  if (block.citationsContent !== undefined) {
    return [words((block.citationsContent.content ?? []).map(({ text = '' }) => text).join(''))];
  }
  if (block.searchResult !== undefined) return [words(searchText(block.searchResult))];
  return [];
}

function words(text: string): Part {
  return { block: { type: 'text', text }, words: text };
}

function image(base64: string | undefined): Part {
  return { block: { type: 'media', kind: 'image', tokens: imageTokens(base64) } };
}

function readDocumentBlock({ name, format, source, context }: Document): Part {
  const { tokens, text } = documentOf(source, format);
  const readable = [context, text].flatMap((part) => part ?? []).join('\n');
  const block: Block = { type: 'media', kind: 'document', tokens: tokens + (context?.length ?? 0) };
  return text === undefined ? { block } : { block, words: `${name}:\n${readable}` };
}

function documentOf(source: Document['source'], format: string | undefined) {
  const written = source.text ?? source.content?.map(({ text = '' }) => text).join('\n');
  if (written !== undefined) return readDocument(Buffer.from(written).toString('base64'), 'txt');
  return readDocument(source.bytes, format);
}

/** A result's words as one block; its pictures and documents cost tokens of their own. */
function readToolResult({ toolUseId: id, content, status }: ToolResult): Part[] {
  const texts: string[] = [];
  const media: Part[] = [];
  for (const part of content) {
    if (part.text !== undefined) texts.push(part.text);
    if (part.json !== undefined) texts.push(JSON.stringify(part.json));
    if (part.searchResult !== undefined) texts.push(searchText(part.searchResult));
    const { image: picture, document, video } = part;
    for (const block of [{ image: picture }, { document }, { video }] as ContentBlock[]) {
      for (const read of readBlock(block)) {
        // A document that can be read is what the tool says.
        if (read.words === undefined) media.push(read);
        else texts.push(read.words);
      }
    }
  }
  const text = texts.join('\n');
  return [{ block: { type: 'toolResult', id, text, isError: status === 'error' }, words: text }, ...media];
}

function searchText({ title, content }: SearchResult): string {
  return [title, ...content.map(({ text }) => text)].join('\n');
}

function readTools({ tools, toolChoice }: ToolConfig): Pick<ModelRequest, 'tools' | 'toolChoice'> {
  const offered = tools.flatMap(({ toolSpec }): Tool[] =>
    toolSpec === undefined
      ? []
      : [
          {
            name: toolSpec.name,
            description: toolSpec.description ?? '',
            schema: toolSpec.inputSchema.json,
          },
        ],
  );
  if (toolChoice?.tool !== undefined) return { tools: offered, toolChoice: toolChoice.tool };
  return { tools: offered, toolChoice: toolChoice?.any === undefined ? 'auto' : 'any' };
}

/** A schema that goes to the model as it is: in Claude's own body, or in OpenAI's form. */
function schemaInFields({ additionalModelRequestFields: fields }: ConverseRequest): unknown {
  if (!isObject(fields)) return undefined;
  return claudeSchema(fields.output_config) ?? chatSchema(fields.response_format).answerSchema;
}

/** The schema comes as text. What is said when it is not JSON is not backed by a recording. */
function parseSchema(schema: string): unknown {
  try {
    return JSON.parse(schema);
  } catch {
    throw invalid(
      'The value at outputConfig.textFormat.structure.jsonSchema.schema is not valid JSON. Provide a JSON schema and try again.',
    );
  }
}
