import type { ConverseRequest } from '../converse/request.ts';
import { invalid } from '../http/refusal.ts';
import type { ModelRequest } from '../invoke/family.ts';
import type { OperationRequest, Service } from '../operations/operation.ts';
import { isObject } from '../shapes/body-schema.ts';
import type { GuardedText } from './assess.ts';
import { createGuard, type Guard, type GuardedCall } from './guard.ts';
import { guardrailForInference } from './store.ts';

/** The guardrail that a Converse request asks for, at work on it; `undefined`: it asks for none. Throws a `Refusal`. */
export function guardConverse(
  request: ConverseRequest,
  service: Service,
  bodyOf?: GuardedCall['bodyOf'],
): Guard | undefined {
  const { guardrailIdentifier, guardrailVersion, streamProcessingMode, trace } =
    request.guardrailConfig ?? {};
  if (!guardrailIdentifier) return undefined;
  const guardrail = guardrailForInference(guardrailIdentifier, guardrailVersion, service);
  const mode = streamProcessingMode === undefined ? {} : { mode: streamProcessingMode };
  const question = guardedTexts(request);
  return createGuard({
    guardrail,
    question,
    today: service.today,
    isFull: trace === 'enabled_full',
    ...mode,
    ...(bodyOf && { bodyOf }),
  });
}

/** What Converse adds to its answer when a guardrail was at work. */
export function guardMembers(
  guard: Guard | undefined,
  { guardrailConfig }: ConverseRequest,
): { readonly stopReason?: string; readonly trace?: object } {
  if (guard === undefined) return {};
  const { intervened, trace } = guard.outcome;
  const tells = guardrailConfig?.trace === 'enabled' || guardrailConfig?.trace === 'enabled_full';
  return {
    ...(intervened ? { stopReason: 'guardrail_intervened' } : {}),
    ...(tells ? { trace: { guardrail: trace } } : {}),
  };
}

/** The `guardContent` blocks where there are any; else every text of the messages. */
function guardedTexts({ messages = [], system = [] }: ConverseRequest): GuardedText[] {
  const blocks = [...system, ...messages.flatMap(({ content }) => content)];
  const marked = blocks.flatMap(({ guardContent }) => guardContent?.text ?? []);
  if (marked.length > 0) return marked;
  return messages.flatMap(({ content }) =>
    content.flatMap(({ text }) => (text === undefined ? [] : [{ text }])),
  );
}

const configMember = 'amazon-bedrock-guardrailConfig';

/** What a body of InvokeModel says to the guardrail. */
export interface InvocationConfig {
  /** Only what stands between tags with this suffix is looked at. */
  readonly tagSuffix?: string;
  readonly streamProcessingMode?: 'SYNCHRONOUS' | 'ASYNCHRONOUS';
}

/**
 * A body of InvokeModel as its model gets it, and what it says to the guardrail. Throws a `Refusal` for a body that says
 * something where the headers ask for no guardrail (API reference, InvokeModel); the text was not seen.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/guardrails-tagging.html
 */
export function splitGuardrailConfig(
  body: unknown,
  headers: OperationRequest['headers'],
): { readonly native: unknown; readonly config: InvocationConfig } {
  if (!isObject(body) || !Object.hasOwn(body, configMember)) return { native: body, config: {} };
  if (!headers['x-amzn-bedrock-guardrailidentifier']) {
    throw invalid(`The ${configMember} field in the request body requires a guardrail identifier.`);
  }
  const { [configMember]: config, ...native } = body;
  return { native, config: isObject(config) ? (config as InvocationConfig) : {} };
}

/**
 * The guardrail that the headers of an InvokeModel request ask for, at work on what was said in it; `undefined`: they ask
 * for none. The system's words are not looked at: recorded of Nova in 2025 (openllmetry,
 * test_nova_invoke_stream_with_events_with_content). Throws a `Refusal`.
 */
