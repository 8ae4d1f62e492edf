import type { ToolConfiguration, ToolUseBlock } from '@aws-sdk/client-bedrock-runtime';
import type { StandardSchemaV1 } from '@standard-schema/spec';
import { longestTimer } from '../base/longest-timer.ts';
import { checkValue, schemaChecker } from '../base/schema.ts';
import { recordsWords, type SpanStart, watched } from '../base/telemetry.ts';
import type { Session } from '../converse/session.ts';
import type { RanTools } from '../converse/turn.ts';
import type { InvalidToolInput } from '../converse/types.ts';
import type { AgentEvent } from './agent-result.ts';
import { type Check, firstObjection } from './guardrails.ts';
import { readWhole } from './read-whole.ts';
import { type Approval, askLater, type Tool, type ToolChoice } from './tool.ts';
import {
  failed,
  outcomeOf,
  reasonOf,
  resultMessage,
  type ToolOutcome,
  toolFailed,
  wordsOf,
} from './tool-result.ts';

/** What a model's calls are run with. */
export interface ToolRun {
  readonly tools: ReadonlyMap<string, ReadyTool>;
  readonly session: Session;
  readonly checks?: readonly Check[];
  readonly signal: AbortSignal;
  readonly onEvent: (event: AgentEvent) => void;
  /** Why none of them is to be run, as a sentence. */
  readonly notRun?: string;
  /** A person has decided on these calls, by id; the others wait. Absent: `approve` of each tool is asked. */
  readonly decisions?: ReadonlyMap<string, boolean | string>;
}

/**
 * Runs the calls of one answer at the same time. Each result is stored as soon as it is there: after a crash no tool
 * that has run counts as one that has not.
 *
 * @throws the signal's reason when it aborts; LibError of kind `conflict` or `file` when a result cannot be stored
 */
export async function runTools(
  calls: readonly ToolUseBlock[],
  invalidInputs: readonly InvalidToolInput[],
  { tools, session, checks, signal, notRun, onEvent, decisions }: ToolRun,
): Promise<RanTools<ToolOutcome>> {
  const invalid = new Map(invalidInputs.map((input) => [input.toolUseId, input.problem]));
  // The log takes one entry at a time.
  let storing: Promise<void> = Promise.resolve();
  const run = async (call: ToolUseBlock): Promise<ToolOutcome | undefined> => {
    const id = call.toolUseId ?? '';
    const given =
      notRun === undefined
        ? await callTool(tools, call, signal, {
            onEvent,
            problem: invalid.get(id),
            decision: decisions && (decisions.get(id) ?? askLater),
          })
        : failed(call, 'not-run', `The tool was not run: ${notRun}`);
    if (given === undefined) return undefined;
    const outcome = notRun === undefined ? await checkResult(given, call, checks) : given;
    storing = storing.then(() => session.append({ messages: [resultMessage(outcome)], open: true }));
    await storing;
    onEvent({ type: 'toolEnd', outcome });
    return outcome;
  };
  const settled = await Promise.allSettled(calls.map(run));
  const outcomes = settled.map((outcome) => {
    if (outcome.status === 'rejected') throw outcome.reason;
    return outcome.value;
  });
  return {
    outcomes: outcomes.filter((outcome) => outcome !== undefined),
    waiting: calls.filter((_, index) => outcomes[index] === undefined),
  };
}

async function checkResult(
  outcome: ToolOutcome,
  call: ToolUseBlock,
  checks: readonly Check[] | undefined,
): Promise<ToolOutcome> {
  const objection = await firstObjection(checks, wordsOf(outcome));
  if (objection === undefined) return outcome;
  return failed(call, 'withheld', `The result was kept back (${objection.check}): ${objection.reason}`);
}

/** What is known of a call beside what the model said. */
interface CallContext {
  /** What is wrong with the input, where it could not be read. */
  readonly problem?: string | undefined;
  /** What a person has decided before, in the place of `approve`. */
  readonly decision?: Approval | undefined;
  readonly onEvent?: (event: AgentEvent) => void;
}

/** A tool with what checks its input. */
export interface ReadyTool extends Tool {
  readonly checker: StandardSchemaV1;
}

/**
 * Makes tools ready to be called, by name.
 *
 * @throws LibError of kind `request` when the JSON Schema of one cannot be checked
 */
export async function readyTools(tools: readonly Tool[]): Promise<ReadonlyMap<string, ReadyTool>> {
  const ready = await Promise.all(
    tools.map(async (tool) => ({
      ...tool,
      checker: await schemaChecker(tool.input, `The tool ${tool.name}`),
    })),
  );
  return new Map(ready.map((tool) => [tool.name, tool]));
}

/** How tools are offered. */
export interface ToolOffer {
  /** Which of them the model has to call. Default `auto`: it decides. */
  readonly toolChoice?: ToolChoice;
  /** Keeps them in the model's prompt cache: for 5 minutes, or for so long. */
  readonly cacheTools?: boolean | '5m' | '1h';
}

/** The tools as Converse is told of them; `undefined` when there are none. Pure. */
export function toolConfigOf(
  tools: readonly Tool[],
  { toolChoice, cacheTools = false }: ToolOffer = {},
): ToolConfiguration | undefined {
  if (tools.length === 0) return undefined;
  const specs = tools.map(({ name, description, jsonSchema }) => ({
    toolSpec: { name, description, inputSchema: { json: jsonSchema } },
  }));
  const ttl = typeof cacheTools === 'string' && cacheTools !== '5m' ? { ttl: cacheTools } : {};
  const cachePoint = cacheTools === false ? [] : [{ cachePoint: { type: 'default', ...ttl } }];
  const choice = toolChoice === 'auto' || toolChoice === undefined ? undefined : choiceOf(toolChoice);
  return {
    tools: [...specs, ...cachePoint] as ToolConfiguration['tools'],
    ...(choice && { toolChoice: choice }),
  };
}

