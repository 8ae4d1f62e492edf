import { describe, expect, it } from 'vitest';
import { createRunningTurns } from '../../../lib/web/run-turn.ts';

describe('an answer under way', () => {
  it('is the only one of its session until it has ended', () => {
    const runningTurns = createRunningTurns();
    const turn = runningTurns.begin('one');
    expect([runningTurns.has('one'), runningTurns.has('other'), runningTurns.size()]).toEqual([
      true,
      false,
      1,
    ]);
    turn.end();
    expect([runningTurns.has('one'), runningTurns.size()]).toEqual([false, 0]);
  });

  it('is stopped by its session, and waited for', async () => {
    const runningTurns = createRunningTurns();
    const turn = runningTurns.begin('one');
    const other = runningTurns.begin('other');
    let isStopped = false;
    const stopping = runningTurns.stop('one').then((found) => {
      isStopped = found;
    });
    expect([turn.signal.aborted, other.signal.aborted]).toEqual([true, false]);
    await Promise.resolve();
    expect(isStopped).toBe(false);
    turn.end();
    await stopping;
    expect(isStopped).toBe(true);
    expect(await runningTurns.stop('one')).toBe(false);
  });

  it('is waited for by a reader only when it has been stopped', async () => {
    const runningTurns = createRunningTurns();
    const turn = runningTurns.begin('one');
    await runningTurns.settled('one');
    turn.stop();
    let isSettled = false;
    const settling = runningTurns.settled('one').then(() => {
      isSettled = true;
    });
    await Promise.resolve();
    expect(isSettled).toBe(false);
    turn.end();
    await settling;
  });

  it('does not hold up the end of the page when it does not stop', async () => {
    const runningTurns = createRunningTurns();
    const turn = runningTurns.begin('one');
    await runningTurns.stopAll(5);
    expect(turn.signal.aborted).toBe(true);
    expect(runningTurns.has('one')).toBe(true);
  });
});
