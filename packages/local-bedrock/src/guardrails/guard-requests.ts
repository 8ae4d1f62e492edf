import type { ConverseRequest } from '../converse/request.ts';
import type { ModelRequest } from '../invoke/family.ts';
import type { OperationRequest, Service } from '../operations/operation.ts';
import type { GuardedText } from './assess.ts';
import { createGuard, type Guard } from './guard.ts';
import { guardrailForInference } from './store.ts';

/** The guardrail that a Converse request asks for, at work on it; `undefined`: it asks for none. Throws a `Refusal`. */
export function guardConverse(request: ConverseRequest, service: Service): Guard | undefined {
  const { guardrailIdentifier, guardrailVersion, streamProcessingMode } = request.guardrailConfig ?? {};
  if (!guardrailIdentifier) return undefined;
  const guardrail = guardrailForInference(guardrailIdentifier, guardrailVersion, service);
  const mode = streamProcessingMode === undefined ? {} : { mode: streamProcessingMode };
  return createGuard({ guardrail, question: guardedTexts(request), ...mode });
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
): Guard | undefined {
  const identifier = headers['x-amzn-bedrock-guardrailidentifier'];
  if (!identifier) return undefined;
  const guardrail = guardrailForInference(identifier, headers['x-amzn-bedrock-guardrailversion'], service);
  const texts = [system, ...turns.map(({ text }) => text)].filter((text) => text !== '');
  return createGuard({ guardrail, question: texts.map((text) => ({ text })) });
}

/** What InvokeModel adds to its body, or to the last chunk of its stream, when a guardrail was at work. */
export function guardBody(guard: Guard | undefined, { headers }: OperationRequest): Record<string, unknown> {
  if (guard === undefined) return {};
  const { intervened, trace } = guard.outcome;
  const { inputAssessment, outputAssessments, modelOutput } = trace;
  const asked = headers['x-amzn-bedrock-trace']?.toUpperCase();
  const tells = asked === 'ENABLED' || asked === 'ENABLED_FULL';
  return {
    ...(tells
      ? {
          'amazon-bedrock-trace': {
            guardrail: {
              input: inputAssessment,
              ...(outputAssessments !== undefined && { outputs: [outputAssessments], modelOutput }),
            },
          },
        }
      : {}),
    'amazon-bedrock-guardrailAction': intervened ? 'INTERVENED' : 'NONE',
  };
}
