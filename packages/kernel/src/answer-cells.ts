import { createAdvisor } from './advice.ts';
import { codeOf } from './answers.ts';
import { describeFailure, type ErrorContent } from './describe-failure.ts';
import { aborted, createExecuteQueue } from './execute-queue.ts';
import type { History } from './history.ts';
import { type KernelHooks, moreAbout } from './hooks.ts';
import { runInterruptible } from './interrupt.ts';
import { inOwnLanguage } from './own-language.ts';
import { type CellFailure, createCell, type RunningCell, runAsCell } from './running-cell.ts';
import type { Answer, Request } from './server.ts';
import { bundleOf, type MediaBundle } from './show-value.ts';
import { untilTold } from './unhandled.ts';

/** Runs the code of cells; what it came to is kept with the running cell. */
export interface Executor {
  execute(source: string): Promise<boolean>;
}

/** What cells need of the rest of the kernel. */
export interface CellSurroundings {
  readonly executor: Executor;
  readonly history: History;
  readonly hooks: KernelHooks;
  /** Sends what cells have printed so far. */
  flush(): void;
  /** What to tell the reader before a cell with this source is run, if anything. */
  warn(source: string): string | undefined;
}

type ErrorReply = { readonly status: 'error' } & ErrorContent;

/**
 * Runs cells and answers them as Jupyter's protocol has it; cells that were sent along with a failing one are answered
 * `aborted`.
 *
 * @see https://jupyter-client.readthedocs.io/en/stable/messaging.html#execute
 */
export function answerCells(surroundings: CellSurroundings): Answer {
  const { executor, history, hooks, flush, warn } = surroundings;
  const advisor = createAdvisor(undefined, hooks.adviseOnMessage);
  const queue = createExecuteQueue<{ readonly reply: object; readonly stops: boolean }>(({ stops }) => stops);
  let count = 0;

  /** Runs the cell to its end, with what nobody awaits in it: what it shows in the end, or what it failed of. */
  async function run(cell: RunningCell): Promise<{ data: MediaBundle | undefined } | ErrorReply> {
    const outcome = await runAsCell(cell, async () => {
      try {
        const isDone = await untilStopped(cell, () => runInterruptible(() => executor.execute(cell.source)));
        if (!isDone) cell.failure ??= unknownFailure;
      } catch (thrown) {
        cell.failure ??= { thrown };
      }
      await untilTold();
      try {
        if (cell.failure === undefined) return { data: await untilStopped(cell, () => bundleOf(cell.value)) };
      } catch (thrown) {
        cell.failure ??= { thrown };
      }
      return await explain(cell, cell.failure ?? unknownFailure);
    });
    flush();
    return outcome;
  }

  /** What is said of a failure, also where what was thrown cannot be looked at. */
  async function explain(cell: RunningCell, failure: CellFailure): Promise<ErrorReply> {
    try {
      if (!cell.isStopped)
        return await untilStopped(cell, () => inOwnLanguage(() => explained(cell, failure)));
    } catch {
      if (!cell.isStopped) return { status: 'error', ...unshowable };
    }
    return inOwnLanguage(() => explained(cell, failure));
  }

  function explained(cell: RunningCell, failure: CellFailure): ErrorReply {
    const content = describeFailure(cell, failure, hooks);
    const advice = cell.isStopped ? [] : advisor.adviseOn(cell.source, failure);
    const below = [...advice, ...moreOf(cell, failure)];
    return {
      status: 'error',
      ename: content.ename,
      evalue: [content.evalue, ...advice].join('\n'),
      traceback: below.length === 0 ? content.traceback : [...content.traceback, '', ...below],
    };
  }

  /** Where to read more of what the kernel itself has found; of an error that a cell threw, its project knows. */
  function moreOf(cell: RunningCell, failure: CellFailure): readonly string[] {
    if (cell.isStopped) return moreAbout('stopped', hooks);
    return 'diagnostics' in failure ? moreAbout('not-compiled', hooks) : [];
  }

  /** The values of expressions that the client wants to know beside the cell's own. */
  async function evaluate(expressions: unknown): Promise<object> {
    const values: Record<string, object> = {};
    const entries = inOwnLanguage(() => Object.entries(Object(expressions)));
    for (let index = 0; index < entries.length; index += 1) {
      // Not taken apart: that goes through the iterator of lists.
      const name = entries[index]?.[0] ?? '';
      const cell = inOwnLanguage(() => createCell(count, `(${entries[index]?.[1]}\n)`, () => undefined));
      const outcome = await run(cell);
      values[name] =
        'status' in outcome
          ? outcome
          : { status: 'ok', data: outcome.data ?? { 'text/plain': 'undefined' }, metadata: {} };
    }
    return values;
  }

  async function answer(request: Request) {
    // Who pressed stop before this cell began meant those before it.
    await untilTold();
    const { content } = request;
    const code = codeOf(content);
    const isSilent = content.silent === true;
    const isStored = !isSilent && content.store_history !== false;
    if (isStored) count += 1;
    // A cell that is not counted has the number that the next one gets.
    const execution_count = isStored ? count : count + 1;
    const publish: Request['publish'] = isSilent ? () => undefined : request.publish;
    const cell = inOwnLanguage(() =>
      createCell(execution_count, code, publish, keyboardOf(request), ({ source, uses = [] }) =>
        inOwnLanguage(() => advisor.unfinished(source, uses)),
      ),
    );
    publish('execute_input', { code, execution_count });
    const warning = isSilent ? undefined : inOwnLanguage(() => warn(code));
    if (warning !== undefined) publish('stream', { name: 'stderr', text: warning });
    const outcome = await run(cell);
    const isDone = !('status' in outcome);
    if (isStored) {
      const text = isDone ? outcome.data?.['text/plain'] : undefined;
      inOwnLanguage(() => {
        history.add(count, code, typeof text === 'string' ? text : undefined);
        advisor.remember({ count, source: code, isDone });
      });
    }
    if (!isDone) {
      const { ename, evalue, traceback } = outcome;
      publish('error', { ename, evalue, traceback });
      return { reply: { ...outcome, execution_count }, stops: content.stop_on_error !== false };
    }
    const { data } = outcome;
    if (data) publish('execute_result', { execution_count, data, metadata: {} });
    const user_expressions = await evaluate(content.user_expressions);
    return { reply: { execution_count, payload: [], user_expressions }, stops: false };
  }

  return async (request) => {
    codeOf(request.content);
    const result = await queue.add(() => answer(request));
    if (result !== aborted) return result.reply;
    const text = inOwnLanguage(() => {
      advisor.remember({ source: codeOf(request.content), isDone: false });
      return `${[notRun, ...moreAbout('not-run', hooks)].join('\n')}\n`;
    });
    if (request.content.silent !== true) request.publish('stream', { name: 'stderr', text });
    return { status: 'aborted' };
  };
}