export function guardInvocation(
  { headers }: OperationRequest,
  { turns }: ModelRequest,
  { tagSuffix, streamProcessingMode }: InvocationConfig,
  service: Service,
  bodyOf?: GuardedCall['bodyOf'],
): Guard | undefined {
  const identifier = headers['x-amzn-bedrock-guardrailidentifier'];
  if (!identifier) return undefined;
  const guardrail = guardrailForInference(identifier, headers['x-amzn-bedrock-guardrailversion'], service);
  const texts = turns.flatMap(({ text }) => (tagSuffix === undefined ? [text] : tagged(text, tagSuffix)));
  const question = texts.flatMap((text) => (text === '' ? [] : [{ text }]));
  const mode = streamProcessingMode === 'ASYNCHRONOUS' ? 'async' : 'sync';
  const isFull = headers['x-amzn-bedrock-trace']?.toUpperCase() === 'ENABLED_FULL';
  return createGuard({ guardrail, question, today: service.today, isFull, mode, ...(bodyOf && { bodyOf }) });
}

/** The parts of a prompt that are marked for the guardrail. */
function tagged(text: string, suffix: string): string[] {
  const tag = `amazon-bedrock-guardrails-guardContent_${suffix}>`;
  const [, ...marked] = text.split(`<${tag}`);
  return marked.map((part) => part.split(`</${tag}`, 1)[0] ?? '');
}

/** What InvokeModel adds to its body, or to the last chunk of its stream, when a guardrail was at work. */
export function guardBody(guard: Guard | undefined, { headers }: OperationRequest): Record<string, unknown> {
  if (guard === undefined) return {};
  const { intervened, trace } = guard.outcome;
  const { actionReason, inputAssessment, modelOutput } = trace;
  // A list of assessments by guardrail in Converse; here a list of guardrails with one assessment each, as recorded.
  const outputAssessments = Object.entries(
    (trace.outputAssessments ?? {}) as Record<string, unknown[]>,
  ).flatMap(([id, assessments]) => assessments.map((assessment) => ({ [id]: assessment })));
  const asked = headers['x-amzn-bedrock-trace']?.toUpperCase();
  const tells = asked === 'ENABLED' || asked === 'ENABLED_FULL';
  return {
    ...(tells
      ? {
          'amazon-bedrock-trace': {
            guardrail: {
              ...(actionReason !== undefined && { actionReason }),
              input: inputAssessment,
              ...(outputAssessments.length > 0 && { outputs: outputAssessments }),
              ...(modelOutput !== undefined && { modelOutput }),
            },
          },
        }
      : {}),
    'amazon-bedrock-guardrailAction': intervened ? 'INTERVENED' : 'NONE',
  };
}

/**
 * A whole body of InvokeModel as it is where a guardrail was at work, but for its further members: Nova's keeps one count of
 * its tokens where the guardrail intervened (recorded in February 2025: openllmetry,
 * test_nova_completion_with_events_with_no_content).
 */
export function guardWhole(written: object, guard: Guard | undefined): object {
  const { output, usage } = written as { output?: unknown; usage?: { inputTokens?: number } };
  const isNova = output !== undefined && usage !== undefined;
  return guard?.outcome.intervened && isNova
    ? { ...written, usage: { inputTokens: usage.inputTokens } }
    : written;
}

/** Where the families' chunks hold their words. */
const wordMembers = ['contentBlockDelta', 'outputText', 'generation', 'outputs', 'choices', 'text'];

type Chunk = Readonly<Record<string, unknown>>;

/**
 * A chunk of InvokeModel's stream as it is where a guardrail is at work, but for the last one's further members. Recorded of
 * Nova and Titan in 2025 (openllmetry: test_nova_invoke_stream_with_events_with_content, test_titan_invoke_stream_guardrail,
 * test_guardrail_invoke_stream): each chunk with words says that the guardrail intervened; Titan's leave out what is null,
 * and one for a blocked question has no `completionReason`. Of other families nothing was seen.
 */
export function guardChunk(chunk: Chunk, guard: Guard | undefined): Chunk {
  if (guard === undefined) return chunk;
  const { intervened, blockedQuestion } = guard.outcome;
  const isTitan = 'outputText' in chunk;
  const kept = Object.entries(chunk).filter(
    ([name, value]) => !isTitan || (value !== null && !(blockedQuestion && name === 'completionReason')),
  );
  const hasWords =
    chunk.type === 'content_block_delta' || wordMembers.some((name) => Object.hasOwn(chunk, name));
  return {
    ...Object.fromEntries(kept),
    ...(hasWords && intervened && { 'amazon-bedrock-guardrailAction': 'INTERVENED' }),
  };
}
