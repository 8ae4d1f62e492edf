import type { ModelAnswer, ModelRequest, Turn } from '../invoke/family.ts';
import { type AnswerEvent, answerSoFar, type WordSource } from '../words/answer.ts';
import { type Assessment, assess, type GuardedText, mask } from './assess.ts';
import type { StoredGuardrail } from './store.ts';

/** A guardrail at work on one call: what goes into the model, and what comes out. */
export interface Guard {
  /** The words of a source as the guardrail lets them pass. */
  guarded(words: WordSource): WordSource;
  /** What it did so far: before the answer only about the question. */
  readonly outcome: GuardOutcome;
}

interface GuardOutcome {
  readonly intervened: boolean;
  /** The question was blocked: no model was asked. */
  readonly blockedQuestion: boolean;
  /** As in the API's GuardrailTraceAssessment. */
  readonly trace: Readonly<Record<string, unknown>>;
}

export interface GuardedCall {
  readonly guardrail: StoredGuardrail;
  /** The texts of the question that are looked at. */
  readonly question: readonly GuardedText[];
  /** The endpoint's date, as YYYY-MM-DD. */
  readonly today: string;
  /** The trace tells of what was not found, too. */
  readonly isFull?: boolean;
  /** Streams: `async` lets the answer pass before it was looked at, and so may let through what it blocks. */
  readonly mode?: 'sync' | 'async';
  /** The body in which the model itself gave its answer: the trace of a whole answer tells that, of a stream its words. */
  readonly bodyOf?: (answer: ModelAnswer) => unknown;
}

/**
 * Puts a guardrail around a source of words. A question that is blocked never reaches the model, and costs no tokens; one
 * that is masked reaches it masked. An answer that is blocked is replaced by the guardrail's message.
 */
export function createGuard({
  guardrail,
  question,
  today,
  isFull = false,
  mode = 'sync',
  bodyOf,
}: GuardedCall): Guard {
  const input = assess(guardrail, 'INPUT', question, isFull);
  let output: Assessment | undefined;
  let said = '';
  let modelOutput = '';

  async function* answer(
    words: WordSource,
    ...[request, model, lead, signal]: Parameters<WordSource['answer']>
  ): AsyncIterable<AnswerEvent> {
    if (input.outcome === 'blocked') {
      yield { type: 'text', text: input.outputs.join('\n') };
      yield { type: 'end', ending: { reason: 'end' }, inputTokens: 0, outputTokens: 0 };
      return;
    }
    const passed = input.outcome === 'masked' ? maskRequest(request, guardrail) : request;
    const held: AnswerEvent[] = [];
    const whole = answerSoFar();
    for await (const event of words.answer(passed, model, lead, signal)) {
      if (event.type === 'text') said += event.text;
      if (event.type !== 'end') whole.add(event);
      else {
        modelOutput = bodyOf === undefined ? said : JSON.stringify(bodyOf(whole.answer(event)));
        output = assess(guardrail, 'OUTPUT', [...grounds(question), { text: said }], isFull);
        if (mode === 'sync') yield* released(held, output);
      }
      if (event.type === 'end' || mode === 'async') yield event;
      else held.push(event);
    }
  }

  return {
    guarded: (words) => ({
      name: words.name,
      countTokens: (request, model) => words.countTokens(request, model),
      answer: (...call) => answer(words, ...call),
    }),
    get outcome() {
      const assessments = [input, ...(output === undefined ? [] : [output])];
      return {
        intervened: assessments.some(({ outcome }) => outcome !== 'none'),
        blockedQuestion: input.outcome === 'blocked',
        trace: traceOf(guardrail, input, output, modelOutput, today),
      };
    },
  };
}

/** What the answer is held against stays; the rest of the question is not looked at again. */
function grounds(question: readonly GuardedText[]): GuardedText[] {
  return question
    .filter(({ qualifiers = [] }) => qualifiers.some((one) => one !== 'guard_content'))
    .map(({ text, qualifiers = [] }) => ({
      text,
      qualifiers: qualifiers.filter((one) => one !== 'guard_content'),
    }));
}

/** The pieces of an answer that was looked at: as they came, or with one text in place of theirs. */
function* released(held: readonly AnswerEvent[], { outcome, outputs }: Assessment): Iterable<AnswerEvent> {
  if (outcome === 'none') {
    yield* held;
    return;
  }
  yield { type: 'text', text: outputs.join('\n') };
  if (outcome === 'masked') yield* held.filter(({ type }) => type !== 'text');
}

function maskRequest(request: ModelRequest, { policies }: StoredGuardrail): ModelRequest {
  const maskText = (text: string) => mask(policies, text, 'INPUT');
  const maskTurn = (turn: Turn): Turn => ({
    ...turn,
    text: maskText(turn.text),
    ...(turn.blocks && {
      blocks: turn.blocks.map((block) =>
        block.type === 'text' ? { ...block, text: maskText(block.text) } : block,
      ),
    }),
  });
  return { ...request, turns: request.turns.map(maskTurn) };
}

function traceOf(
  { id }: StoredGuardrail,
  input: Assessment,
  output: Assessment | undefined,
  modelOutput: string,
  today: string,
): Readonly<Record<string, unknown>> {
  const assessments = [input, ...(output === undefined ? [] : [output])];
  return asOf(today, {
    // One line each, as recorded in August 2025 (openllmetry, test_guardrail_converse).
    actionReason: assessments.map(({ outcome }) => actionReasons[outcome]).join('\n'),
    inputAssessment: { [id]: input.assessment },
    // An answer that was let through is not told again (recorded in March 2025: openllmetry, test_anthropic_cross_region).
    ...(output !== undefined && output.outcome !== 'none' && { modelOutput: [modelOutput] }),
    ...(output !== undefined && { outputAssessments: { [id]: [output.assessment] } }),
  }) as Readonly<Record<string, unknown>>;
}

/**
 * Since when a trace has a member, where it did not always: recorded in March 2025 without, in August 2025 with the first
 * five (openllmetry). The days are between.
 */
const toldSince: Readonly<Record<string, string>> = {
  actionReason: '2025-06-01',
  detected: '2025-06-01',
  automatedReasoningPolicies: '2025-06-01',
  automatedReasoningPolicyUnits: '2025-06-01',
  contentPolicyImageUnits: '2025-06-01',
  appliedGuardrailDetails: '2025-11-01',
};

/** A trace as it is told on a day: without what came later, and without lists of nothing, as every recording. */
function asOf(today: string, told: unknown): unknown {
  if (Array.isArray(told)) return told.map((one) => asOf(today, one));
  if (typeof told !== 'object' || told === null) return told;
  return Object.fromEntries(
    Object.entries(told)
      .filter(
        ([name, value]) => (toldSince[name] ?? '') <= today && !(Array.isArray(value) && value.length === 0),
      )
      .map(([name, value]) => [name, asOf(today, value)]),
  );
}

/** Why a guardrail acted. */
export const actionReasons: Readonly<Record<Assessment['outcome'], string>> = {
  blocked: 'Guardrail blocked.',
  masked: 'Guardrail masked.',
  none: 'No action.',
};
