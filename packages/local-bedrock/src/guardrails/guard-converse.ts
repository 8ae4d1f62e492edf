import type { ConverseRequest } from '../converse/request.ts';
import type { Service } from '../service.ts';
import type { GuardedText } from './assess.ts';
import { guardrailForInference } from './find-guardrail.ts';
import { createGuard, type Guard } from './guard.ts';

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
