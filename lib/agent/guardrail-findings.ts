import {
  ApplyGuardrailCommand,
  type BedrockRuntimeClient,
  type ConverseTrace,
  type GuardrailAssessment,
} from '@aws-sdk/client-bedrock-runtime';
import { callBedrock } from '../call/call-bedrock.ts';
import type { Objection } from './guard.ts';

/** One thing that a guardrail of Bedrock has found. */
export interface GuardrailFinding {
  /** Whose rule it was, such as `topic` or `sensitive information`. */
  readonly policy: string;
  /** What it was: the name of the topic, the type of the data, the word. Not the data itself. */
  readonly what: string;
  /** Such as `BLOCKED` or `ANONYMIZED`. */
  readonly action: string;
}

export interface GuardrailVerdict {
  readonly intervened: boolean;
  /** What may be passed on: the text, its masked form, or the guardrail's own message. */
  readonly text: string;
  readonly findings: readonly GuardrailFinding[];
}

export interface ApplyGuardrailOptions {
  readonly guardrailIdentifier: string;
  readonly guardrailVersion: string;
  /** `INPUT`: somebody has said it. `OUTPUT`: a model has written it. */
  readonly source: 'INPUT' | 'OUTPUT';
  readonly signal?: AbortSignal;
}

/**
 * What a guardrail of Bedrock says to a text, without a model.
 *
 * @throws LibError with the next step in `hint`
 * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ApplyGuardrail.html
 */
export async function applyGuardrail(
  client: BedrockRuntimeClient,
  text: string,
  { signal: stop, ...guardrail }: ApplyGuardrailOptions,
): Promise<GuardrailVerdict> {
  const command = new ApplyGuardrailCommand({ ...guardrail, content: [{ text: { text } }] });
  const { value } = await callBedrock(
    client,
    command,
    ({ signal }) => client.send(command, { abortSignal: signal }),
    {
      modelId: `guardrail ${guardrail.guardrailIdentifier}`,
      ...(stop === undefined ? {} : { signal: stop }),
    },
  );
  const intervened = value.action === 'GUARDRAIL_INTERVENED';
  const outputs = (value.outputs ?? []).map((output) => output.text ?? '').join('\n');
  return { intervened, text: intervened ? outputs : text, findings: findingsOf(value.assessments ?? []) };
}

/** What a guardrail has found in a call of Converse. Empty unless `guardrails.bedrock.trace` is `enabled`. Pure. */
export function findingsOfTrace(trace: ConverseTrace | undefined): readonly GuardrailFinding[] {
  const { inputAssessment = {}, outputAssessments = {} } = trace?.guardrail ?? {};
  return findingsOf([...Object.values(inputAssessment), ...Object.values(outputAssessments).flat()]);
}

/** The same as one objection. Pure. */
export function objectionOfTrace(trace: ConverseTrace | undefined): Objection {
  const found = findingsOfTrace(trace).map(describeFinding);
  const reason =
    found.length === 0 ? 'The guardrail intervened; its trace is not enabled.' : found.join('; ');
  return { check: 'Bedrock guardrail', reason };
}

/** `topic: investment (BLOCKED)`. Pure. */
export function describeFinding({ policy, what, action }: GuardrailFinding): string {
  return `${policy}: ${what} (${action})`;
}

function findingsOf(assessments: readonly GuardrailAssessment[]): GuardrailFinding[] {
  return assessments.flatMap((assessment) => {
    const { topicPolicy, contentPolicy, wordPolicy, sensitiveInformationPolicy, contextualGroundingPolicy } =
      assessment;
    return [
      ...(topicPolicy?.topics ?? []).map(({ name, action }) => found('topic', name, action)),
      ...(contentPolicy?.filters ?? []).map(({ type, action }) => found('content', type, action)),
      ...(wordPolicy?.customWords ?? []).map(({ match, action }) => found('word', match, action)),
      ...(wordPolicy?.managedWordLists ?? []).map(({ type, action }) => found('word list', type, action)),
      ...(sensitiveInformationPolicy?.piiEntities ?? []).map(({ type, action }) =>
        found('sensitive information', type, action),
      ),
      ...(sensitiveInformationPolicy?.regexes ?? []).map(({ name, action }) =>
        found('sensitive information', name, action),
      ),
      ...(contextualGroundingPolicy?.filters ?? []).map(({ type, action }) =>
        found('grounding', type, action),
      ),
    ].filter(({ action }) => action !== 'NONE');
  });
}

function found(policy: string, what = 'unnamed', action = 'NONE'): GuardrailFinding {
  return { policy, what, action };
}
