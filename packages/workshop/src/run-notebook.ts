import { type Kernel, KernelMessage, type Session } from '@jupyterlab/services';
import { joinLines, type Notebook, normaliseOutputs, type Output } from './notebook-file.ts';

/** What became of one code cell. */
export interface CellRun {
  /** Position among all of the notebook's cells, from 0. */
  readonly index: number;
  /** The kernel's answer; `none` when there was none: a time-out, or a kernel that died. */
  readonly status: 'ok' | 'error' | 'abort' | 'none';
  readonly outputs: readonly Output[];
  readonly milliseconds: number;
}

export interface RunOptions {
  /** For one cell. Default 3 minutes: what is slow on a busy machine is no fault. */
  readonly cellTimeoutMs?: number;
  readonly onCell?: (run: CellRun) => void;
}

/** Time for a rejection that nobody awaits to be printed. */
const settleMs = 300;

/**
 * Runs each code cell on a live kernel, one at a time, and collects what came of it. A failing cell does not end
 * the run. It judges nothing: `findFaults` does.
 */
export async function runNotebook(
  notebook: Notebook,
  session: Session.ISessionConnection,
  { cellTimeoutMs = 180_000, onCell }: RunOptions = {},
): Promise<CellRun[]> {
  const kernel = session.kernel;
  if (!kernel) throw new Error('The session has no kernel.');
  // What a kernel takes to start is none of the first cell's time.
  await kernel.info;
  const collector = collectOutputs(kernel);
  const finished: Omit<CellRun, 'outputs'>[] = [];
  for (const [index, cell] of notebook.cells.entries()) {
    if (cell.cell_type !== 'code') continue;
    const started = performance.now();
    const status = await executeCell(kernel, joinLines(cell.source), cellTimeoutMs, (messageId) =>
      collector.attribute(messageId, index),
    );
    const run = { index, status, milliseconds: Math.round(performance.now() - started) };
    finished.push(run);
    onCell?.({ ...run, outputs: collector.outputsOf(index) });
    if (status === 'none') break;
  }
  await sleep(settleMs);
  // A kernel that had not its share of the processor meanwhile says what it has to say before it answers this.
  if (finished.at(-1)?.status !== 'none') await executeCell(kernel, '', cellTimeoutMs, () => {});
  collector.stop();
  return finished.map((run) => ({ ...run, outputs: collector.outputsOf(run.index) }));
}

async function executeCell(
  kernel: Kernel.IKernelConnection,
  code: string,
  timeoutMs: number,
  onSent: (messageId: string) => void,
): Promise<CellRun['status']> {
  const future = kernel.requestExecute({ code, stop_on_error: false, store_history: true });
  onSent(future.msg.header.msg_id);
  const timer = AbortSignal.timeout(timeoutMs);
  const gaveUp = new Promise<'none'>((resolve) => {
    timer.addEventListener('abort', () => resolve('none'));
    kernel.statusChanged.connect((_, status) => {
      if (status === 'dead' || status === 'autorestarting') resolve('none');
    });
  });
  const answered = future.done.then(
    ({ content }): CellRun['status'] => (content.status === 'aborted' ? 'abort' : content.status),
    () => 'none' as const,
  );
  return Promise.race([answered, gaveUp]);
}

/** Gathers the outputs of each cell, also those that come after the cell has ended. */
function collectOutputs(kernel: Kernel.IKernelConnection) {
  const cellOfMessage = new Map<string, number>();
  const outputs = new Map<number, Output[]>();
  const displays = new Map<
    string,
    { output_type: 'display_data'; data: Record<string, unknown>; metadata: Record<string, unknown> }
  >();
  const receive = (_: unknown, message: KernelMessage.IIOPubMessage): void => {
    const parent = message.parent_header as { msg_id?: string };
    const index = cellOfMessage.get(parent.msg_id ?? '');
    if (index === undefined) return;
    const list = outputs.get(index) ?? [];
    outputs.set(index, list);
    if (KernelMessage.isStreamMsg(message)) {
      list.push({ output_type: 'stream', name: message.content.name, text: message.content.text });
    } else if (KernelMessage.isDisplayDataMsg(message)) {
      const { data, metadata, transient } = message.content;
      const display = { output_type: 'display_data' as const, data: { ...data }, metadata: { ...metadata } };
      if (transient?.display_id) displays.set(transient.display_id, display);
      list.push(display);
    } else if (KernelMessage.isUpdateDisplayDataMsg(message)) {
      const display = displays.get(message.content.transient.display_id ?? '');
      if (display) display.data = { ...message.content.data };
    } else if (KernelMessage.isExecuteResultMsg(message)) {
      const { data, metadata } = message.content;
      list.push({
        output_type: 'execute_result',
        execution_count: null,
        data: { ...data },
        metadata: { ...metadata },
      });
    } else if (KernelMessage.isErrorMsg(message)) {
      const { ename, evalue, traceback } = message.content;
      list.push({ output_type: 'error', ename, evalue, traceback });
    }
  };
  kernel.iopubMessage.connect(receive);
  return {
    attribute: (messageId: string, index: number) => cellOfMessage.set(messageId, index),
    outputsOf: (index: number) => normaliseOutputs(outputs.get(index) ?? []),
    stop: () => kernel.iopubMessage.disconnect(receive),
  };
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
