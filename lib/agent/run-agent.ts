import { sumKnown, sumUsage } from 'bedrock-models';
import { toLibError } from '../base/aws-errors.ts';
import { isLibError, LibError } from '../base/errors.ts';
import { joinSignals } from '../base/interrupt.ts';
import { type Message, textOf } from '../base/message.ts';
import type { Delta } from '../converse/delta.ts';
import type { Reply } from '../converse/reply.ts';
import type { StepSettings } from '../converse/step.ts';
import type { AgentResult, AgentStep } from './agent-result.ts';
import { type ReadyTool, readyTools, toolConfigOf } from './call-tool.ts';
import { type FinalAnswer, finalAnswer, maxCorrections } from './final-answer.ts';
import { finishTurn } from './finish-turn.ts';
import { firstObjection, type Guardrails } from './guard.ts';
import { objectionOfTrace } from './guardrail-findings.ts';
import { type Limits, limitOf, type ReachedLimit, reachedLimit, timeOver } from './limits.ts';
import { checkedStep } from './model-step.ts';
import { runTools, toolCallsOf, withOwnIds } from './run-tools.ts';
import type { Tool, ToolSchema } from './tool.ts';
import type { ToolOutcome } from './tool-outcome.ts';

/** What every run of an agent is made with. */
export interface RunSettings extends StepSettings {
  readonly tools: readonly Tool[];
  readonly limits: Limits;
  readonly guardrails: Guardrails;
  readonly output?: ToolSchema;
  readonly onStep?: (step: AgentStep) => void;
}

/** How a run ends, before what all ends have in common is added. */
type Ending = Omit<AgentResult, 'steps' | 'usage' | 'costUsd' | 'notices'> & Partial<AgentResult>;

/**
 * One run: the model is asked, the tools it calls are run, and it is asked again with their results, until it answers
 * without a call or a limit is reached. The turn is open in the log from the first call on, and is finished however
 * the run ends. A run that fails before the first answer leaves the log as it was.
 */
export async function runAgent(
  settings: RunSettings,
  question: Message,
  signal: AbortSignal,
  onDelta?: (delta: Delta) => void,
): Promise<AgentResult> {
  const { session, limits, guardrails, modelId } = settings;
  const steps: AgentStep[] = [];
  const notices: string[] = [];
  const clock = new AbortController();
  const timer =
    limits.maxMs === undefined ? undefined : setTimeout(() => clock.abort(timeOver()), limits.maxMs);
  try {
    // Left behind when the log could not be written in an earlier run.
    const repaired = await finishTurn(session);
    if (repaired !== undefined) notices.push(repaired);
    const objection = await firstObjection(guardrails.input, textOf(question));
    if (objection !== undefined)
      return end({ outcome: 'blocked', by: 'input', objection, text: objection.reason });
    const joined = joinSignals(signal, clock.signal);
    return end(await loop(settings, question, joined, { steps, notices, onDelta }));
  } catch (error) {
    const limit = limitOf(error, clock.signal.aborted && !signal.aborted, limits, modelId);
    if (limit !== undefined) {
      await finishTurn(session, limit.explanation);
      return end({ outcome: 'limit', text: partialTextOf(error), ...limit });
    }
    // The first error says more than one about the log; the next run finishes the turn then.
    await finishTurn(session).catch(() => undefined);
    throw isLibError(error) || !signal.aborted ? error : toLibError(error, { modelId });
  } finally {
    clearTimeout(timer);
  }

  function end(ending: Ending): AgentResult {
    const usage = sumUsage(steps.map((step) => step.usage));
    const costUsd = sumKnown(steps.map((step) => step.costUsd));
    return { ...ending, steps, usage, costUsd, notices } as AgentResult;
  }
}

interface Progress {
  readonly steps: AgentStep[];
  readonly notices: string[];
  readonly onDelta: ((delta: Delta) => void) | undefined;
}

