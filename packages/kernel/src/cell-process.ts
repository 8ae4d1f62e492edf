import { delimiter, dirname } from 'node:path';
import { currentCell } from './running-cell.ts';

/**
 * The process as cells see it: they cannot end it, and with it what all other cells have declared; and what they start
 * finds the Node that they run on, not another one of the machine's.
 */
export function lendProcessToCells(): void {
  const exit = process.exit.bind(process);
  process.exit = (code) => {
    if (currentCell() === undefined) return exit(code);
    throw new Error(
      'process.exit would end the kernel, and with it all that the cells have declared. To end a cell early, throw an error, or put the code into a function and return; to begin anew, choose Kernel > Restart Kernel.',
    );
  };
  process.abort = () => {
    throw new Error(
      'process.abort would end the kernel, and with it all that the cells have declared. To end a cell early, throw an error; to begin anew, choose Kernel > Restart Kernel.',
    );
  };
  keepListeners();
  const folder = dirname(process.execPath);
  const { PATH = '' } = process.env;
  if (PATH.split(delimiter)[0] !== folder) process.env.PATH = `${folder}${delimiter}${PATH}`;
}

/** `process.removeAllListeners()` of a cell's leaves those of the kernel, which keep it alive and send its last words. */
function keepListeners(): void {
  const own = process.eventNames().map((event) => ({ event, listeners: process.rawListeners(event) }));
  const remove = process.removeAllListeners.bind(process);
  process.removeAllListeners = (...events) => {
    remove(...events);
    for (const { event, listeners } of own) {
      if (events.length > 0 && events[0] !== event) continue;
      for (const listener of listeners) process.on(event, listener as () => void);
    }
    return process;
  };
}
