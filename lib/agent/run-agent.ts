import type { StandardSchemaV1 } from '@standard-schema/spec';
import { findModel, sumKnown, sumUsage } from 'bedrock-models';
import { endingOf } from '../base/endings.ts';
import { joinSignals } from '../base/interrupt.ts';
import { readJson } from '../base/json-answer.ts';
import { longestTimer } from '../base/longest-timer.ts';
import { type Message, textOf } from '../base/message.ts';
import { isStandardSchema, jsonSchemaOf, schemaChecker } from '../base/schema.ts';
import { watched } from '../base/telemetry.ts';
import type { CallSettings } from '../converse/model-call.ts';
import { type ConverseOptions, systemOf } from '../converse/options.ts';
import type { Abilities, Objection, TurnEnd } from '../converse/turn.ts';
import { takeTurn } from '../converse/turn-loop.ts';
import type { CallAnswer, Delta } from '../converse/types.ts';
import type { AgentEvent, AgentResult, AgentStep } from './agent-result.ts';
import { type Decisions, decisionsFor, pendingCallsOf } from './decisions.ts';
import { firstObjection, type Guardrails, objectionOfTrace } from './guardrails.ts';
import { type LimitName, type Limits, limitOf, reachedLimit, timeOver } from './limits.ts';
import { readyTools, runTools, type ToolOffer, toolConfigOf } from './run-tools.ts';
import type { Tool, ToolSchema } from './tool.ts';
import type { ToolOutcome } from './tool-result.ts';

/** What every run of an agent is made with. */
export interface RunSettings extends CallSettings {
  readonly tools: readonly Tool[];
  readonly limits: Limits;
  readonly guardrails: Guardrails;
  readonly output?: ToolSchema;
  readonly onStep?: (step: AgentStep) => void;
  readonly offer: ToolOffer;
  readonly isCostLimited: boolean;
}

/** One run: the turn of a conversation (`takeTurn`) with tools, limits, checks and a shape of the answer. */
export async function runAgent(
  settings: RunSettings,
  asked: Message | Decisions,
  signal: AbortSignal,
  onEvent: (event: AgentEvent) => void,
  onDelta?: (delta: Delta) => void,
): Promise<AgentResult> {
  const { limits, guardrails, tools: offered, output, onStep, offer, isCostLimited, ...call } = settings;
  const question = 'decisions' in asked ? undefined : asked;
  const decisions = 'decisions' in asked ? decisionsFor(settings.session, asked) : undefined;
  const objection = question && (await firstObjection(guardrails.input, textOf(question)));
  if (objection !== undefined) {
    const nothing = { steps: [], usage: sumUsage([]), costUsd: 0, notices: [] };
    return { outcome: 'blocked', by: 'input', objection, text: objection.reason, ...nothing };
  }
  const tools = await readyTools(offered);
  const toolConfig = toolConfigOf(offered, { ...offer, toolChoice: 'auto' });
  const firstConfig = toolConfigOf(offered, offer);
  const shape = output && (await finalAnswer(output, settings.system, settings.modelId));
  const clock = new AbortController();
  const { maxMs } = limits;
  const timer =
    maxMs === undefined
      ? undefined
      : setTimeout(() => clock.abort(timeOver()), Math.min(maxMs, longestTimer));
  const joined = joinSignals(signal, clock.signal);
  const abilities: Abilities<ToolOutcome, LimitName> = {
    // A model that has to call a tool each time never answers.
    toolConfigOf: (step) => (step === 1 ? firstConfig : toolConfig),
    runTools: (calls, invalid, notRun) =>
      runTools(calls, invalid, {
        tools,
        session: settings.session,
        signal: joined,
        onEvent,
        ...(guardrails.toolResult && { checks: guardrails.toolResult }),
        ...(notRun !== undefined && { notRun }),
        // Those of later steps are asked about as ever.
        ...(decisions && calls.some(({ toolUseId = '' }) => decisions.has(toolUseId)) && { decisions }),
      }),
    limitOf: (steps) => reachedLimit(limits, steps),
    limitOfError: (error) =>
      limitOf(error, clock.signal.aborted && !signal.aborted, isCostLimited, limits, settings.modelId),
    ...(guardrails.output?.length && { review: (text: string) => firstObjection(guardrails.output, text) }),
    explain: objectionOf,
    ...(shape && { shape }),
    inStep: (number, run) =>
      watched(() => ({ name: `step ${number}`, kind: 'internal', attributes: { 'lib.step': number } }), run),
    onStepStart: (number) => onEvent({ type: 'stepStart', number }),
    onStep: (step) => {
      onEvent({ type: 'stepEnd', step });
      onStep?.(step);
    },
  };
  const turnSettings = {
    ...call,
    ...(shape?.system && { system: shape.system }),
    ...(guardrails.bedrock && { guardrailConfig: guardrails.bedrock }),
  };
  try {
    return resultOf(await takeTurn(turnSettings, question, joined, abilities, onDelta));
  } finally {
    clearTimeout(timer);
  }
}

