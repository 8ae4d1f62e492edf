import type { ModelRequest } from '../families/family.ts';
import type { OperationRequest } from '../operations/operation.ts';
import type { Service } from '../service.ts';
import { guardrailForInference } from './find-guardrail.ts';
import { createGuard, type Guard } from './guard.ts';

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
              ...(outputAssessments === undefined ? {} : { outputs: [outputAssessments], modelOutput }),
            },
          },
        }
      : {}),
    'amazon-bedrock-guardrailAction': intervened ? 'INTERVENED' : 'NONE',
  };
}
