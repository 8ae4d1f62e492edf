import { randomUUID } from 'node:crypto';
import type { BedrockRuntimeClient } from '@aws-sdk/client-bedrock-runtime';
import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { TokenUsage } from 'bedrock-models';
import { checkOptions } from '../base/check-input.ts';
import { LibError } from '../base/errors.ts';
import { harmless } from '../base/harmless.ts';
import { joinSignals, withInterrupt } from '../base/interrupt.ts';
import type { Message } from '../base/message.ts';
import { createQueue } from '../base/one-at-a-time.ts';
import { checkMaking, checkTurn } from '../converse/check-arguments.ts';
import type { Window } from '../converse/context.ts';
import { type Input, readInput, type TurnOptions } from '../converse/conversation.ts';
import { createBudget } from '../converse/cost-meter.ts';
import { type ConverseOptions, refuseOldNames } from '../converse/request.ts';
import { createSession, type Session, totalCost, totalUsage } from '../converse/session.ts';
import type { Summarize } from '../converse/summarize.ts';
import { createTurnStream, type TurnStream } from '../converse/turn-stream.ts';
import { type History, isSummary } from '../history/history.ts';
import { transcriptOf } from '../history/transcript.ts';
import type { AgentEvent, AgentResult, AgentStep } from './agent-result.ts';
import type { Guardrails } from './guardrails.ts';
import { checkLimits, type Limits } from './limits.ts';
import type { Tool } from './tool.ts';

export interface AgentOptions<Value = unknown>
  extends Omit<ConverseOptions, 'signal' | 'toolConfig' | 'guardrailConfig'> {
  readonly client: BedrockRuntimeClient;
  /** A model id, an inference profile id, or an ARN of either. */
  readonly modelId: string;
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
  /** Where a run ends without an answer. Default: after 10 steps. */
  readonly limits?: Limits;
  readonly guardrails?: Guardrails;
  /** The shape of the answer, as a Standard Schema or JSON Schema. It is then in the result's `value`. */
  readonly output?: StandardSchemaV1<unknown, Value> | Readonly<Record<string, unknown>>;
  /** Is called after each step. What it throws ends the run. */
  readonly onStep?: (step: AgentStep) => void;
}

export interface RunOptions extends TurnOptions {
  /** Is told of what happens, without the pieces of the answers: those come by `stream`. What it throws changes nothing. */
  readonly onEvent?: (event: AgentEvent) => void;
}

/**
 * A model that acts: it calls tools, reads their results, and answers. Every tool call is answered exactly once, and
 * the conversation is legal after each run, however that ended. Runs that are begun before the last has ended wait.
 */
export class Agent<Value = unknown> {
  readonly modelId: string;
  readonly #session: Session;
  readonly #run: (
    question: Message,
    signal: AbortSignal,
    onEvent?: (event: AgentEvent) => void,
    isStreamed?: boolean,
  ) => Promise<AgentResult>;

  /** @throws LibError of kind `request` for two tools of one name, or a limit that allows nothing */
  constructor(options: AgentOptions<Value>) {
    checkMaking('Agent', options);
    checkOptions('Agent', options, {
      tools: 'objects',
      limits: 'object?',
      guardrails: 'object?',
      onStep: 'function?',
    });
    const { history, sessionId = randomUUID(), limits = {}, guardrails = {}, ...rest } = options;
    checkNames(options.tools);
    refuseOldNames('Agent', options);
    checkLimits(limits);
    this.modelId = options.modelId;
    const session = createSession(history, sessionId);
    const budget = createBudget(limits);
    const inTurn = createQueue();
    this.#session = session;
    this.#run = (question, signal, onEvent = ignore, isStreamed = false) =>
      inTurn(async () => {
        const repaired = await session.load();
        session.checkFree();
        // Loaded with the first run: whoever imports `lib` for something else need not wait for it.
        const { runAgent } = await import('./run-agent.ts');
        const result = await runAgent(
          { ...rest, session, budget, limits, guardrails },
          question,
          signal,
          onEvent,
          isStreamed ? onEvent : undefined,
        );
        const whole = { ...result, notices: [...repaired, ...result.notices] };
        onEvent({ type: 'end', result: whole });
        return whole;
      }, signal);
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
   * be blocked, or come to no answer, and that is no error.
   *
   * @throws LibError with the next step in `hint`: `request` for a blank input, `aborted` when it was stopped, `answer`
   *   when no answer has the shape of `output`, `conflict` when somebody else has gone on with the session, and
   *   whatever Bedrock refuses. What tools have done by then stays in the conversation
   */
  async run(input: Input, options: RunOptions = {}): Promise<AgentResult<Value>> {
    checkTurn('run', options);
    checkOptions('run', options, { onEvent: 'function?' });
    const { signal, onEvent } = options;
    return this.#run(readInput(input), withInterrupt(signal), harmless('onEvent', onEvent)) as Promise<
      AgentResult<Value>
    >;
  }

  /**
   * One run that can be watched while it happens, step by step: the pieces of each answer, and what tools do. A model that cannot stream tools gives
   * each answer at once. Leaving the loop stops the run.
   *
   * @throws LibError as `run` does, from the loop and from `result`
   */
  stream(input: Input, options: TurnOptions = {}): TurnStream<AgentResult<Value>, AgentEvent> {
    checkTurn('stream', options);
    const { signal } = options;
    return createTurnStream(
      async (emit, left) =>
        this.#run(readInput(input), joinSignals(withInterrupt(signal), left), emit, true) as Promise<
          AgentResult<Value>
        >,
    );
  }
}

function checkNames(tools: readonly Tool[]): void {
  const names = tools.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice === undefined) return;
  throw new LibError(`Two tools are named ${twice}`, {
    kind: 'request',
    hint: 'Give each tool a name of its own: the model calls them by it.',
  });
}

function ignore(): void {}
