/**
 * The kernel's launcher: what both kernelspecs start. It prepares the environment that the cells will see,
 * then hands over to tslab in this same process.
 *
 *   node lib/jupyter/kernel.ts --config-path <connection file> [--local]
 */
import { enableCompileCache } from 'node:module';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { interrupt } from '../interrupt.ts';
import { answerCells, keepFailures } from './kernel/answer-cells.ts';
import { answerMessages } from './kernel/answer-messages.ts';
import { giveOutputToItsCell } from './kernel/cell-output.ts';
import { endRequestsWithTheirCell } from './kernel/cell-requests.ts';
import { nameScripts } from './kernel/cell-scripts.ts';
import { endTimersWithTheirCell } from './kernel/cell-timers.ts';
import { compiler } from './kernel/compiler.ts';
import { readSigning } from './kernel/connection-file.ts';
import { convertCell } from './kernel/convert-cell.ts';
import { convertLater } from './kernel/convert-later.ts';
import { type FileChanges, noticeChangesByCell } from './kernel/file-changes.ts';
import { rememberLib } from './kernel/lib-changes.ts';
import { readLess } from './kernel/read-less.ts';
import { stopCells } from './kernel/running-cell.ts';
import { bindSockets } from './kernel/sockets.ts';
import { writeStacksAsWritten } from './kernel/stacks.ts';
import { noteMarks } from './kernel/statement-marks.ts';
import { allowStops, hearStops } from './kernel/stop-signal.ts';
import { cannotStart, tslabModule } from './kernel/tslab.ts';
import { createWire, type Wire } from './kernel/wire-message.ts';
import { committedMetadata } from './notebook-file.ts';

const projectRoot = join(import.meta.dirname, '..', '..');

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { 'config-path': { type: 'string' }, local: { type: 'boolean', default: false } },
  });
  const configPath = values['config-path'];
  if (configPath === undefined) {
    throw cannotStart(
      'Jupyter starts this file with --config-path; choose the kernel in JupyterLab instead.',
    );
  }
  const wire = createWire(readSigning(configPath));
  // Compiled code of tslab, its TypeScript and the SDK is kept between kernels: they start faster.
  enableCompileCache(join(projectRoot, '.cache', 'node'));
  const warnOfChanges = rememberLib(projectRoot);
  const listening = hearStops();
  await prepareEnvironment(values.local);
  readLess(projectRoot);
  const changes = noticeChangesByCell();
  runCells(wire, warnOfChanges);
  endWithServer();
  describeLanguage();
  convertLater();
  prepareCells(changes);
  await listening;
  startTslab(configPath);
  allowStops();
}

/** Cells read the region and the endpoint from the environment, as any AWS program does. */
async function prepareEnvironment(local: boolean): Promise<void> {
  if (local) {
    const { localEnvironment } = await import('./local-environment.ts');
    await localEnvironment(process.env);
    return;
  }
  // A setting of the local kernel's, which would make the cells believe that they are on it.
  delete process.env.LOCAL_BEDROCK_ERA;
  const { exportRegion } = await import('../region.ts');
  await exportRegion(process.env);
}

/**
 * Cells as Jupyter has them: their output is theirs, their errors are shown as errors, and the stop button, which
 * sends SIGINT, ends what they have under way, also the calls that would otherwise be billed unseen.
 */
function runCells(wire: Wire, warn: (source: string) => string | undefined): void {
  nameScripts();
  noteMarks();
  writeStacksAsWritten();
  endTimersWithTheirCell();
  endRequestsWithTheirCell();
  const jupyter = tslabModule('tslab/dist/jupyter.js');
  const executors = tslabModule('tslab/dist/executor.js');
  const { flush } = giveOutputToItsCell(jupyter);
  answerMessages(jupyter.ZmqServer.prototype, wire, answerCells(flush, warn));
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

/**
 * What the kernel says of its language: tslab reports TypeScript 3.7.2 for ever, and a mode that JupyterLab 4 takes
 * for JavaScript. Notebooks hold the same words, so that opening one does not change it.
 */
function describeLanguage(): void {
  const { JupyterHandlerImpl } = tslabModule('tslab/dist/jupyter.js');
  const reply = JupyterHandlerImpl.prototype.handleKernel;
  JupyterHandlerImpl.prototype.handleKernel = function describeKernel() {
    return { ...reply.call(this), language_info: committedMetadata.language_info };
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
