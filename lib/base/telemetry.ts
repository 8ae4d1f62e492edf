import type { TokenUsage } from 'bedrock-models';
import { isLibError } from './errors.ts';
import type { Message } from './message.ts';

/** The one version of the GenAI conventions whose names are used here: the last before they got a repository of their own. */
const schemaUrl = 'https://opentelemetry.io/schemas/1.41.0';

type Attribute = string | number | boolean | readonly string[] | undefined;

/** What a span says of itself. Members that are `undefined` are left out. */
export type Attributes = Readonly<Record<string, Attribute>>;

export interface SpanStart {
  /** Such as `chat amazon.nova-lite-v1:0`. */
  readonly name: string;
  /** A call to Bedrock is the client's; everything else happens here. */
  readonly kind: 'client' | 'internal';
  readonly attributes: Attributes;
}

/** A span that was begun, or nothing where nobody collects any. */
export interface OpenSpan {
  /** Runs something inside the span: spans that begin in it are its children. */
  inside<Result>(run: () => Result): Result;
  /** Adds to what it says of itself. Nothing is asked for where nobody collects. */
  tell(attributes: () => Attributes): void;
  /** The span ends with what has failed: its kind, and never its words. */
  fail(error: unknown): void;
  /** The same, for a failure that has a name already. */
  failAs(type: string): void;
  /** Only the first `fail` or `end` counts. */
  end(): void;
}

const nobody: OpenSpan = { inside: (run) => run(), tell() {}, fail() {}, failAs() {}, end() {} };

type Api = typeof import('@opentelemetry/api');

/** Where an SDK has told the API of itself. Without one nothing is loaded, and the optional package need not be there. */
const registry = Symbol.for('opentelemetry.js.api.1');
let loading: Promise<Api | undefined> | undefined;

function isCollected(): boolean {
  return (globalThis as { [registry]?: { readonly trace?: unknown } })[registry]?.trace !== undefined;
}

/**
 * Begins a span of OpenTelemetry, a child of the one that is active. Whoever begins it ends it. A collector that fails
 * harms nothing.
 *
 * @see https://github.com/open-telemetry/semantic-conventions/tree/v1.41.0/docs/gen-ai
 */
export async function beginSpan(start: () => SpanStart): Promise<OpenSpan> {
  if (!isCollected()) return nobody;
  loading ??= import('@opentelemetry/api').catch(() => undefined);
  const api = await loading;
  if (api === undefined) return nobody;
  try {
    return openSpan(api, start());
  } catch {
    return nobody;
  }
}

function openSpan(api: Api, { name, kind, attributes }: SpanStart): OpenSpan {
  const tracer = api.trace.getTracerProvider().getTracer('lib', undefined, { schemaUrl });
  const spanKind = kind === 'client' ? api.SpanKind.CLIENT : api.SpanKind.INTERNAL;
  const span = tracer.startSpan(name, { kind: spanKind, attributes: known(attributes) });
  const context = api.trace.setSpan(api.context.active(), span);
  let isOpen = true;
  const end = harmlessly(() => {
    if (isOpen) span.end();
    isOpen = false;
  });
  const endWith = harmlessly((attributes: Attributes) => {
    if (!isOpen) return;
    span.setAttributes(known(attributes));
    span.setStatus({ code: api.SpanStatusCode.ERROR });
    end();
  });
  return {
    inside: (run) => api.context.with(context, run),
    tell: harmlessly((given: () => Attributes) => void span.setAttributes(known(given()))),
    fail: (error) => endWith(failure(error)),
    failAs: (type) => endWith({ 'error.type': type }),
    end,
  };
}

function harmlessly<Given extends readonly unknown[]>(run: (...given: Given) => void) {
  return (...given: Given): void => {
    try {
      run(...given);
    } catch {}
  };
}

/** Runs something inside a span of its own, which ends with it. */
export async function watched<Result>(
  start: () => SpanStart,
  run: (span: OpenSpan) => Promise<Result>,
): Promise<Result> {
  if (!isCollected()) return run(nobody);
  const span = await beginSpan(start);
  try {
    return await span.inside(() => run(span));
  } catch (error) {
    span.fail(error);
    throw error;
  } finally {
    span.end();
  }
}

/**
 * Whether what was said may stand in spans: only where the convention's own variable asks for it.
 *
 * @see https://github.com/open-telemetry/semantic-conventions/blob/v1.41.0/docs/gen-ai/gen-ai-spans.md
 */
export function recordsWords(): boolean {
  return process.env.OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT?.toLowerCase() === 'true';
}