const unknownFailure: CellFailure = {
  thrown: new Error('The cell failed, and the kernel does not know why.'),
};

const unshowable: ErrorContent = {
  ename: 'Thrown',
  evalue: 'Something was thrown that cannot be shown: it throws when it is looked at.',
  traceback: ['Thrown: Something was thrown that cannot be shown: it throws when it is looked at.'],
};

/**
 * Does what runs a cell's code, also where that is only looked at: it may throw, wait or never end. Where the stop button
 * ends it by force it takes all its callers with it, so it has none.
 *
 * @returns rejects when the cell is stopped
 */
function untilStopped<Result>({ stop }: RunningCell, work: () => Result): Promise<Awaited<Result>> {
  return inOwnLanguage(
    () =>
      new Promise((resolve, reject) => {
        const end = () => reject(stop.signal.reason);
        // Somebody who has pressed stop does not press it again for what is only looked at.
        if (stop.signal.aborted) return end();
        stop.signal.addEventListener('abort', end, { once: true });
        Promise.resolve()
          .then(work)
          .then(resolve as (result: unknown) => void, reject)
          .finally(() => stop.signal.removeEventListener('abort', end));
      }),
  );
}

const notRun =
  'Not run: a cell before it failed or was stopped. Put that one right, then run this one again.';

/** How to ask the person who runs the cell for a line, if there is one. */
function keyboardOf({ content, ask }: Request): RunningCell['ask'] {
  if (content.allow_stdin !== true) return undefined;
  return (prompt, isSecret) => ask('input_request', { prompt, password: isSecret });
}
