/**
 * The kernel's launcher: what both kernelspecs start. It prepares the environment that the cells will see,
 * then hands over to tslab in this same process.
 *
 *   node packages/kernel/src/kernel.ts --config-path <connection file> [--preload <module>]
 */
import { enableCompileCache } from 'node:module';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { answerCells, keepFailures } from './answer-cells.ts';
import { answerMessages } from './answer-messages.ts';
import { giveOutputToItsCell } from './cell-output.ts';
import { endRequestsWithTheirCell } from './cell-requests.ts';
import { nameScripts } from './cell-scripts.ts';
import { endTimersWithTheirCell } from './cell-timers.ts';
import { compiler } from './compiler.ts';
import { readSigning } from './connection-file.ts';
import { convertCell } from './convert-cell.ts';
import { convertLater } from './convert-later.ts';
import { type FileChanges, noticeChangesByCell } from './file-changes.ts';
import type { KernelHooks } from './hooks.ts';
import { interrupt, offerCells } from './interrupt.ts';
import { languageInfo } from './language.ts';
import { rememberPackages } from './package-changes.ts';
import { projectHooks } from './project-hooks.ts';
import { readLess } from './read-less.ts';
import { stopCells } from './running-cell.ts';
import { bindSockets } from './sockets.ts';
import { writeStacksAsWritten } from './stacks.ts';
import { noteMarks } from './statement-marks.ts';
import { allowStops, hearStops } from './stop-signal.ts';
import { cannotStart, tslabModule } from './tslab.ts';
import { createWire, type Wire } from './wire-message.ts';

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { 'config-path': { type: 'string' }, preload: { type: 'string' } },
  });
  const configPath = values['config-path'];
  if (configPath === undefined) {
    throw cannotStart(
      'Jupyter starts this file with --config-path; choose the kernel in JupyterLab instead.',
    );
  }
  const wire = createWire(readSigning(configPath));
  const hooks = await projectHooks(values.preload);
  // Compiled code of tslab, its TypeScript and the SDK is kept between kernels: they start faster.
  enableCompileCache(join(hooks.projectRoot, '.cache', 'node'));
  const warnOfChanges = rememberPackages(hooks);
  offerCells();
  const listening = hearStops();
  await hooks.prepare?.(process.env);
  readLess(hooks);
  const changes = noticeChangesByCell();
  runCells(wire, warnOfChanges, hooks);
  endWithServer();
  describeLanguage();
  convertLater();
  prepareCells(changes);
  await listening;
  startTslab(configPath);
  allowStops();
}

/**
 * Cells as Jupyter has them: their output is theirs, their errors are shown as errors, and the stop button, which
 * sends SIGINT, ends what they have under way, also the calls that would otherwise be billed unseen.
 */
function runCells(wire: Wire, warn: (source: string) => string | undefined, hooks: KernelHooks): void {
  nameScripts();
  noteMarks();
  writeStacksAsWritten();
  endTimersWithTheirCell();
  endRequestsWithTheirCell();
  const jupyter = tslabModule('tslab/dist/jupyter.js');
  const executors = tslabModule('tslab/dist/executor.js');
  const { flush } = giveOutputToItsCell(jupyter);
  answerMessages(jupyter.ZmqServer.prototype, wire, answerCells(flush, warn, hooks));
  executors.createExecutor = keepFailures(executors.createExecutor);
  process.on('SIGINT', () => {
    interrupt();
    stopCells();
  });
}

/** A Jupyter server that was killed outright leaves its kernels to another parent; this one then ends as well. */
function endWithServer(): void {
  const server = process.ppid;
  setInterval(() => {
    if (process.ppid !== server) process.exit(1);
  }, 2_000).unref();
}

function describeLanguage(): void {
  const { JupyterHandlerImpl } = tslabModule('tslab/dist/jupyter.js');
  const reply = JupyterHandlerImpl.prototype.handleKernel;
  JupyterHandlerImpl.prototype.handleKernel = function describeKernel() {
    return { ...reply.call(this), language_info: languageInfo };
  };
}

/** What tslab does not understand in a cell, though TypeScript does, is written in the other way before it sees it. */
function prepareCells(changes: FileChanges): void {
  const ts = compiler();
  const converters = tslabModule('tslab/dist/converter.js');
  const { createConverter } = converters;
  converters.createConverter = (options: unknown) => {
    const converter = createConverter(options);
    return {
      ...converter,
      convert: (declarations: string, source: string) =>
        convertCell(ts, source, (prepared) => converter.convert(declarations, prepared), changes),
    };
  };
}

function startTslab(configPath: string): void {
  const { startKernel } = tslabModule('tslab/dist/main.js');
  const { ZmqServer } = tslabModule('tslab/dist/jupyter.js');
  bindSockets(ZmqServer.prototype);
  // tslab waits for the event loop to run dry, which an open connection in a cell would prevent for ever.
  const close = ZmqServer.prototype.close;
  ZmqServer.prototype.close = function closeAndExit(): void {
    close.call(this);
    setTimeout(() => process.exit(0), 100).unref();
  };
  startKernel({ configPath, enableFindLocal: false, jsKernel: false, globalVersion: '' });
}

main().catch((error: { readonly isExplained?: boolean; readonly message?: string }) => {
  console.error(error.isExplained ? error.message : error);
  process.exit(1);
});
