/**
 * The thread that hears SIGINT for `stop-signal.ts`. A script that a signal may break is the only thing in Node that hears
 * one in another thread than the main one; while it runs, the signal comes here. Unless the main thread runs such a script
 * itself, one that began later: then it is broken there, and this thread does not hear of it.
 */
import { Session } from 'node:inspector';
import { performance } from 'node:perf_hooks';
import vm from 'node:vm';
import { parentPort, workerData } from 'node:worker_threads';

/** Milliseconds that the main thread has to hear of it: longer than a library takes to load. */
const graceMs = 2000;

/** @type {{ shared: Int32Array<SharedArrayBuffer>, heard: number, ownWork: number }} */
const { shared, heard, ownWork } = workerData;
const main = /** @type {import('node:worker_threads').MessagePort} */ (parentPort);
const script = new vm.Script('work()');
const never = new Int32Array(new SharedArrayBuffer(4));

/**
 * Does the work until it ends or a signal comes; says whether one came.
 *
 * @param {() => unknown} work
 */
function untilSignal(work) {
  Object.assign(globalThis, { work });
  try {
    script.runInThisContext({ breakOnSigint: true });
    return false;
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'ERR_SCRIPT_EXECUTION_INTERRUPTED') return true;
    throw error;
  }
}

/** A signal came that the main thread has not been told of. */
let untold = false;

function listen() {
  main.postMessage('ready');
  for (;;) {
    while (untold) {
      untold = false;
      untold = isNewAfter(tell());
    }
    untold = untilSignal(() => Atomics.wait(never, 0, 0));
  }
}

/** Tells the main thread; returns how many signals it had heard before. */
function tell() {
  const before = Atomics.load(shared, heard);
  main.postMessage('SIGINT');
  return before;
}

/**
 * Waits until the main thread has heard of a signal, the last one after `before`. Whoever presses stop a second time until
 * then wants no more than the first time; a signal that came while this thread was still on its way to hear that it has is
 * a new one.
 *
 * @type {(before: number) => boolean}
 */
function isNewAfter(before) {
  const deadline = performance.now() + graceMs;
  let cameAgain = false;
  do cameAgain = untilSignal(() => waitUntilHeard(before, deadline));
  while (cameAgain && Atomics.load(shared, heard) === before);
  return cameAgain;
}

/** @type {(before: number, deadline: number) => void} */
function waitUntilHeard(before, deadline) {
  let rest = Math.max(0, deadline - performance.now());
  while (Atomics.wait(shared, heard, before, rest) === 'timed-out') {
    if (Atomics.load(shared, ownWork) === 0) endWhatRuns();
    rest = graceMs;
  }
}

/** Ends the JavaScript that the main thread is running, which cannot catch it. The thread goes on with what comes next. */
function endWhatRuns() {
  const session = new Session();
  session.connectToMainThread();
  session.post('Runtime.terminateExecution');
  session.disconnect();
}

// Around the scripts that come and go, so that there is never a moment with none.
for (;;) if (untilSignal(listen)) untold = true;
