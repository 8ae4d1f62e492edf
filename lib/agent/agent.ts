import { randomUUID } from 'node:crypto';
import type { BedrockRuntimeClient } from '@aws-sdk/client-bedrock-runtime';
import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { TokenUsage } from 'bedrock-models';
import { checkEach, checkOptions, wrongInput } from '../base/check-input.ts';
import { LibError } from '../base/errors.ts';
import { harmless } from '../base/harmless.ts';
import { joinSignals, withInterrupt } from '../base/interrupt.ts';
import type { Message } from '../base/message.ts';
import { createQueue } from '../base/one-at-a-time.ts';
import { type OpenSpan, type SpanStart, usageAttributes, watched } from '../base/telemetry.ts';
import type { CostMeter } from '../call/cost-meter.ts';
import type { Window } from '../converse/context.ts';
import {
  createTurnStream,
  type Input,
  readInput,
  type TurnOptions,
  type TurnStream,
} from '../converse/conversation.ts';
import { type ConverseOptions, checkMaking, checkTurn, refuseOldNames } from '../converse/options.ts';
import {
  createBudget,
  createSession,
  type Session,
  totalCost,
  totalUsage,
  waitingCalls,
} from '../converse/session.ts';
import type { Summarize } from '../converse/summarize.ts';
import type { History } from '../history/history.ts';
import { isSummary, transcriptOf } from '../history/transcript.ts';
import { type ModelRef, modelIdOf } from '../models/model-ref.ts';
import type { AgentEvent, AgentResult, AgentStep } from './agent-result.ts';
import { checkDecisions, type Decisions, type PendingCall, pendingCallsOf } from './decisions.ts';
import { checkGuardrails, type Guardrails } from './guardrails.ts';
import { checkLimits, type Limits } from './limits.ts';
import type { Tool, ToolChoice } from './tool.ts';

export interface AgentOptions<Value = unknown>
  extends Omit<ConverseOptions, 'signal' | 'toolConfig' | 'guardrailConfig'> {
  readonly client: BedrockRuntimeClient;
  /** A model id, an inference profile id, or an ARN of either; `{ id, pricedAs }` where the id does not tell the model. */
  readonly modelId: ModelRef;
  /** What the model may call: see `tool`. */
  readonly tools: readonly Tool[];
  /** Where the conversation is kept. Absent: in memory. */
  readonly history?: History;
  /** Goes on with this session of the history. Default: a new one. */
  readonly sessionId?: string;
  /** How much of the conversation is sent with each step. Default: all of it. */
  readonly window?: Window;
  /** When older turns are replaced, in what is sent, by a summary. Default: never. */
  readonly summarize?: Summarize;
  /** Counts the agent's calls with those of others, and holds it to their common limit: at it, a run ends as at its own. */
  readonly meter?: CostMeter;
  /** Where a run ends without an answer. Default: after 10 steps. */
  readonly limits?: Limits;
  readonly guardrails?: Guardrails;
  /** The shape of the answer, as a Standard Schema or JSON Schema. It is then in the result's `value`. */
  readonly output?: StandardSchemaV1<unknown, Value> | Readonly<Record<string, unknown>>;
  /**
   * Whether the model has to call a tool in the first step of a run: `any`, or `{ tool: 'name' }`. Not every model can be
   * made to. Default `auto`: it decides, as it does in all later steps.
   */
  readonly toolChoice?: ToolChoice;
  /**
   * Keeps the tools in the model's prompt cache, for 5 minutes or for so long: worth it from about 1,000 tokens of tools
   * on, where runs follow each other. Default false.
   */
  readonly cacheTools?: boolean | '5m' | '1h';
  /** Is called after each step. What it throws ends the run. */
  readonly onStep?: (step: AgentStep) => void;
}

export interface RunOptions extends TurnOptions {
  /** Is told of what happens, without the pieces of the answers: those come by `stream`. What it throws changes nothing. */
  readonly onEvent?: (event: AgentEvent) => void;
  /** For this run, in place of the agent's own. */
  readonly toolChoice?: ToolChoice;
}

