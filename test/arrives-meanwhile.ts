import { Worker } from 'node:worker_threads';

/**
 * Something that comes to this process from outside while it does something else.
 *
 * @param milliseconds how long it does that, at least
 */
export function arrivesMeanwhile(milliseconds: number) {
  let arrive = () => {};
  const arrival = new Promise<void>((resolve) => {
    arrive = resolve;
  });
  const beBusy = () => {
    const sent = new Int32Array(new SharedArrayBuffer(4));
    const program = `const { parentPort, workerData } = require('node:worker_threads');
      parentPort.postMessage('here');
      Atomics.store(workerData, 0, 1);
      Atomics.notify(workerData, 0);`;
    const busyUntil = performance.now() + milliseconds;
    new Worker(program, { eval: true, workerData: sent }).once('message', arrive);
    Atomics.wait(sent, 0, 0, 60_000);
    while (performance.now() < busyUntil);
  };
  return { arrival, beBusy };
}
