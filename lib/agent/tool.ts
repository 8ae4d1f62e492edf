import type { StandardSchemaV1 } from '@standard-schema/spec';
import { checkInput, checkOptions } from '../base/check-input.ts';
import { LibError } from '../base/errors.ts';
import { isStandardSchema, jsonSchemaOf } from '../base/schema.ts';

/** What a tool takes: a schema of zod, Valibot, ArkType or any other Standard Schema, or a JSON Schema. */
export type ToolSchema = StandardSchemaV1 | Readonly<Record<string, unknown>>;

/** What `run` is given for a schema: what the schema's library makes of it; by JSON Schema an object. */
export type ToolInput<S extends ToolSchema> = S extends StandardSchemaV1
  ? StandardSchemaV1.InferOutput<S>
  : Readonly<Record<string, unknown>>;

/** One call of a tool, beside its input. */
export interface ToolCallContext {
  /** Of the tool that is called: one function may serve several. */
  readonly name: string;
  readonly toolUseId: string;
  /** Aborts when the run is stopped, or the tool's time is over. */
  readonly signal: AbortSignal;
}

/**
 * What `approve` gives when the decision comes later, minutes or days, in this process or in another: the run ends with
 * the outcome `waiting`, and goes on when `run` is given the decision.
 */
export const askLater: unique symbol = Symbol.for('lib.askLater');

/**
 * `true`: it may run. `false`, or the reason as a sentence: it may not, and the model is told. `askLater`: that is not
 * decided yet.
 */
export type Approval = boolean | string | typeof askLater;

/** Which tools the model has to call: `any` of them, or one by its name. `auto`: it decides. */
export type ToolChoice = 'auto' | 'any' | { readonly tool: string };

export interface ToolDefinition<S extends ToolSchema> {
  /** 1 to 64 letters, digits, `_` and `-`. */
  readonly name: string;
  /** When to call it and what it gives. The model chooses by these words. */
  readonly description: string;
  readonly input: S;
  /** The same for the model, as JSON Schema. Needed only when the schema's library cannot write it itself. */
  readonly jsonSchema?: Readonly<Record<string, unknown>>;
  /**
   * What the tool does. A text goes to the model as it is, other values as JSON; content blocks of Converse with a
   * picture, a document or a video, a list of blocks, and the bytes of a picture or a PDF as what they are. An error is
   * told to the model as one, whether it is thrown or given.
   */
  run(input: ToolInput<S>, context: ToolCallContext): unknown;
  /** Asks a person before each call. For every tool that changes something. Its time does not count as the tool's. */
  approve?(input: ToolInput<S>, context: ToolCallContext): Approval | Promise<Approval>;
  /** Milliseconds that a call may take. Default 30,000. */
  readonly timeoutMs?: number;
  /**
   * The result holds words of strangers, such as a web page: it goes to the model between tags, with the remark that
   * it is data. That lowers the chance that the model obeys them; what contains the harm is `approve`.
   */
  readonly untrusted?: boolean;
}

/** A tool as an agent takes it. Made by `tool`. */
export interface Tool {
  readonly name: string;
  readonly description: string;
  readonly input: ToolSchema;
  readonly jsonSchema: Readonly<Record<string, unknown>>;
  run(input: unknown, context: ToolCallContext): unknown;
  approve?(input: unknown, context: ToolCallContext): Approval | Promise<Approval>;
  readonly timeoutMs: number;
  readonly untrusted: boolean;
}

export const defaultTimeoutMs = 30_000;

/**
 * A function that a model may ask for. `run` is called only with input that the schema has let through. Pure.
 *
 * @throws LibError of kind `request` for what Bedrock would refuse: a name, a blank description, a schema that is not
 *   an object's
 * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ToolSpecification.html
 */
export function tool<S extends ToolSchema>(definition: ToolDefinition<S>): Tool {
  checkOptions(
    'tool',
    definition,
    {
      name: 'text',
      description: 'text',
      run: 'function',
      approve: 'function?',
      jsonSchema: 'object?',
      timeoutMs: 'amount?',
    },
    'definition',
  );
  if (typeof definition.input !== 'function') checkInput('tool', { ...definition }, { input: 'object' });
  const { name, description, input, timeoutMs = defaultTimeoutMs, untrusted = false } = definition;
  if (!/^[a-zA-Z0-9_-]{1,64}$/.test(name)) {
    throw fault(`No tool can be named ${JSON.stringify(name)}`, 'Use 1 to 64 letters, digits, _ and -.');
  }
  if (description.trim() === '') {
    throw fault(`The tool ${name} has no description`, 'Say when to call it, and what it gives.');
  }
  if (!(timeoutMs > 0)) throw fault(`The tool ${name} has no time to run`, 'Set timeoutMs above 0.');
  const jsonSchema = definition.jsonSchema ?? (isStandardSchema(input) ? jsonSchemaOf(input) : input);
  if (jsonSchema.type !== 'object') {
    throw fault(
      `The input of the tool ${name} is not an object`,
      'A model calls a tool with named values: make the schema an object with a member for each.',
    );
  }
  return {
    name,
    description,
    input,
    jsonSchema,
    timeoutMs,
    untrusted,
    run: (value, context) => definition.run(value as ToolInput<S>, context),
    ...(definition.approve && {
      approve: (value: unknown, context: ToolCallContext) =>
        definition.approve?.(value as ToolInput<S>, context) ?? false,
    }),
  };
}

function fault(message: string, hint: string): LibError {
  return new LibError(message, { kind: 'request', hint });
}