/** What a guardrail of Bedrock, or the model's own filter, objects to. */
function objectionOf({ stopReason, trace }: CallAnswer): Objection {
  const { note = '' } = endingOf(stopReason);
  return stopReason === 'guardrail_intervened'
    ? objectionOfTrace(trace)
    : { check: 'model filter', reason: note };
}

function resultOf(end: TurnEnd<ToolOutcome, LimitName>): AgentResult {
  const { steps, notices } = end;
  const sums = {
    steps,
    notices,
    usage: sumUsage(steps.map((step) => step.usage)),
    costUsd: sumKnown(steps.map((step) => step.costUsd)),
  };
  if (end.outcome === 'limit') {
    const { outcome, limit, explanation, text } = end;
    return { outcome, limit, explanation, text, ...sums };
  }
  if (end.outcome === 'waiting') {
    const { outcome, waiting, text } = end;
    const pending = pendingCallsOf(waiting);
    const names = pending.map(({ name }) => name).join(', ');
    return { outcome, pending, text, explanation: `The run waits for a decision on ${names}.`, ...sums };
  }
  const { outcome, answer, explanation = '', objection, by, value } = end;
  const { text, stopReason } = answer;
  if (outcome === 'blocked') {
    const known = objection ?? { check: 'guardrail', reason: explanation };
    return {
      outcome,
      by: by ?? 'guardrail',
      objection: known,
      text: by === 'output' ? known.reason : text,
      ...sums,
    };
  }
  if (outcome === 'unfinished') return { outcome, text, stopReason, explanation, ...sums };
  return {
    outcome,
    text,
    stopReason,
    ...(value !== undefined && { value }),
    ...(explanation !== '' && { explanation }),
    ...sums,
  };
}

/** The shape that an agent's answer is to have. */
export interface FinalAnswer {
  /** The system prompt, with the shape in it where the model takes one. */
  readonly system: ConverseOptions['system'];
  /** What the answer is by the schema, or what is wrong with it. */
  read(text: string): Promise<{ readonly value: unknown } | { readonly problem: string }>;
  /** Asks the model once more, and tells it what was wrong. */
  correction(problem: string): Message;
}

/**
 * How an answer in a shape is asked for and read. It is asked for in words: not every model can be made to call one
 * tool, and one that can would be kept from the other tools by it.
 *
 * @throws LibError of kind `request` when there is no JSON Schema to show to the model
 */
async function finalAnswer(
  schema: ToolSchema,
  system: ConverseOptions['system'],
  modelId: string,
): Promise<FinalAnswer> {
  const checker: StandardSchemaV1 = await schemaChecker(schema, 'The answer');
  const shape = JSON.stringify(isStandardSchema(schema) ? jsonSchemaOf(schema) : schema);
  const request = `Answer with JSON alone that fits this JSON Schema:\n${shape}`;
  const takesSystem = findModel(modelId)?.refuses?.includes('system') !== true;
  const text = `Use the tools first where you need them. When you have what you need: ${request}`;
  return {
    system: takesSystem ? [...systemOf(system), { text }] : system,
    read: (answer) => readJson(answer, checker),
    correction: (problem) => ({
      role: 'user',
      content: [{ text: `That answer cannot be used: ${problem}. ${request}` }],
    }),
  };
}
