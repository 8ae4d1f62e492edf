import {
  ApplyGuardrailCommand,
  type BedrockRuntimeClient,
  type ConverseTrace,
  type GuardrailAssessment,
  type GuardrailConfiguration,
} from '@aws-sdk/client-bedrock-runtime';
import { checkInput, checkMembers, checkOptions } from '../base/check-input.ts';
import { LibError } from '../base/errors.ts';
import { callBedrock } from '../call/call-bedrock.ts';
import { checkGuardrail } from '../converse/options.ts';
import type { Objection } from '../converse/turn.ts';
import { reasonOf } from './tool-result.ts';

export type { Objection };

/** Looks at a text before it goes on: `undefined` when there is nothing to object to. */
export type Check = (text: string) => Objection | undefined | Promise<Objection | undefined>;

/** What a run is guarded by. Checks are asked in their order, and the first that objects decides. */
export interface Guardrails {
  /** A guardrail of Bedrock, which looks at every call. */
  readonly bedrock?: GuardrailConfiguration;
  /** What the user says. When one objects, nothing is sent. */
  readonly input?: readonly Check[];
  /** What the model says. Text of a stream is kept back until they have let it pass. */
  readonly output?: readonly Check[];
  /** What a tool gives, before the model sees it: its words. Pictures, and documents that are no text, have none. */
  readonly toolResult?: readonly Check[];
}

/** @throws LibError of kind `request` for what would guard nothing */
export function checkGuardrails(guardrails: Guardrails): void {
  checkMembers('Agent', 'guardrails', guardrails, {
    bedrock: 'object?',
    input: 'functions?',
    output: 'functions?',
    toolResult: 'functions?',
  });
  checkGuardrail('Agent', 'guardrails.bedrock', guardrails.bedrock);
}

/**
 * The first objection. A check that throws objects: what cannot be checked does not pass.
 */
export async function firstObjection(
  checks: readonly Check[] | undefined,
  text: string,
): Promise<Objection | undefined> {
  for (const check of checks ?? []) {
    try {
      const objection = await check(text);
      if (objection !== undefined) return objection;
    } catch (error) {
      return { check: check.name || 'check', reason: `The check itself failed${reasonOf(error)}` };
    }
  }
  return undefined;
}

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
  options: ApplyGuardrailOptions,
): Promise<GuardrailVerdict> {
  checkInput('applyGuardrail', { client, text }, { client: 'client', text: 'text' });
  checkOptions('applyGuardrail', options, {
    guardrailIdentifier: 'text',
    guardrailVersion: 'text',
    source: 'text',
    signal: 'signal?',
  });
  const { signal: stop, ...guardrail } = options;
  const command = new ApplyGuardrailCommand({ ...guardrail, content: [{ text: { text } }] });
  const { value } = await callBedrock(
    client,
    command,
    ({ signal }) => client.send(command, { abortSignal: signal }),
    {
      modelId: `guardrail ${guardrail.guardrailIdentifier}`,
      ...(stop !== undefined && { signal: stop }),
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
export function describeFinding(finding: GuardrailFinding): string {
  checkInput('describeFinding', { finding }, { finding: 'object' });
  const { policy, what, action } = finding;
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

interface Pattern {
  readonly what: string;
  readonly pattern: RegExp;
  readonly isReal?: (match: string) => boolean;
}

/** Only what can be told by its form. Names and addresses take a model: a guardrail of Bedrock finds those. */
const patterns: readonly Pattern[] = [
  {
    what: 'an e-mail address',
    // Begun only where its first word begins: a long text must not be searched again from each of its characters.
    pattern: /(?<![\p{L}\p{N}._%+-])[\p{L}\p{N}._%+-]+@[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)+/gu,
  },
  { what: 'a card number', pattern: /(?<!\d)\d(?:[ -]?\d){12,18}(?!\d)/g, isReal: hasLuhnSum },
  { what: 'a telephone number', pattern: /(?<![\d\w])\+\d{1,3}(?:[ ()./-]*\d){7,12}(?!\d)/g },
  {
    what: 'a US social security number',
    pattern: /(?<!\d)(?!000|666|9)\d{3}-(?!00)\d{2}-(?!0000)\d{4}(?!\d)/g,
  },
];

/** Objects to personal data that can be told by its form: e-mail addresses, card, telephone and US social security numbers. Pure. */
export const personalData: Check = (text) => {
  checkInput('personalData', { text }, { text: 'text' });
  const plain = text.normalize('NFKC');
  const found = patterns.filter(({ pattern, isReal = () => true }) =>
    [...plain.matchAll(pattern)].some(([match]) => isReal(match)),
  );
  if (found.length === 0) return undefined;
  return { check: 'personal data', reason: `It holds ${found.map(({ what }) => what).join(' and ')}.` };
};

/**
 * A check that objects to a topic by its words, in any case, as whole words. Words alone are easily talked around:
 * it is a first line, not the only one. Pure.
 *
 * @throws LibError of kind `request` without a word
 */
export function deniedTopic(topic: string, words: readonly string[]): Check {
  checkInput('deniedTopic', { topic, words }, { topic: 'text', words: 'texts' });
  const named = words.map((word) => normal(word).trim()).filter((word) => word !== '');
  if (named.length === 0) {
    const hint = 'Pass the words that tell it.';
    throw new LibError(`The topic ${topic} has no words`, { kind: 'request', hint });
  }
  return (text) => {
    const plain = ` ${normal(text)} `;
    const isNamed = named.some((word) => plain.includes(` ${word} `));
    return isNamed ? { check: `topic: ${topic}`, reason: `It is about ${topic}.` } : undefined;
  };
}

/** Lower case, with one space for all that is no letter or digit. */
function normal(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}]+/gu, ' ');
}

/** The check digit of card numbers (ISO/IEC 7812-1). */
function hasLuhnSum(number: string): boolean {
  const digits = [...number.replace(/\D/g, '')].reverse().map(Number);
  const sum = digits.reduce((total, digit, index) => {
    const doubled = index % 2 === 1 ? digit * 2 : digit;
    return total + (doubled > 9 ? doubled - 9 : doubled);
  }, 0);
  return sum % 10 === 0;
}
