import { describe, expect, it } from 'vitest';
import { createUnderway } from '../../../lib/web/underway.ts';

describe('an answer under way', () => {
  it('is the only one of its session until it has ended', () => {
    const underway = createUnderway();
    const turn = underway.begin('one');
    expect([underway.has('one'), underway.has('other'), underway.size()]).toEqual([true, false, 1]);
    turn.end();
    expect([underway.has('one'), underway.size()]).toEqual([false, 0]);
  });

  it('is stopped by its session, and waited for', async () => {
    const underway = createUnderway();
    const turn = underway.begin('one');
    const other = underway.begin('other');
    let isStopped = false;
    const stopping = underway.stop('one').then((found) => {
      isStopped = found;
    });
    expect([turn.signal.aborted, other.signal.aborted]).toEqual([true, false]);
    await Promise.resolve();
    expect(isStopped).toBe(false);
    turn.end();
    await stopping;
    expect(isStopped).toBe(true);
    expect(await underway.stop('one')).toBe(false);
  });

  it('is waited for by a reader only when it has been stopped', async () => {
    const underway = createUnderway();
    const turn = underway.begin('one');
    await underway.settled('one');
    turn.stop();
    let isSettled = false;
    const settling = underway.settled('one').then(() => {
      isSettled = true;
    });
    await Promise.resolve();
    expect(isSettled).toBe(false);
    turn.end();
    await settling;
  });

  it('does not hold up the end of the page when it does not stop', async () => {
    const underway = createUnderway();
    const turn = underway.begin('one');
    await underway.stopAll(5);
    expect(turn.signal.aborted).toBe(true);
    expect(underway.has('one')).toBe(true);
  });
});
