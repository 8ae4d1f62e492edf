import type { BedrockRuntimeClient } from '@aws-sdk/client-bedrock-runtime';
import type { StandardSchemaV1 } from '@standard-schema/spec';
import { checkInput } from '../base/check-input.ts';
import { LibError } from '../base/errors.ts';
import { readJson } from '../base/json-answer.ts';
import { jsonSchemaOf } from '../base/schema.ts';
import { type ModelRef, modelIdOf } from '../models/model-ref.ts';
import { type Answered, askTask, checkTask, type TaskOptions } from './ask-task.ts';
import type { JsonWay } from './structured-answer.ts';
import { readTaskInput, type TaskInput } from './task-input.ts';
import { type PromptOptions, taskPrompt } from './task-prompt.ts';

export interface ExtractOptions<S extends StandardSchemaV1> extends TaskOptions, PromptOptions {
  /** What to find, as a schema of zod, Valibot, ArkType or any other library that speaks Standard Schema. */
  readonly schema: S;
  /** The same for the model, as JSON Schema. Needed only when the schema's library cannot write it itself. */
  readonly jsonSchema?: object;
}

export interface Extraction<T> extends Answered {
  /** What was found, as the schema gives it: checked, and with the schema's own defaults and conversions. */
  readonly value: T;
}

/**
 * Finds facts in a text, a picture or a document and gives them back in the shape of a schema. The model is held to it
 * by Bedrock where it can be, else by a tool that it must call, else it is asked to; either way the schema checks what
 * comes, and when it does not fit, the model is asked once more and told which member is wrong.
 *
 * @example
 * const bytes = await readFile('invoice.pdf');
 * const invoice = [{ document: { format: 'pdf', name: 'invoice', source: { bytes } } }] as const;
 * const { value } = await extract(client, model, invoice, { schema: z.object({ total: z.number() }) });
 *
 * @throws LibError of kind `answer` when no answer fitted the schema, of kind `request` when there is no JSON Schema
 *   to show to the model; otherwise as `converse`
 * @see https://standardschema.dev
 */
export async function extract<S extends StandardSchemaV1>(
  client: BedrockRuntimeClient,
  modelId: ModelRef,
  text: TaskInput,
  options: ExtractOptions<S>,
): Promise<Extraction<StandardSchemaV1.InferOutput<S>>> {
  checkTask('extract', client, options);
  const id = modelIdOf('extract', modelId);
  const input = readTaskInput('extract', text);
  checkSchema(options.schema);
  checkInput('extract', options as object as Record<string, unknown>, { jsonSchema: 'object?' });
  const { schema, jsonSchema, instruction, template, tag, ...taskOptions } = options;
  const shape = jsonSchema ?? jsonSchemaOf(schema);
  const task = {
    schema: shape,
    // A template of one's own is written for the schema.
    prompt: (way: JsonWay) =>
      taskPrompt('extract', input, options, {
        instruction: instruction ?? 'Find these facts in the text.',
        schema: way === 'words' || template !== undefined ? JSON.stringify(shape, null, 2) : '',
      }),
    read: (answer: string) => readJson(answer, schema),
    maxTokens: 1024,
    hint: 'Describe the members of the schema, make optional what a text may not say, or choose another model.',
  };
  return askTask(client, id, task, taskOptions);
}

/** A JSON Schema in place of a schema is the commonest slip. */
function checkSchema(schema: unknown): void {
  const isSchema =
    ((typeof schema === 'object' && schema !== null) || typeof schema === 'function') &&
    '~standard' in schema;
  if (isSchema) return;
  throw new LibError(`extract: schema must be a schema that can check a value`, {
    kind: 'request',
    hint: 'Write it with zod, Valibot, ArkType or another library that speaks Standard Schema; JSON Schema alone goes into jsonSchema, beside it.',
  });
}
