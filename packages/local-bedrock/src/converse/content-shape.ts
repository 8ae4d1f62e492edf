import {
  blob,
  document,
  filledText,
  listOf,
  oneOf,
  type StringShape,
  structure,
  text,
  truth,
  union,
} from '../shapes/shape.ts';

/** The content of a message (API reference, ContentBlock). */

const toolUseId: StringShape = {
  type: 'string',
  minLength: 1,
  maxLength: 64,
  pattern: /^[a-zA-Z0-9_.:-]+$/,
};
export const toolName: StringShape = {
  type: 'string',
  minLength: 1,
  maxLength: 64,
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
    name: { type: 'string', minLength: 1, maxLength: 200 },
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

const searchResult = structure(
  {
    source: text,
    title: text,
    content: listOf(structure({ text }, ['text'])),
    citations: structure({ enabled: truth }, ['enabled']),
  },
  ['source', 'title', 'content'],
);

export const cachePoint = structure({ type: oneOf('default'), ttl: oneOf('5m', '1h') }, ['type']);

export const guardContent = union('GuardrailConverseContentBlock', {
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
export const contentBlock = union(
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
  },
  ['guardContent'],
);