/** Tokens, those of the cache among them, and US dollars. Pure. */
export function usageAttributes(usage: TokenUsage | undefined, costUsd: number | undefined): Attributes {
  const { inputTokens, outputTokens, cacheReadInputTokens, cacheWriteInputTokens } = usage ?? {};
  return {
    'gen_ai.usage.input_tokens':
      inputTokens === undefined
        ? undefined
        : inputTokens + (cacheReadInputTokens ?? 0) + (cacheWriteInputTokens ?? 0),
    'gen_ai.usage.output_tokens': outputTokens,
    'gen_ai.usage.cache_read.input_tokens': cacheReadInputTokens,
    'gen_ai.usage.cache_creation.input_tokens': cacheWriteInputTokens,
    'lib.cost_usd': costUsd,
  };
}

/** What was said, in the convention's form. Pure. */
export function messagesAttribute(messages: readonly Message[], finishReason?: string): string {
  const told = messages.map(({ role, content }) => ({
    role,
    parts: content.map(partOf),
    ...(finishReason !== undefined && { finish_reason: finishReason }),
  }));
  return JSON.stringify(told);
}

function partOf(block: Message['content'][number]): object {
  if (block.text !== undefined) return { type: 'text', content: block.text };
  if (block.toolUse !== undefined) {
    const { toolUseId: id, name, input } = block.toolUse;
    return { type: 'tool_call', id, name, arguments: input };
  }
  if (block.toolResult !== undefined) {
    const { toolUseId: id, content = [] } = block.toolResult;
    const response = content.map(({ text, json }) => text ?? json ?? '[not text]');
    return { type: 'tool_call_response', id, response };
  }
  return { type: Object.keys(block)[0] ?? 'nothing' };
}

/** A message of an error may quote what a model, or a person, has said. */
function failure(error: unknown): Attributes {
  if (!isLibError(error)) return { 'error.type': nameOf(error) };
  const { kind, awsName, attempts, requestId, usage, costUsd } = error;
  return {
    'error.type': kind,
    'lib.aws_error': awsName,
    'lib.attempts': attempts,
    'aws.request_id': requestId,
    ...usageAttributes(usage, costUsd),
  };
}

function nameOf(error: unknown): string {
  const name = error instanceof Error ? error.name : typeof error;
  // What a signal aborts with, in the words that errors of `lib` have for it.
  return { AbortError: 'aborted', TimeoutError: 'timeout' }[name] ?? name;
}

function known(attributes: Attributes): Record<string, string | number | boolean | string[]> {
  const told: Record<string, string | number | boolean | string[]> = {};
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined) told[name] = typeof value === 'object' ? [...value] : value;
  }
  return told;
}

/** What a call to a model is asked with, as far as a span tells of it. */
export interface AskedCall {
  readonly operation: 'chat' | 'text_completion' | 'embeddings';
  readonly modelId: string;
  readonly inference?: {
    readonly maxTokens?: number;
    readonly temperature?: number;
    readonly topP?: number;
    readonly stopSequences?: readonly string[];
  };
  readonly isStreamed?: boolean;
  /** Only where words may be recorded. */
  readonly messages?: readonly Message[];
  readonly system?: unknown;
}

/** The span of one call to a model. Pure, but for what the environment allows. */
export function callSpan(call: AskedCall): SpanStart {
  const { operation, modelId, inference = {}, isStreamed, messages, system } = call;
  return {
    name: `${operation} ${modelId}`,
    kind: 'client',
    attributes: {
      'gen_ai.operation.name': operation,
      'gen_ai.provider.name': 'aws.bedrock',
      'gen_ai.request.model': modelId,
      'gen_ai.request.max_tokens': inference.maxTokens,
      'gen_ai.request.temperature': inference.temperature,
      'gen_ai.request.top_p': inference.topP,
      'gen_ai.request.stop_sequences': inference.stopSequences,
      'lib.streamed': isStreamed,
      ...(recordsWords() && {
        'gen_ai.input.messages': messages && messagesAttribute(messages),
        'gen_ai.system_instructions': system === undefined ? undefined : JSON.stringify(system),
      }),
    },
  };
}

/** What a call has come to. Pure, but for what the environment allows. */
export function answerAttributes(answer: {
  readonly usage?: TokenUsage | undefined;
  readonly costUsd?: number | undefined;
  readonly stopReason?: string;
  readonly attempts?: number;
  readonly requestId?: string | undefined;
  readonly message?: Message;
  readonly text?: string;
}): Attributes {
  const { usage, costUsd, stopReason, attempts, requestId, text } = answer;
  const message =
    answer.message ?? (text === undefined ? undefined : { role: 'assistant', content: [{ text }] });
  return {
    ...usageAttributes(usage, costUsd),
    'gen_ai.response.finish_reasons': stopReason === undefined ? undefined : [stopReason],
    'lib.attempts': attempts,
    'aws.request_id': requestId,
    ...(recordsWords() &&
      message && { 'gen_ai.output.messages': messagesAttribute([message as Message], stopReason) }),
  };
}
