import type { Model } from 'bedrock-models';
import { invalid } from '../http/refusal.ts';
import { betaViolation, compactionViolation, memberViolation } from '../invoke/claude-betas.ts';
import {
  cacheViolation,
  forcedToolViolation,
  pdfViolation,
  pictureViolation,
  resultsFirstViolation,
  type SeenCachePoint,
  type SeenTurn,
  signatureViolation,
  thoughtSideViolation,
  toolSchemaViolation,
  topKViolation,
  type Wrong,
} from '../invoke/claude-checks.ts';
import { formatViolation, strictViolation } from '../invoke/claude-format.ts';
import { answerSchemaOf as schemaInFields } from '../invoke/claude-read.ts';
import { thinkingViolation } from '../invoke/claude-thinking.ts';
import { isObject } from '../shapes/body-schema.ts';
import type { ContentBlock, ConverseRequest } from './request.ts';
import type { Rule } from './rules.ts';

/** What Claude itself refuses of a request that the service passes on to it as a Messages body. */
export const claudeRules: Rule = (request, model) => {
  if (model.family !== 'claude-messages') return;
  const turns = turnsOf(request);
  const { additionalModelRequestFields } = request;
  const fields = isObject(additionalModelRequestFields) ? additionalModelRequestFields : {};
  const wrong =
    betaViolation(fields, model, 'Converse') ??
    memberViolation(fields, model) ??
    compactionViolation(fields) ??
    topKViolation(fields.top_k, model) ??
    forcedToolViolation(forcesTool(request), model) ??
    formatViolation(answerSchemaOf(request), model) ??
    formatViolation(schemaInFields(fields.output_config), model) ??
    cacheViolation(cachePointsOf(request), model) ??
    schemaViolation(request, model) ??
    mediaViolation(request, model) ??
    thoughtSideViolation(turns) ??
    signatureViolation(turns) ??
    resultsFirstViolation(turns) ??
    fieldViolation(request, turns, model);
  if (wrong !== undefined) throw invalid(`The model returned the following errors: ${wrong}`);
};

/** `undefined`: none, or it is no JSON, which is said where it is read. */
function answerSchemaOf({ outputConfig }: ConverseRequest): unknown {
  const schema = outputConfig?.textFormat?.structure.jsonSchema?.schema;
  if (schema === undefined) return undefined;
  try {
    return JSON.parse(schema);
  } catch {
    return undefined;
  }
}

/** A cache point is no block of its own there: it belongs to the block before it. */
function turnsOf({ messages = [] }: ConverseRequest): SeenTurn[] {
  return messages.map(({ role, content }) => ({
    role,
    blocks: content.flatMap((block) => (block.cachePoint === undefined ? [seen(block)] : [])),
  }));
}

function seen({ reasoningContent, toolUse, toolResult, ...rest }: ContentBlock): SeenTurn['blocks'][number] {
  if (reasoningContent?.reasoningText !== undefined) {
    return { type: 'thinking', signature: reasoningContent.reasoningText.signature };
  }
  if (reasoningContent !== undefined) return { type: 'redacted_thinking' };
  if (toolUse !== undefined) return { type: 'tool_use', id: toolUse.toolUseId };
  return { type: toolResult === undefined ? (Object.keys(rest)[0] ?? 'text') : 'tool_result' };
}

/** In the order in which Claude reads them. */
function cachePointsOf({ toolConfig, system = [], messages = [] }: ConverseRequest): SeenCachePoint[] {
  const pointsIn = (
    parts: readonly Pick<ContentBlock, 'cachePoint'>[],
    pathTo: (index: number) => string,
  ) => {
    let blocks = 0;
    return parts.flatMap(({ cachePoint }): SeenCachePoint[] => {
      if (cachePoint === undefined) blocks += 1;
      return cachePoint === undefined ? [] : [{ path: pathTo(Math.max(0, blocks - 1)), ttl: cachePoint.ttl }];
    });
  };
  return [
    ...pointsIn(toolConfig?.tools ?? [], (index) => `tools.${index}.custom`),
    ...pointsIn(system, (index) => `system.${index}`),
    ...messages.flatMap(({ content }, turn) =>
      pointsIn(content, (index) => `messages.${turn}.content.${index}`),
    ),
  ];
}

function mediaViolation({ messages = [] }: ConverseRequest, model: Model): Wrong {
  for (const [turn, { content }] of messages.entries()) {
    for (const [position, { image, document }] of content.entries()) {
      // A document's path is a picture's, too, in what users report.
      const path = `messages.${turn}.content.${position}.image.source.bytes`;
      const pdf = document?.format === 'pdf' ? document.source.bytes : undefined;
      const wrong =
        pictureViolation(image?.source.bytes, `image/${image?.format}`, path, model) ??
        (pdf === undefined ? undefined : pdfViolation(pdf, path));
      if (wrong !== undefined) return wrong;
    }
  }
  return undefined;
}

function schemaViolation({ toolConfig }: ConverseRequest, model: Model): Wrong {
  const specs = (toolConfig?.tools ?? []).flatMap(({ toolSpec }) => toolSpec ?? []);
  for (const [index, { inputSchema, strict }] of specs.entries()) {
    const schema = inputSchema.json;
    const wrong = toolSchemaViolation(schema, index) ?? strictViolation({ strict, schema }, index, model);
    if (wrong !== undefined) return wrong;
  }
  return undefined;
}

function fieldViolation(request: ConverseRequest, turns: readonly SeenTurn[], model: Model): Wrong {
  const { additionalModelRequestFields: fields, inferenceConfig = {} } = request;
  if (!isObject(fields)) return undefined;
  const { maxTokens = model.maxOutputTokens, temperature, topP } = inferenceConfig;
  const isForced = forcesTool(request);
  const beside = { temperature, topP, topK: fields.top_k, maxTokens, forcesTool: isForced, turns };
  return thinkingViolation(fields, beside, model);
}

function forcesTool({ toolConfig }: ConverseRequest): boolean {
  const { any, tool } = toolConfig?.toolChoice ?? {};
  return (any ?? tool) !== undefined;
}
