import type { AnswerEvent } from '../../src/index.ts';
import { payloadOf, wordsOf } from './differences.ts';
import type { Exchange } from './exchanges.ts';

/** What a guardrail found, as a trace of any operation tells it. */
interface Assessment {
  readonly topicPolicy?: { readonly topics: readonly { readonly name: string }[] };
  readonly wordPolicy?: { readonly customWords?: readonly { readonly match: string }[] };
  readonly sensitiveInformationPolicy?: {
    readonly piiEntities?: readonly Finding[];
    readonly regexes?: readonly (Finding & { readonly name: string; readonly regex: string })[];
  };
  readonly contextualGroundingPolicy?: {
    readonly filters: readonly { readonly type: string; readonly action: string }[];
  };
}

interface Finding {
  readonly match: string;
  readonly action: string;
}

interface Trace {
  /** Converse: by guardrail; of the answer a list. */
  readonly inputAssessment?: Readonly<Record<string, Assessment>>;
  readonly outputAssessments?: Readonly<Record<string, readonly Assessment[]>>;
  /** InvokeModel: the same. */
  readonly input?: Readonly<Record<string, Assessment>>;
  readonly outputs?: readonly Readonly<Record<string, Assessment>>[];
  readonly modelOutput?: readonly string[];
}

/**
 * A recorded exchange with a guardrail that the endpoint has: one that finds what the trace says was found, and the words
 * that it found it in. The endpoint knows no kind of personal information without a form of its own, so that what was
 * recorded as an address is an email address here. An exchange without a guardrail is given back as it is.
 */
export async function withGuardrail(
  url: string,
  exchange: Exchange,
  name: string,
): Promise<{ readonly exchange: Exchange; readonly words: AnswerEvent[] }> {
  const recorded = guardedAnswer(exchange);
  if (recorded === undefined) return { exchange, words: wordsOf(exchange) };
  const { trace, isInvocation, tells } = recorded;
  const before = Object.values(trace.inputAssessment ?? trace.input ?? {});
  const after = [
    ...Object.values(trace.outputAssessments ?? {}),
    ...(trace.outputs ?? []).map((one) => Object.values(one)),
  ].flat();
  const asked = textsOf(exchange.request).join(' ');
  const response = await fetch(`${url}/guardrails`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name, ...messages, ...policiesFor(before, after, asked) }),
  });
  const { guardrailId } = (await response.json()) as { guardrailId?: string };
  if (guardrailId === undefined) throw new Error(`The endpoint made no guardrail for ${exchange.name}`);
  const entities = [...before, ...after].flatMap(
    ({ sensitiveInformationPolicy: found }) => found?.piiEntities ?? [],
  );
  const mailed = (text: string) =>
    entities.reduce((said, { match }) => said.replaceAll(match, `${match.toLowerCase()}@example.com`), text);
  const request: unknown = JSON.parse(
    JSON.stringify(exchange.request, (key, value: unknown) => {
      if (key === 'guardrailIdentifier') return guardrailId;
      return key === 'text' && typeof value === 'string' ? mailed(value) : value;
    }),
  );
  const headers = {
    'x-amzn-bedrock-guardrailidentifier': guardrailId,
    'x-amzn-bedrock-guardrailversion': 'DRAFT',
    ...(tells && { 'x-amzn-bedrock-trace': 'ENABLED' }),
  };
  const end = wordsOf(exchange).filter(({ type }) => type === 'end');
  return {
    exchange: { ...exchange, request, ...(isInvocation && { requestHeaders: headers }) },
    words: [
      ...modelWords(exchange, trace).map((text) => ({ type: 'text' as const, text: mailed(text) })),
      ...end,
    ],
  };
}

const messages = { blockedInputMessaging: 'Input blocked', blockedOutputsMessaging: 'Output blocked' };

/** The trace of a guardrail that was at work, and how it was asked for; `undefined`: none was. */
function guardedAnswer({ json, frames, request, status }: Exchange) {
  if (status !== 200) return undefined;
  const bodies = (frames === undefined ? [json] : frames.map(payloadOf)) as readonly {
    readonly trace?: { readonly guardrail?: Trace };
    readonly 'amazon-bedrock-trace'?: { readonly guardrail?: Trace };
    readonly 'amazon-bedrock-guardrailAction'?: string;
  }[];
  const traces = bodies.flatMap(
    (body) => body?.['amazon-bedrock-trace']?.guardrail ?? body?.trace?.guardrail ?? [],
  );
  const isInvocation = bodies.some((body) => body?.['amazon-bedrock-guardrailAction'] !== undefined);
  const [trace = {}] = traces;
  const isAsked = 'guardrailConfig' in ((request ?? {}) as object);
  return isInvocation || isAsked ? { trace, isInvocation, tells: traces.length > 0 } : undefined;
}

/** A guardrail's policies that find what was found, and have a rule of each kind but grounding, as the recorded ones did. */
function policiesFor(before: readonly Assessment[], after: readonly Assessment[], asked: string) {
  const all = [...before, ...after];
  const [topic] = before.flatMap(({ topicPolicy }) => topicPolicy?.topics ?? []);
  const words = all.flatMap(({ wordPolicy }) => wordPolicy?.customWords ?? []);
  const regexes = all.flatMap(({ sensitiveInformationPolicy: found }) => found?.regexes ?? []);
  const filters = all.flatMap(({ contextualGroundingPolicy: found }) => found?.filters ?? []);
  return {
    topicPolicyConfig: {
      topicsConfig: [
        {
          name: topic?.name ?? 'Unheard',
          definition: topic === undefined ? 'Nothing that anybody says.' : asked.slice(0, 200),
          type: 'DENY',
          outputEnabled: false,
        },
      ],
    },
    contentPolicyConfig: { filtersConfig: [{ type: 'HATE', inputStrength: 'HIGH', outputStrength: 'HIGH' }] },
    wordPolicyConfig: {
      managedWordListsConfig: [{ type: 'PROFANITY' }],
      ...(words.length > 0 && { wordsConfig: words.map(({ match }) => ({ text: match })) }),
    },
    sensitiveInformationPolicyConfig: {
      piiEntitiesConfig: [{ type: 'EMAIL', action: 'ANONYMIZE', inputEnabled: false }],
      ...(regexes.length > 0 && {
        regexesConfig: regexes.map(({ name, regex, action }) => ({
          name,
          pattern: regex,
          action: action === 'BLOCKED' ? 'BLOCK' : 'ANONYMIZE',
          inputEnabled: false,
        })),
      }),
    },
    ...(filters.length > 0 && {
      contextualGroundingPolicyConfig: {
        filtersConfig: filters.map(({ type, action }) => ({
          type,
          threshold: action === 'BLOCKED' ? 0.99 : 0,
        })),
      },
    }),
  };
}

/** What the model said before the guardrail looked at it: its body, or of a stream its words. */
function modelWords(exchange: Exchange, { modelOutput: [said] = [] }: Trace): string[] {
  if (said === undefined) return textsOf(wordsOf(exchange));
  try {
    return textsOf(wordsOf({ ...exchange, frames: undefined, json: JSON.parse(said) }));
  } catch {
    return [said];
  }
}

/** Every text in a value, however deep. */
function textsOf(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, child]) =>
    typeof child === 'string' && /^(?:text|inputText|prompt)$/.test(key) ? [child] : textsOf(child),
  );
}
