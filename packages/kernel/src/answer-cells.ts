import type { Answer } from './answer-messages.ts';
import { describeFailure, type ErrorContent } from './describe-failure.ts';
import { aborted, createExecuteQueue } from './execute-queue.ts';
import type { KernelHooks } from './hooks.ts';
import { runInterruptible } from './interrupt.ts';
import {
  type CellFailure,
  createCell,
  currentCell,
  type RunningCell,
  runAsCell,
  stopCells,
} from './running-cell.ts';
import type { Content } from './wire-message.ts';

/** The content of Jupyter's `execute_request`, as far as it matters here. */
interface ExecuteRequest {
  readonly code: string;
  readonly stop_on_error?: boolean;
  /** Somebody asks without anybody watching. */
  readonly silent?: boolean;
}

type ExecuteReply =
  | { readonly status: 'ok'; readonly execution_count: number; readonly user_expressions: object }
  | ({ readonly status: 'error'; readonly execution_count: number } & ErrorContent)
  | { readonly status: 'aborted' };

/** The parts of tslab that are used here. */
interface TslabExecutor {
  execute(source: string): Promise<boolean>;
}
interface TslabConsole {
  log(...values: unknown[]): void;
  error(...values: unknown[]): void;
}

/**
 * Runs cells and answers them as Jupyter's protocol has it. Where tslab prints why a cell failed, this sends an
 * `error` message, with the same in the reply; cells that were sent along with a failing one are answered `aborted`.
 *
 * @param flush sends what cells have printed so far
 * @param warn what to tell the reader before a cell with this source is run, if anything
 * @see https://jupyter-client.readthedocs.io/en/stable/messaging.html#execute
 */
export function answerCells(
  flush: () => void,
  warn: (source: string) => string | undefined,
  hooks: KernelHooks,
): Answer {
  const queue = createExecuteQueue<{ readonly reply: ExecuteReply; readonly stops: boolean }>(
    ({ stops }) => stops,
  );

  return async ({ content, handler, publish }) => {
    const { code, silent = false, stop_on_error: stopsOnError = true } = readRequest(content);
    const result = await queue.add(async () => {
      handler.execCount += 1;
      const cell = createCell(handler.execCount, code, publish);
      if (!silent) publish('execute_input', { code, execution_count: cell.count });
      const warning = warn(code);
      if (warning !== undefined) publish('stream', { name: 'stderr', text: warning });
      const reply = await execute(handler.executor, cell, hooks);
      flush();
      if (reply.status === 'error') {
        const { ename, evalue, traceback } = reply;
        publish('error', { ename, evalue, traceback });
      }
      return { reply, stops: reply.status === 'error' && stopsOnError };
    });
    if (result !== aborted) return result.reply;
    publish('stream', { name: 'stderr', text: notRun });
    return { status: 'aborted' };
  };
}

function readRequest(content: Content): ExecuteRequest {
  if (typeof content.code !== 'string') throw new Error('The request holds no code.');
  return content as unknown as ExecuteRequest;
}

const notRun =
  'Not run: a cell before it failed or was stopped. Put that one right, then run this one again.\n';

async function execute(
  executor: TslabExecutor,
  cell: RunningCell,
  hooks: KernelHooks,
): Promise<ExecuteReply> {
  const { count: execution_count } = cell;
  let failure: CellFailure | undefined;
  try {
    const isDone = await runAsCell(cell, () => runInterruptible(() => executor.execute(cell.source)));
    if (!isDone)
      failure = cell.failure ?? { thrown: new Error('The cell failed, and the kernel does not know why.') };
  } catch (thrown) {
    failure = { thrown };
  }
  if (failure === undefined) return { status: 'ok', execution_count, user_expressions: {} };
  return { status: 'error', execution_count, ...describeFailure(cell, failure, hooks) };
}

/** Keeps what tslab would print of a failure with the cell that failed. */
export function keepFailures(
  createExecutor: (folder: string, converters: object, console: TslabConsole) => TslabExecutor,
) {
  return (folder: string, converters: object, console: TslabConsole): TslabExecutor =>
    createExecutor(folder, converters, {
      log: console.log,
      error: (...values) => {
        const cell = currentCell();
        // A thrown value stands alone; a type error comes with its format, and was kept when it was found.
        if (cell === undefined || values.length > 1) {
          if (cell?.failure === undefined) console.error(...values);
          return;
        }
        cell.failure = { thrown: values[0] };
        // A loop that never waited was ended by the stop button, and nothing else has heard of it.
        if (isScriptInterrupted(values[0])) stopCells();
      },
    });
}

function isScriptInterrupted(thrown: unknown): boolean {
  return (thrown as { code?: unknown } | undefined)?.code === 'ERR_SCRIPT_EXECUTION_INTERRUPTED';
}
