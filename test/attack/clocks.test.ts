import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { endProcessTree, graceMs } from '../../packages/workshop/src/setup/processes.mjs';
import { fakeMachine, run, untilThere } from '../../packages/workshop/test/setup/fake-machine.ts';

/** From its second reading on, the clock of this process is an hour off. */
function letClockJump(hours: number): void {
  const { now } = Date;
  let readings = 0;
  const jumping = vi.spyOn(Date, 'now').mockImplementation(() => {
    readings += 1;
    return now() + (readings > 1 ? hours * 3_600_000 : 0);
  });
  onTestFinished(() => jumping.mockRestore());
}

it('a clock that jumps forward leaves programs the time to end in order', async () => {
  const { root, env } = fakeMachine();
  const script = `trap '/bin/sleep 0.3; echo yes > orderly; exit 0' TERM; echo yes > ready; while :; do /bin/sleep 0.05; done`;
  await run('/bin/sh', ['-c', script], {
    env,
    cwd: root,
    during: async (pid) => {
      await untilThere(join(root, 'ready'));
      letClockJump(1);
      await endProcessTree(pid);
    },
  });
  expect(existsSync(join(root, 'orderly'))).toBe(true);
});

it('a clock that jumps back does not prolong the time in which a program must end', async () => {
  const { root, env } = fakeMachine();
  const began = performance.now();
  await run('/bin/sh', ['-c', `trap '' TERM; echo yes > ready; while :; do /bin/sleep 0.05; done`], {
    env,
    cwd: root,
    during: async (pid) => {
      await untilThere(join(root, 'ready'));
      letClockJump(-1);
      await endProcessTree(pid);
    },
  });
  expect(performance.now() - began).toBeGreaterThan(graceMs);
});
