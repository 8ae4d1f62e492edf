import type { ConverseRequest } from '../converse/request.ts';
import type { ModelRequest } from '../invoke/family.ts';
import type { OperationRequest, Service } from '../operations/operation.ts';
import type { GuardedText } from './assess.ts';
import { createGuard, type Guard, type GuardedCall } from './guard.ts';
import { guardrailForInference } from './store.ts';

/** The guardrail that a Converse request asks for, at work on it; `undefined`: it asks for none. Throws a `Refusal`. */
export function guardConverse(
  request: ConverseRequest,
  service: Service,
  bodyOf?: GuardedCall['bodyOf'],
): Guard | undefined {
  const { guardrailIdentifier, guardrailVersion, streamProcessingMode } = request.guardrailConfig ?? {};
  if (!guardrailIdentifier) return undefined;
  const guardrail = guardrailForInference(guardrailIdentifier, guardrailVersion, service);
  const mode = streamProcessingMode === undefined ? {} : { mode: streamProcessingMode };
  return createGuard({ guardrail, question: guardedTexts(request), ...mode, ...(bodyOf && { bodyOf }) });
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

/**
 * The guardrail that the headers of an InvokeModel request ask for, at work on its whole prompt; `undefined`: they ask
 * for none. Tags around parts of the prompt are not read. Throws a `Refusal`.
 */
export function guardInvocation(
  { headers }: OperationRequest,
  { system, turns }: ModelRequest,
  service: Service,
  bodyOf?: GuardedCall['bodyOf'],
): Guard | undefined {
  const identifier = headers['x-amzn-bedrock-guardrailidentifier'];
  if (!identifier) return undefined;
  const guardrail = guardrailForInference(identifier, headers['x-amzn-bedrock-guardrailversion'], service);
  const texts = [system, ...turns.map(({ text }) => text)].filter((text) => text !== '');
  return createGuard({ guardrail, question: texts.map((text) => ({ text })), ...(bodyOf && { bodyOf }) });
}

/** What InvokeModel adds to its body, or to the last chunk of its stream, when a guardrail was at work. */
export function guardBody(guard: Guard | undefined, { headers }: OperationRequest): Record<string, unknown> {
  if (guard === undefined) return {};
  const { intervened, trace } = guard.outcome;
  const { actionReason, inputAssessment, outputAssessments, modelOutput } = trace;
  const asked = headers['x-amzn-bedrock-trace']?.toUpperCase();
  const tells = asked === 'ENABLED' || asked === 'ENABLED_FULL';
  return {
    ...(tells
      ? {
          'amazon-bedrock-trace': {
            guardrail: {
              actionReason,
              input: inputAssessment,
              ...(outputAssessments !== undefined && { outputs: [outputAssessments], modelOutput }),
            },
          },
        }
      : {}),
    'amazon-bedrock-guardrailAction': intervened ? 'INTERVENED' : 'NONE',
  };
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
