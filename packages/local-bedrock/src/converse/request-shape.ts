import {
  document,
  filledText,
  listOf,
  oneOf,
  type Shape,
  type StructureShape,
  structure,
  text,
  truth,
  union,
} from '../shapes/shape.ts';
import { cachePoint, contentBlock, guardContent, toolName } from './content-shape.ts';

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
  performanceConfig: structure({ latency: oneOf('standard', 'optimized') }),
  serviceTier: structure({ type: oneOf('priority', 'default', 'flex', 'reserved') }, ['type']),
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
