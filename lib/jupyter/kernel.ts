/**
 * The kernel's launcher: what both kernelspecs start. It prepares the environment that the cells will see,
 * then hands over to tslab in this same process.
 *
 *   node lib/jupyter/kernel.ts --config-path <connection file> [--local]
 */
import { createRequire, enableCompileCache } from 'node:module';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { prepareCell } from './cell-source.ts';
import { checkCellsOnly } from './check-cells-only.ts';
import { sendWithoutWaiting } from './kernel/sockets.ts';
import { committedMetadata } from './notebook-file.ts';

const require = createRequire(import.meta.url);
const projectRoot = join(import.meta.dirname, '..', '..');

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { 'config-path': { type: 'string' }, local: { type: 'boolean', default: false } },
  });
  const configPath = values['config-path'];
  if (configPath === undefined) {
    throw new Error('Jupyter starts this file with --config-path; choose the kernel in JupyterLab instead.');
  }
  // Compiled code of tslab, its TypeScript and the SDK is kept between kernels: they start faster.
  enableCompileCache(join(projectRoot, '.cache', 'node'));
  await prepareEnvironment(values.local);
  checkCellsOnly();
  await abortCallsOnInterrupt();
  endWithServer();
  describeLanguage();
  prepareCells();
  startTslab(configPath);
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
 * The stop button sends SIGINT. tslab lets go of the cell; this aborts the calls that the cell made through
 * `lib`, and those that its code goes on to make, which would otherwise be billed unseen.
 */
async function abortCallsOnInterrupt(): Promise<void> {
  const { interrupt, runInterruptible } = await import('../interrupt.ts');
  const { JupyterHandlerImpl } = require('tslab/dist/jupyter.js');
  const execute = JupyterHandlerImpl.prototype.handleExecuteImpl;
  JupyterHandlerImpl.prototype.handleExecuteImpl = function executeInterruptible(...request: unknown[]) {
    return runInterruptible(() => execute.apply(this, request));
  };
  process.on('SIGINT', interrupt);
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
  const { JupyterHandlerImpl } = require('tslab/dist/jupyter.js');
  const reply = JupyterHandlerImpl.prototype.handleKernel;
  JupyterHandlerImpl.prototype.handleKernel = function describeKernel() {
    return { ...reply.call(this), language_info: committedMetadata.language_info };
  };
}

/** What tslab does not understand in a cell, though TypeScript does, is written in the other way before it sees it. */
function prepareCells(): void {
  const ts = require('@tslab/typescript-for-tslab');
  const converters = require('tslab/dist/converter.js');
  const { createConverter } = converters;
  converters.createConverter = (options: unknown) => {
    const converter = createConverter(options);
    return {
      ...converter,
      convert: (declarations: string, source: string) =>
        converter.convert(declarations, prepareCell(ts, source)),
    };
  };
}

function startTslab(configPath: string): void {
  const { startKernel } = require('tslab/dist/main.js');
  const { ZmqServer } = require('tslab/dist/jupyter.js');
  sendWithoutWaiting(ZmqServer.prototype);
  // tslab waits for the event loop to run dry, which an open connection in a cell would prevent for ever.
  const close = ZmqServer.prototype.close;
  ZmqServer.prototype.close = function closeAndExit(): void {
    close.call(this);
    setTimeout(() => process.exit(0), 100).unref();
  };
  startKernel({ configPath, enableFindLocal: false, jsKernel: false, globalVersion: '' });
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