/** What the user says; or decisions on the calls that a run waits for. */
export type AgentInput = Input | Decisions;

/**
 * A model that acts: it calls tools, reads their results, and answers. Every tool call is answered exactly once, and
 * the conversation is legal after each run, however that ended. Runs that are begun before the last has ended wait.
 */
export class Agent<Value = unknown> {
  readonly modelId: string;
  readonly #session: Session;
  readonly #tools: readonly Tool[];
  readonly #inTurn = createQueue();
  readonly #run: (
    asked: Message | Decisions,
    signal: AbortSignal,
    options: RunOptions,
    isStreamed?: boolean,
  ) => Promise<AgentResult>;

  /** @throws LibError of kind `request` for two tools of one name, or a limit that allows nothing */
  constructor(options: AgentOptions<Value>) {
    checkMaking('Agent', options);
    checkOptions('Agent', options, {
      tools: 'objects',
      limits: 'object?',
      onStep: 'function?',
      meter: 'object?',
    });
    const {
      history,
      sessionId = randomUUID(),
      limits = {},
      guardrails = {},
      meter,
      toolChoice,
      cacheTools,
      ...rest
    } = options;
    checkNames(options.tools);
    checkChoice('Agent', toolChoice, options.tools);
    if (meter !== undefined && typeof meter.check !== 'function')
      throw wrongInput('Agent', 'meter', 'a CostMeter', meter);
    if (![undefined, true, false, '5m', '1h'].includes(cacheTools))
      throw wrongInput('Agent', 'cacheTools', "true, '5m' or '1h'", cacheTools);
    refuseOldNames('Agent', options);
    checkLimits(limits);
    checkGuardrails(guardrails);
    const modelId = modelIdOf('Agent', options.modelId);
    this.modelId = modelId;
    this.#tools = options.tools;
    const session = createSession(history, sessionId);
    const isCostLimited = (limits.maxCostUsd ?? meter?.maxCostUsd) !== undefined;
    const budget = createBudget({ ...limits, meter });
    this.#session = session;
    this.#run = (asked, signal, { onEvent = ignore, ...run }, isStreamed = false) => {
      const turn = async (span: OpenSpan) => {
        const offer = { toolChoice: run.toolChoice ?? toolChoice ?? 'auto', cacheTools: cacheTools ?? false };
        const repaired = await session.load();
        session.checkFree();
        // Loaded with the first run: whoever imports `lib` for something else need not wait for it.
        const { runAgent } = await import('./run-agent.ts');
        const result = await runAgent(
          { ...rest, modelId, session, budget, limits, guardrails, offer, isCostLimited },
          asked,
          signal,
          onEvent,
          isStreamed ? onEvent : undefined,
        );
        const whole = { ...result, notices: [...repaired, ...result.notices] };
        span.tell(() => ({ ...usageAttributes(whole.usage, whole.costUsd), 'lib.outcome': whole.outcome }));
        onEvent({ type: 'end', result: whole });
        return whole;
      };
      const start = (): SpanStart => ({
        name: 'invoke_agent',
        kind: 'internal',
        attributes: {
          'gen_ai.operation.name': 'invoke_agent',
          'gen_ai.provider.name': 'aws.bedrock',
          'gen_ai.request.model': modelId,
          'gen_ai.conversation.id': sessionId,
        },
      });
      const claimed = () => session.claimed(signal, () => watched(start, turn));
      return this.#inTurn(claimed, signal);
    };
  }

  /** The session's id in the history. */
  get sessionId(): string {
    return this.#session.sessionId;
  }

  /** A copy of everything that was said, tool calls and results included, oldest first. */
  get messages(): readonly Message[] {
    const turns = this.#session.entries.filter((entry) => !isSummary(entry));
    return structuredClone(transcriptOf(turns).messages);
  }

  /** Tokens of all stored steps and summaries; `undefined` when Bedrock did not tell those of one. */
  get usage(): TokenUsage | undefined {
    return totalUsage(this.#session.entries);
  }

  /** US dollars of all stored steps and summaries; `undefined` when the price of one is not known. */
  get costUsd(): number | undefined {
    return totalCost(this.#session.entries);
  }

  /**
   * One run: what the user says, the tools that it takes, and the answer. Look at `outcome`: a run may end at a limit,
   * be blocked, wait for a person's decision, or come to no answer, and that is no error.
   *
   * @example
   * const result = await agent.run('Book the room for Friday.');
   * if (result.outcome === 'waiting') {
   *   // Here or in another program, with the same history and session:
   *   await agent.run({ decisions: result.pending.map((call) => ({ ...call, approval: true })) });
   * }
   *
   * @throws LibError with the next step in `hint`: `request` for a blank input, `aborted` when it was stopped, `answer`
   *   when no answer has the shape of `output`, `conflict` when somebody else has gone on with the session, or a
   *   decision is on something else than what waits, and whatever Bedrock refuses. What tools have done by then stays
   *   in the conversation
   */
  async run(input: AgentInput, options: RunOptions = {}): Promise<AgentResult<Value>> {
    this.#checkRun('run', options);
    const { signal, onEvent } = options;
    return this.#run(readAgentInput(input), withInterrupt(signal), {
      ...options,
      onEvent: harmless('onEvent', onEvent),
    }) as Promise<AgentResult<Value>>;
  }

  /**
   * One run that can be watched while it happens, step by step: the pieces of each answer, and what tools do. A model that cannot stream tools gives
   * each answer at once. Leaving the loop stops the run.
   *
   * @throws LibError as `run` does, from the loop and from `result`
   */
  stream(
    input: AgentInput,
    options: Omit<RunOptions, 'onEvent'> = {},
  ): TurnStream<AgentResult<Value>, AgentEvent> {
    this.#checkRun('stream', options);
    const { signal } = options;
    return createTurnStream(async (emit, left) => {
      const joined = joinSignals(withInterrupt(signal), left);
      return this.#run(readAgentInput(input), joined, { ...options, onEvent: emit }, true) as Promise<
        AgentResult<Value>
      >;
    });
  }

  /**
   * The tool calls that wait for a person's decision, read from the history where another program has left them.
   *
   * @throws LibError of kind `file` or `corrupt`
   */
  async pendingCalls(): Promise<readonly PendingCall[]> {
    await this.#inTurn(() => this.#session.load());
    return pendingCallsOf(waitingCalls(this.#session.entries));
  }

  #checkRun(caller: string, options: RunOptions): void {
    checkTurn(caller, options);
    checkOptions(caller, options, { onEvent: 'function?' });
    checkChoice(caller, options.toolChoice, this.#tools);
  }
}

function checkNames(tools: readonly Tool[]): void {
  for (const [index, each] of tools.entries()) {
    checkEach('Agent', `tools[${index}]`, each, { name: 'text', run: 'function' });
    if (!each.input) throw wrongInput('Agent', `tools[${index}].input`, 'a schema', each.input);
  }
  const names = tools.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice === undefined) return;
  throw new LibError(`Two tools are named ${twice}`, {
    kind: 'request',
    hint: 'Give each tool a name of its own: the model calls them by it.',
  });
}

/** @throws LibError of kind `request` for what no model can be made to call */
function checkChoice(caller: string, choice: ToolChoice | undefined, tools: readonly Tool[]): void {
  if (choice === undefined || choice === 'auto' || (choice === 'any' && tools.length > 0)) return;
  const wanted = typeof choice === 'object' && choice !== null ? choice.tool : undefined;
  if (tools.some(({ name }) => name === wanted)) return;
  const names = tools.map(({ name }) => name).join(', ') || 'none';
  throw wrongInput(caller, 'toolChoice', `auto, any, or { tool } with one of the tools (${names})`, choice);
}

function readAgentInput(input: AgentInput): Message | Decisions {
  if (typeof input !== 'object' || input === null || !('decisions' in input)) return readInput(input);
  checkDecisions(input);
  return input;
}

function ignore(): void {}
