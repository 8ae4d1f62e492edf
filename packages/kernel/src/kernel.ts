/**
 * The kernel's launcher: what a kernelspec starts. It prepares the environment that the cells will see, and answers
 * Jupyter in this same process.
 *
 *   node packages/kernel/src/kernel.ts --config-path <connection file> [--preload <module>]
 */
import { enableCompileCache } from 'node:module';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { answerCells, type Executor, keepingConsole } from './answer-cells.ts';
import { createAnswers, type Inspector } from './answers.ts';
import { giveOutputToItsCell } from './cell-output.ts';
import { lendProcessToCells } from './cell-process.ts';
import { endRequestsWithTheirCell } from './cell-requests.ts';
import { nameScripts } from './cell-scripts.ts';
import { endTimersWithTheirCell } from './cell-timers.ts';
import { compiler } from './compiler.ts';
import { type Connection, readConnection } from './connection-file.ts';
import { convertCell } from './convert-cell.ts';
import { convertLater } from './convert-later.ts';
import { type FileChanges, noticeChangesByCell } from './file-changes.ts';
import { createHistory } from './history.ts';
import type { KernelHooks } from './hooks.ts';
import { interrupt, offerCells } from './interrupt.ts';
import { giveCellsAKeyboard } from './keyboard.ts';
import { rememberPackages } from './package-changes.ts';
import { projectHooks } from './project-hooks.ts';
import { readLess } from './read-less.ts';
import { stopCells } from './running-cell.ts';
import { serve } from './server.ts';
import { addressOf } from './sockets.ts';
import { writeStacksAsWritten } from './stacks.ts';
import { noteMarks } from './statement-marks.ts';
import { allowStops, hearStops } from './stop-signal.ts';
import { cannotStart, tslabModule } from './tslab.ts';
import { survive } from './unhandled.ts';
import { createWire } from './wire-message.ts';

/** What runs cells, and what can be asked about their code. */
type CellRunner = Executor & Inspector & { interrupt(): void };

async function main(): Promise<void> {
  // Jupyter may add arguments of its own, such as the file that `jupyter run` reads.
  const { values } = parseArgs({
    options: { 'config-path': { type: 'string' }, preload: { type: 'string' } },
    strict: false,
  });
  const { 'config-path': configPath, preload } = values;
  if (typeof configPath !== 'string') {
    throw cannotStart(
      'Jupyter starts this file with --config-path; choose the kernel in JupyterLab instead.',
    );
  }
  const connection = readConnection(configPath);
  const hooks = await projectHooks(typeof preload === 'string' ? preload : undefined);
  // Compiled code of tslab, its TypeScript and the SDK is kept between kernels: they start faster.
  enableCompileCache(join(hooks.projectRoot, '.cache', 'node'));
  const warn = rememberPackages(hooks);
  offerCells();
  const listening = hearStops();
  await hooks.prepare?.(process.env);
  readLess(hooks);
  const changes = noticeChangesByCell();
  nameScripts();
  noteMarks();
  writeStacksAsWritten();
  endTimersWithTheirCell();
  endRequestsWithTheirCell();
  const compileSoon = convertLater();
  prepareCells(changes);
  const runner = createRunner();
  process.on('SIGINT', () => {
    interrupt();
    stopCells();
    runner.interrupt();
  });
  survive();
  lendProcessToCells();
  endWithServer();
  await listening;
  await answerJupyter(connection, runner, hooks, warn, compileSoon);
  allowStops();
}

async function answerJupyter(
  connection: Connection,
  runner: CellRunner,
  hooks: KernelHooks,
  warn: (source: string) => string | undefined,
  onInfo: () => void,
): Promise<void> {
  const wire = createWire(connection);
  const history = createHistory();
  const { flush } = giveOutputToItsCell(tslabModule('tslab/dist/jupyter.js'));
  const { sockets } = await serve(wire, connection, {
    ...createAnswers(connection, runner, history, onInfo),
    execute_request: answerCells({ executor: runner, history, hooks, flush, warn }),
  });
  giveCellsAKeyboard(wire, sockets.stdin, addressOf(connection, connection.stdin_port), flush);
}

/** A Jupyter server that was killed outright leaves its kernels to another parent; this one then ends as well. */
function endWithServer(): void {
  const server = process.ppid;
  setInterval(() => {
    if (process.ppid !== server) process.exit(1);
  }, 2_000).unref();
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

function createRunner(): CellRunner {
  const { createConverter } = tslabModule('tslab/dist/converter.js');
  const { createExecutor } = tslabModule('tslab/dist/executor.js');
  const node = createConverter({ isJS: false, isBrowser: false });
  return createExecutor(process.cwd(), { node }, keepingConsole);
}

main().catch((error: { readonly isExplained?: boolean; readonly message?: string }) => {
  console.error(error.isExplained ? error.message : error);
  process.exit(1);
});
