import { longestDocumentName, longestToolName } from 'bedrock-models';
import {
  blob,
  document,
  filledText,
  listOf,
  oneOf,
  type Shape,
  type StringShape,
  type StructureShape,
  structure,
  text,
  truth,
  union,
} from '../shapes/shape.ts';

/** The content of a message (API reference, ContentBlock). */

const toolUseId: StringShape = {
  type: 'string',
  minLength: 1,
  maxLength: longestToolName,
  pattern: /^[a-zA-Z0-9_.:-]+$/,
};
const toolName: StringShape = {
  type: 'string',
  minLength: 1,
  maxLength: longestToolName,
  pattern: /^[a-zA-Z0-9_-]+$/,
};

const s3Location = structure({ uri: text, bucketOwner: text }, ['uri']);

const image = structure(
  { format: oneOf('png', 'jpeg', 'gif', 'webp'), source: union('ImageSource', { bytes: blob, s3Location }) },
  ['format', 'source'],
);

const documentBlock = structure(
  {
    format: oneOf('pdf', 'csv', 'doc', 'docx', 'xls', 'xlsx', 'html', 'txt', 'md'),
    name: { type: 'string', minLength: 1, maxLength: longestDocumentName },
    source: union('DocumentSource', {
      bytes: blob,
      s3Location,
      text,
      content: listOf(union('DocumentContentBlock', { text: filledText }), { minLength: 1 }),
    }),
    context: text,
    citations: structure({ enabled: truth }, ['enabled']),
  },
  ['name', 'source'],
);

const video = structure(
  {
    format: oneOf('mkv', 'mov', 'mp4', 'webm', 'flv', 'mpeg', 'mpg', 'wmv', 'three_gp'),
    source: union('VideoSource', { bytes: blob, s3Location }),
  },
  ['format', 'source'],
);

const audio = structure(
  {
    format: oneOf(
      ...['mp3', 'opus', 'wav', 'aac', 'flac', 'mp4', 'ogg', 'mkv', 'mka', 'x-aac', 'm4a', 'mpeg', 'mpga'],
      ...['pcm', 'webm'],
    ),
    source: union('AudioSource', { bytes: blob, s3Location }),
  },
  ['format', 'source'],
);

const searchResult = structure(
  {
    source: text,
    title: text,
    content: listOf(structure({ text }, ['text'])),
    citations: structure({ enabled: truth }, ['enabled']),
  },
  ['source', 'title', 'content'],
);

const cachePoint = structure({ type: oneOf('default'), ttl: oneOf('5m', '1h') }, ['type']);

const guardContent = union('GuardrailConverseContentBlock', {
  text: structure({ text, qualifiers: listOf(oneOf('grounding_source', 'query', 'guard_content')) }, [
    'text',
  ]),
  image: structure(
    {
      format: oneOf('png', 'jpeg'),
      source: union('GuardrailConverseImageSource', { bytes: blob }),
    },
    ['format', 'source'],
  ),
});

const toolResult = structure(
  {
    toolUseId,
    content: listOf(
      union('ToolResultContentBlock', {
        json: document,
        text,
        image,
        document: documentBlock,
        video,
        searchResult,
      }),
    ),
    status: oneOf('success', 'error'),
    type: text,
  },
  ['toolUseId', 'content'],
);

/** In the order, and with the omission, of the service's own list of the keys. */
const contentBlock = union(
  'ContentBlock',
  {
    text,
    image,
    toolUse: structure({ toolUseId, name: toolName, input: document, type: text }, [
      'toolUseId',
      'name',
      'input',
    ]),
    toolResult,
    document: documentBlock,
    video,
    cachePoint,
    reasoningContent: union('ReasoningContentBlock', {
      reasoningText: structure({ text, signature: text }, ['text']),
      redactedContent: blob,
    }),
    citationsContent: structure({
      content: listOf(structure({ text })),
      citations: listOf(document),
    }),
    searchResult,
    guardContent,
    audio,
  },
  ['guardContent', 'audio'],
);

/** The input of Converse and ConverseStream (API reference, Converse, "Request Body"). */

const toolConfig = structure(
  {
    tools: listOf(
      union('Tool', {
        toolSpec: structure(
          {
            name: toolName,
            description: filledText,
            inputSchema: union('ToolInputSchema', { json: document }),
            strict: truth,
          },
          ['name', 'inputSchema'],
        ),
        systemTool: structure({ name: toolName }, ['name']),
        cachePoint,
      }),
      { minLength: 1 },
    ),
    toolChoice: union('ToolChoice', {
      auto: structure({}),
      any: structure({}),
      tool: structure({ name: toolName }, ['name']),
    }),
  },
  ['tools'],
);

const metadataText = /^[a-zA-Z0-9\s:_@$#=/+,-.]*$/;

const members: Readonly<Record<string, Shape>> = {
  messages: listOf(
    structure(
      {
        // A third role, `system`, is in today's API for adding and removing tools only, and is refused here.
        role: oneOf('user', 'assistant'),
        content: listOf(contentBlock),
      },
      ['role', 'content'],
    ),
  ),
  system: listOf(union('SystemContentBlock', { text: filledText, guardContent, cachePoint })),
  inferenceConfig: structure({
    maxTokens: { type: 'integer', minimum: 1 },
    temperature: { type: 'float', minimum: 0, maximum: 1 },
    topP: { type: 'float', minimum: 0, maximum: 1 },
    stopSequences: listOf(filledText, { maxLength: 2_500 }),
  }),
  toolConfig,
  guardrailConfig: structure({
    guardrailIdentifier: {
      type: 'string',
      maxLength: 2_048,
      pattern: /^(([a-z0-9]+)|(arn:aws(-[^:]+)?:bedrock:[a-z0-9-]{1,20}:[0-9]{12}:guardrail\/[a-z0-9]+))?$/,
    },
    guardrailVersion: { type: 'string', pattern: /^(|([1-9][0-9]{0,7})|(DRAFT))$/ },
    trace: oneOf('enabled', 'disabled', 'enabled_full'),
    streamProcessingMode: oneOf('sync', 'async'),
  }),
  additionalModelRequestFields: document,
  additionalModelResponseFieldPaths: listOf(
    { type: 'string', minLength: 1, maxLength: 256 },
    { maxLength: 10 },
  ),
  promptVariables: {
    type: 'map',
    key: text,
    value: union('PromptVariableValues', { text }),
  },
  requestMetadata: {
    type: 'map',
    minLength: 1,
    maxLength: 16,
    key: { type: 'string', minLength: 1, maxLength: 256, pattern: metadataText },
    value: { type: 'string', maxLength: 256, pattern: metadataText },
  },
  performanceConfig: structure({ latency: oneOf('optimized', 'standard') }),
  serviceTier: structure({ type: text }, ['type']),
  outputConfig: structure({
    textFormat: structure(
      {
        type: oneOf('json_schema'),
        structure: union('OutputFormatStructure', {
          jsonSchema: structure({ schema: filledText, name: text, description: text }, ['schema']),
        }),
      },
      ['type', 'structure'],
    ),
    effort: { type: 'string', maxLength: 16 },
  }),
};

export const converseRequest: StructureShape = structure(members);

/** What CountTokens takes of a Converse request. */
export const countableConverseRequest: StructureShape = structure(
  Object.fromEntries(
    ['messages', 'system', 'toolConfig', 'additionalModelRequestFields'].map((name) => [name, members[name]]),
  ) as Record<string, Shape>,
);