async function loop(
  settings: RunSettings,
  question: Message,
  signal: AbortSignal,
  { steps, notices, onDelta }: Progress,
): Promise<Ending> {
  const { session, limits, guardrails, tools: offered, output, onStep, ...call } = settings;
  const tools: ReadonlyMap<string, ReadyTool> = await readyTools(offered);
  const shape: FinalAnswer | undefined =
    output && (await finalAnswer(output, settings.system, settings.modelId));
  const stepSettings: StepSettings = {
    ...call,
    session,
    ...(shape && { system: shape.system }),
    ...(guardrails.bedrock && { guardrailConfig: guardrails.bedrock }),
  };
  const toolConfig = toolConfigOf(offered);
  let added: readonly Message[] = [question];
  const toolUseIds = new Set<string>();
  let corrections = 0;

  for (;;) {
    const { reply: given, objection } = await checkedStep(
      stepSettings,
      { added, signal, ...(toolConfig && { toolConfig }), ...(onDelta && { onDelta }) },
      guardrails.output,
    );
    const reply = withOwnIds(given, toolUseIds);
    notices.push(...reply.notices);
    if (reply.stopReason === 'guardrail_intervened' || objection !== undefined) {
      record(reply, []);
      // It is not stored, so that it does not stand in the next request; it has been paid for all the same.
      if (reply.usage !== undefined) settings.budget.countFailed({ modelId: reply.modelId, ...reply.usage });
      const reason = objection ?? objectionOfTrace(reply.trace);
      await finishTurn(session, `Kept back: ${reason.reason}`);
      const by = objection === undefined ? 'guardrail' : 'output';
      return { outcome: 'blocked', by, objection: reason, text: objection?.reason ?? reply.text };
    }

    if (toolCallsOf(reply.message).length > 0) {
      await store(reply, true);
      const limit = reachedLimit(limits, [...steps, reply]);
      const outcomes = await runTools(reply, {
        tools,
        session,
        signal,
        ...(guardrails.toolResult && { checks: guardrails.toolResult }),
        ...(limit && { notRun: limit.explanation }),
      });
      record(reply, outcomes);
      if (limit !== undefined) return atLimit(limit, reply.text);
      continue;
    }

    const reading = await shape?.read(reply.text);
    if (reading === undefined || 'value' in reading) {
      await store(reply, false);
      record(reply, []);
      const { text, stopReason } = reply;
      return { outcome: 'answered', text, stopReason, ...reading };
    }
    await store(reply, true);
    record(reply, []);
    const limit = reachedLimit(limits, steps);
    if (limit !== undefined) return atLimit(limit, reply.text);
    if (++corrections > maxCorrections) throw unusable(reply, reading.problem);
    added = shape === undefined ? [] : [shape.correction(reading.problem)];
  }

  async function store(reply: Reply, open: boolean): Promise<void> {
    const { message, modelId, stopReason, usage, costUsd } = reply;
    await session.append({
      messages: structuredClone([...added, message]),
      modelId,
      stopReason,
      ...(usage && { usage }),
      ...(costUsd === undefined ? {} : { costUsd }),
      ...(open && { open }),
    });
    added = [];
  }

  function record({ text, stopReason, usage, costUsd }: Reply, outcomes: readonly ToolOutcome[]): void {
    const step = { number: steps.length + 1, text, tools: outcomes, stopReason, usage, costUsd };
    steps.push(step);
    onStep?.(step);
  }

  async function atLimit(limit: ReachedLimit, text: string): Promise<Ending> {
    await finishTurn(session, limit.explanation);
    return { outcome: 'limit', text, ...limit };
  }
}

function partialTextOf(error: unknown): string {
  return (isLibError(error) && error.partialText) || '';
}

function unusable({ text, modelId }: Reply, problem: string): LibError {
  return new LibError(`${modelId} gave no answer of the wanted shape: ${problem}`, {
    kind: 'answer',
    hint: 'Describe the members of `output`, raise inference.maxTokens, or choose another model.',
    modelId,
    partialText: text,
  });
}