function choiceOf(choice: 'any' | { readonly tool: string }): ToolConfiguration['toolChoice'] {
  return choice === 'any' ? { any: {} } : { tool: { name: choice.tool } };
}

/**
 * Runs one tool call as the model asked for it. Whatever goes wrong with it becomes an outcome that tells the model;
 * only the signal's abort is thrown. A tool that does not listen to its signal is left behind, and its result dropped.
 *
 * @returns `undefined` for a call that waits for a person's decision
 */
export async function callTool(
  tools: ReadonlyMap<string, ReadyTool>,
  call: ToolUseBlock,
  signal: AbortSignal,
  { problem, decision, onEvent = () => undefined }: CallContext = {},
): Promise<ToolOutcome | undefined> {
  signal.throwIfAborted();
  const tool = tools.get(call.name ?? '');
  if (tool === undefined) {
    const names = [...tools.keys()].join(', ') || 'none';
    const wanted = [...(call.name ?? '')].slice(0, 100).join('');
    return failed(call, 'unknown-tool', `There is no tool named ${wanted}. The tools are: ${names}.`);
  }
  if (problem !== undefined) return failed(call, 'invalid-input', problem);
  const { toolUseId = '', name = '' } = call;
  const context = { toolUseId, name: tool.name, signal };
  try {
    const checked = await untilAborted(() => checkValue(tool.checker, call.input), signal);
    if ('problem' in checked) {
      return failed(call, 'invalid-input', `The input does not fit the schema: ${checked.problem}`);
    }
    if (tool.approve !== undefined || decision !== undefined) {
      if (decision === undefined) onEvent({ type: 'approvalAsked', toolUseId, name, input: checked.value });
      const ask = () => decision ?? tool.approve?.(checked.value, context);
      const { approval, cause } = await askPerson(ask, signal);
      if (approval === askLater) return undefined;
      if (approval !== true) return failed(call, 'declined', declined(approval), cause);
    }
    onEvent({ type: 'toolStart', toolUseId, name, input: checked.value });
    return await inSpan(tool, call, () => runInTime(tool, call, checked.value, signal));
  } catch (cause) {
    if (signal.aborted) throw signal.reason;
    return toolFailed(call, cause);
  }
}

/** The span of a tool that runs. A failure that the model is told of is the span's as well. */
function inSpan(tool: ReadyTool, call: ToolUseBlock, run: () => Promise<ToolOutcome>): Promise<ToolOutcome> {
  const start = (): SpanStart => ({
    name: `execute_tool ${tool.name}`,
    kind: 'internal',
    attributes: {
      'gen_ai.operation.name': 'execute_tool',
      'gen_ai.tool.name': tool.name,
      'gen_ai.tool.type': 'function',
      'gen_ai.tool.call.id': call.toolUseId,
      ...(recordsWords() && { 'gen_ai.tool.call.arguments': JSON.stringify(call.input) }),
    },
  });
  return watched(start, async (span) => {
    const outcome = await run();
    if (recordsWords()) span.tell(() => ({ 'gen_ai.tool.call.result': outcome.text }));
    if (outcome.failure !== undefined) span.failAs(outcome.failure);
    return outcome;
  });
}

async function runInTime(
  tool: ReadyTool,
  call: ToolUseBlock,
  input: unknown,
  signal: AbortSignal,
): Promise<ToolOutcome> {
  const stop = new AbortController();
  const inTime = AbortSignal.any([signal, stop.signal]);
  const timer = setTimeout(
    () => stop.abort(new DOMException('The time is over.', 'TimeoutError')),
    Math.min(tool.timeoutMs, longestTimer),
  );
  try {
    const context = { toolUseId: call.toolUseId ?? '', name: tool.name, signal: inTime };
    const run = async () => readWhole(await tool.run(input, context), inTime);
    const value = await untilAborted(run, inTime);
    return outcomeOf(call, value, tool.untrusted);
  } catch (cause) {
    if (!stop.signal.aborted || signal.aborted) throw cause;
    return failed(
      call,
      'timeout',
      `The tool did not answer within ${tool.timeoutMs} ms, and was stopped.`,
      cause,
    );
  } finally {
    clearTimeout(timer);
  }
}

/** The value of a task, or the signal's reason when it aborts first; what the task does then is of no interest. */
function untilAborted<Value>(task: () => Value | Promise<Value>, signal: AbortSignal): Promise<Value> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    if (signal.aborted) return onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    const run = async () => task();
    run()
      .then(resolve, reject)
      .finally(() => signal.removeEventListener('abort', onAbort));
  });
}

/** The decision; where nobody could be asked, that is none to run it. */
async function askPerson(ask: () => unknown, signal: AbortSignal) {
  try {
    return { approval: await untilAborted(ask, signal) };
  } catch (cause) {
    if (signal.aborted) throw signal.reason;
    return { approval: `Nobody could be asked${reasonOf(cause)}`, cause };
  }
}

function declined(approval: unknown): string {
  const reason = typeof approval === 'string' && approval.trim() !== '' ? ` Reason: ${approval}` : '';
  return `A person did not allow this call, so nothing was done.${reason} Do not try it again; say so in the answer.`;
}
