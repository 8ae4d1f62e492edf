/**
 * The kernel's launcher: what a kernelspec starts. It prepares the environment that the cells will see, and answers
 * Jupyter in this same process.
 *
 *   node packages/kernel/src/kernel.ts --config-path <connection file> [--preload <module>]
 */
import { enableCompileCache, flushCompileCache } from 'node:module';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { notebookFile } from './advice.ts';
import { answerCells } from './answer-cells.ts';
import { createAnswers } from './answers.ts';
import { giveOutputToItsCell } from './cell-output.ts';
import { lendProcessToCells } from './cell-process.ts';
import { endRequestsWithTheirCell } from './cell-requests.ts';
import { endTimersWithTheirCell } from './cell-timers.ts';
import { giveCompilerToTslab } from './compiler.ts';
import { type Connection, readConnection } from './connection-file.ts';
import { createHistory } from './history.ts';
import { type KernelHooks, moreAbout } from './hooks.ts';
import { interrupt, offerCells } from './interrupt.ts';
import { compileCache } from './kernelspec.ts';
import { giveCellsAKeyboard } from './keyboard.ts';
import { noteEnd } from './last-end.ts';
import { keepLanguage } from './own-language.ts';
import { rememberPackages } from './package-changes.ts';
import { projectHooks } from './project-hooks.ts';
import { importsOfNotebook, workWhenQuiet } from './read-ahead.ts';
import { type CellExecutor, createCellExecutor } from './run-cells.ts';
import { stopCells } from './running-cell.ts';
import { serve } from './server.ts';
import { addressOf } from './sockets.ts';
import { writeStacksAsWritten } from './stacks.ts';
import { allowStops, hearStops } from './stop-signal.ts';
import { cannotStart, tslabModule } from './tslab.ts';
import { survive } from './unhandled.ts';
import { createWire } from './wire-message.ts';

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
  // Compiled code of TypeScript and the SDK is kept between kernels: they start faster.
  enableCompileCache(compileCache(hooks.projectRoot));
  // What cells start is no kernel.
  delete process.env.NODE_COMPILE_CACHE;
  const end = noteEnd(join(hooks.projectRoot, '.cache'), configPath);
  const warn = createWarnings(end && [end, ...moreAbout('ended', hooks)].join('\n'), rememberPackages(hooks));
  offerCells();
  const listening = hearStops();
  await hooks.prepare?.(process.env);
  giveCompilerToTslab();
  writeStacksAsWritten();
  endTimersWithTheirCell();
  endRequestsWithTheirCell();
  const runner = createCellExecutor(process.cwd(), hooks);
  process.on('SIGINT', () => {
    interrupt();
    stopCells();
    runner.interrupt();
  });
  survive();
  endWithServer();
  await listening;
  await answerJupyter(connection, runner, hooks, warn);
  lendProcessToCells();
  // Nothing of the kernel's own changes the language any more.
  keepLanguage();
  allowStops();
}

async function answerJupyter(
  connection: Connection,
  runner: CellExecutor,
  hooks: KernelHooks,
  warn: (source: string) => string | undefined,
): Promise<void> {
  const wire = createWire(connection);
  const history = createHistory();
  const { flush } = giveOutputToItsCell(tslabModule());
  const quietly = workWhenQuiet(readAhead(runner, hooks, notebookFile()));
  const { sockets } = await serve(wire, connection, {
    ...createAnswers(connection, runner, history, quietly.asked),
    execute_request: quietly.behind(answerCells({ executor: runner, history, hooks, flush, warn })),
  });
  giveCellsAKeyboard(wire, sockets.stdin, addressOf(connection, connection.stdin_port), flush);
}

/** What to tell before a cell: how the last kernel ended, before the first one; and what is new in the packages. */
function createWarnings(
  lastEnd: string | undefined,
  ofPackages: (source: string) => string | undefined,
): (source: string) => string | undefined {
  if (lastEnd !== undefined) console.error(lastEnd);
  let first = lastEnd === undefined ? '' : `${lastEnd}\n`;
  return (source) => {
    const said = first + (ofPackages(source) ?? '');
    first = '';
    return said || undefined;
  };
}

/** A Jupyter server that was killed outright leaves its kernels to another parent; this one then ends as well. */
function endWithServer(): void {
  const server = process.ppid;
  setInterval(() => {
    if (process.ppid !== server) process.exit(1);
  }, 2_000).unref();
}

/**
 * What the kernel does once Jupyter has connected, and else for the first cell that needs it: its compiler reads Node's
 * types, which takes longer than everything else that it does to start, and what the notebook's cells will import. Only
 * what the project names is loaded as well: of other packages nobody knows what they do when they are.
 */
function* readAhead(
  runner: CellExecutor,
  { imports = [] }: KernelHooks,
  notebook: string | undefined,
): Generator<void> {
  runner.warm();
  // A kernel that is killed would not have kept it.
  flushCompileCache();
  yield;
  for (const name of [...imports, ...importsOfNotebook(notebook)]) {
    runner.expect(name);
    yield;
  }
  for (const name of imports) {
    runner.load(name);
    yield;
  }
}

main().catch((error: { readonly isExplained?: boolean; readonly message?: string }) => {
  console.error(error.isExplained ? error.message : error);
  process.exit(1);
});
