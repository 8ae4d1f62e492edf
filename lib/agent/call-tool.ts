import type { ToolConfiguration, ToolUseBlock } from '@aws-sdk/client-bedrock-runtime';
import type { StandardSchemaV1 } from '@standard-schema/spec';
import { checkValue, schemaChecker } from './schema-checker.ts';
import type { Tool } from './tool.ts';
import { failed, succeeded, type ToolOutcome } from './tool-outcome.ts';

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

/** The tools as Converse is told of them; `undefined` when there are none. Pure. */
export function toolConfigOf(tools: readonly Tool[]): ToolConfiguration | undefined {
  if (tools.length === 0) return undefined;
  const specs = tools.map(({ name, description, jsonSchema }) => ({
    toolSpec: { name, description, inputSchema: { json: jsonSchema } },
  }));
  return { tools: specs as ToolConfiguration['tools'] };
}

/**
 * Runs one tool call as the model asked for it. Whatever goes wrong with it becomes an outcome that tells the model;
 * only the signal's abort is thrown. A tool that does not listen to its signal is left behind, and its result dropped.
 *
 * @param invalidJson the input as it came, where it is not an object in JSON
 */
export async function callTool(
  tools: ReadonlyMap<string, ReadyTool>,
  call: ToolUseBlock,
  signal: AbortSignal,
  invalidJson?: string,
): Promise<ToolOutcome> {
  signal.throwIfAborted();
  const tool = tools.get(call.name ?? '');
  if (tool === undefined) {
    const names = [...tools.keys()].join(', ') || 'none';
    return failed(call, 'unknown-tool', `There is no tool named ${call.name}. The tools are: ${names}.`);
  }
  if (invalidJson !== undefined) {
    const text =
      'The input is not a whole JSON object. Call the tool again, with shorter input if it was long.';
    return failed(call, 'invalid-input', text);
  }
  const context = { toolUseId: call.toolUseId ?? '', signal };
  try {
    const checked = await untilAborted(() => checkValue(tool.checker, call.input), signal);
    if ('problem' in checked) {
      return failed(call, 'invalid-input', `The input does not fit the schema: ${checked.problem}`);
    }
    if (tool.approve !== undefined) {
      const approval = await untilAborted(() => tool.approve?.(checked.value, context), signal);
      if (approval !== true) return failed(call, 'declined', declined(approval));
    }
    return await runInTime(tool, call, checked.value, signal);
  } catch (cause) {
    if (signal.aborted) throw signal.reason;
    return failed(
      call,
      'failed',
      `The tool failed: ${cause instanceof Error ? cause.message : cause}`,
      cause,
    );
  }
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
    tool.timeoutMs,
  );
  try {
    const context = { toolUseId: call.toolUseId ?? '', signal: inTime };
    const value = await untilAborted(() => tool.run(input, context), inTime);
    return succeeded(call, value, tool.untrusted);
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

function declined(approval: unknown): string {
  const reason = typeof approval === 'string' && approval.trim() !== '' ? ` Reason: ${approval}` : '';
  return `A person did not allow this call, so nothing was done.${reason} Do not try it again; say so in the answer.`;
}
