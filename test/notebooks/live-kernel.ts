import { type Kernel, KernelMessage } from '@jupyterlab/services';
import { afterAll, beforeAll } from 'vitest';
import type { HeadlessServer } from '../../packages/workshop/src/headless-server.ts';
import { kernelNames } from '../../packages/workshop/src/kernelspecs.ts';
import { normaliseOutputs, type Output, streamText } from '../../packages/workshop/src/notebook-file.ts';
import { serverFor } from './runner.ts';

/** What one cell came to: the reply as the kernel sent it, and every output that names the cell as its own. */
export interface LiveCell {
  readonly reply: Promise<
    KernelMessage.IExecuteReplyMsg['content'] & Partial<KernelMessage.IReplyErrorContent>
  >;
  /** So far; it grows when the cell's work goes on after its reply. */
  outputs(): Output[];
  /** What it printed so far, on either stream, and its value. */
  text(): string;
}

export interface LiveKernel {
  /** Sends the cell and does not wait. */
  send(code: string, options?: { readonly stopOnError?: boolean }): LiveCell;
  /** Runs the cell to its reply. */
  run(code: string): Promise<{ readonly status: string; readonly outputs: Output[]; readonly text: string }>;
  interrupt(): Promise<void>;
  shutdown(): Promise<void>;
  readonly connection: Kernel.IKernelConnection;
}

/** A server and a kernel of its own for the tests of one file. Read it only inside tests. */
export function useLiveKernel(): () => LiveKernel {
  let server: HeadlessServer | undefined;
  let kernel: LiveKernel | undefined;
  beforeAll(async () => {
    server = await serverFor('lab');
    kernel = await openLiveKernel(server);
  });
  afterAll(async () => {
    await kernel?.shutdown();
    await server?.close();
  });
  return () => {
    if (kernel === undefined) throw new Error('The kernel is not started yet.');
    return kernel;
  };
}

/** A local kernel, in the notebooks' folder, that takes cells one by one or several at once. */
export async function openLiveKernel(server: HeadlessServer): Promise<LiveKernel> {
  const session = await server.openSession(`notebooks/${crypto.randomUUID()}.ipynb`, kernelNames.local);
  if (!session.kernel) throw new Error('The session has no kernel.');
  const connection: Kernel.IKernelConnection = session.kernel;
  // What a kernel takes to start, and its compiler to read Node's types, is none of a test's time.
  await connection.info;
  await connection.requestExecute({ code: '0', silent: true }).done;
  const outputs = new Map<string, Output[]>();
  connection.iopubMessage.connect((_, message) => {
    const { msg_id: parent = '' } = message.parent_header as { msg_id?: string };
    const output = outputOf(message);
    if (output) outputs.set(parent, [...(outputs.get(parent) ?? []), output]);
  });

  function send(code: string, { stopOnError = true } = {}): LiveCell {
    const future = connection.requestExecute({ code, stop_on_error: stopOnError }, false);
    const mine = () => normaliseOutputs(structuredClone(outputs.get(future.msg.header.msg_id) ?? []));
    return {
      reply: future.done.then(({ content }) => content as Awaited<LiveCell['reply']>),
      outputs: mine,
      text: () => streamText(mine()) + streamText(mine(), 'stderr'),
    };
  }

  return {
    send,
    run: async (code) => {
      const cell = send(code);
      const { status } = await cell.reply;
      return { status, outputs: cell.outputs(), text: cell.text() };
    },
    interrupt: () => connection.interrupt(),
    shutdown: () => session.shutdown(),
    connection,
  };
}

function outputOf(message: KernelMessage.IIOPubMessage): Output | undefined {
  if (KernelMessage.isStreamMsg(message)) {
    return { output_type: 'stream', name: message.content.name, text: message.content.text };
  }
  if (KernelMessage.isErrorMsg(message)) {
    const { ename, evalue, traceback } = message.content;
    return { output_type: 'error', ename, evalue, traceback };
  }
  if (KernelMessage.isExecuteResultMsg(message)) {
    const { data, metadata } = message.content;
    return {
      output_type: 'execute_result',
      execution_count: null,
      data: { ...data },
      metadata: { ...metadata },
    };
  }
  if (!KernelMessage.isDisplayDataMsg(message)) return undefined;
  const { data, metadata } = message.content;
  return { output_type: 'display_data', data: { ...data }, metadata: { ...metadata } };
}
