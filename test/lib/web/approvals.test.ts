import { describe, expect, it } from 'vitest';
import { type ApprovalEvent, createApprovals } from '../../../lib/web/approvals.ts';

/** A visitor who is asked about one call; `told` is what the page has been told. */
function ask({ patience = 60_000, sessionId = 'own' } = {}) {
  const approvals = createApprovals(patience);
  const told: ApprovalEvent[] = [];
  const stop = new AbortController();
  const approve = approvals.askerFor(sessionId, (event) => void told.push(event));
  const decision = approve({ city: 'Berlin' }, { toolUseId: 'call', signal: stop.signal });
  decision.catch(() => undefined);
  return { approvals, told, stop, decision };
}

describe('an approval', () => {
  it('is asked for with the input, and ends with what the visitor decides', async () => {
    const { approvals, told, decision } = ask();
    expect(told).toEqual([{ type: 'ask', id: 'call', input: '{\n  "city": "Berlin"\n}' }]);
    expect(approvals.decide('own', 'call', true)).toBe(true);
    expect(await decision).toBe(true);
    expect(told.at(-1)).toEqual({ type: 'asked', id: 'call' });
  });

  it('that is refused gives the reason', async () => {
    const { approvals, decision } = ask();
    approvals.decide('own', 'call', false);
    expect(await decision).toBe('The visitor refused.');
  });

  it('is decided once', async () => {
    const { approvals, decision } = ask();
    approvals.decide('own', 'call', false);
    await decision;
    expect(approvals.decide('own', 'call', true)).toBe(false);
  });

  it('cannot be given for another session, nor for another call', () => {
    const { approvals } = ask();
    expect(approvals.decide('other', 'call', true)).toBe(false);
    expect(approvals.decide('own', 'other', true)).toBe(false);
  });

  it('that nobody gives in time is refused', async () => {
    const { approvals, told, decision } = ask({ patience: 5 });
    expect(await decision).toBe('Nobody answered in time.');
    expect(told.at(-1)).toEqual({ type: 'asked', id: 'call' });
    expect(approvals.decide('own', 'call', true)).toBe(false);
  });

  it('is not given when the turn is stopped first', async () => {
    const { approvals, stop, decision } = ask();
    stop.abort();
    await expect(decision).rejects.toThrow('abort');
    expect(approvals.decide('own', 'call', true)).toBe(false);
  });
});
