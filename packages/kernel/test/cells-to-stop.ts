/**
 * Run by tests: scripts as tslab runs cells, one after the other. Each writes a line and is over soon after it. Ends with
 * a line of JSON, after the last or where a signal is lost: how many scripts were broken by the signal, and how many signals
 * the listener heard.
 */
import { writeSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import vm from 'node:vm';
import { hearStops } from '../src/stop-signal.ts';

let heard = 0;
let broken = 0;
await hearStops();
process.on('SIGINT', () => {
  heard += 1;
});
Object.assign(globalThis, { say: () => writeSync(1, 'cell\n') });
for (let turn = 0; turn < Number(process.argv[2]); turn += 1) {
  const before = heard + broken;
  try {
    vm.runInThisContext('say(); for (let turn = 0; turn < 100_000; turn += 1);', { breakOnSigint: true });
  } catch {
    broken += 1;
  }
  for (let tries = 0; tries < 2000 && heard + broken === before; tries += 1) await wait(5);
  if (heard + broken === before) break;
}
console.log(JSON.stringify({ broken, heard }));
process.exit(0);
