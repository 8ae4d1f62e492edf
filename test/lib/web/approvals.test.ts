import { describe, expect, it } from 'vitest';
import { type ApprovalEvent, createApprovals } from '../../../lib/web/approvals.ts';

/** A visitor who is asked about one call; `told` is what the page has been told. */
function ask({ patience = 60_000, sessionId = 'own', input = { city: 'Berlin' } } = {}) {
  const approvals = createApprovals(patience);
  const told: ApprovalEvent[] = [];
  const stop = new AbortController();
  const approve = approvals.askerFor(sessionId, (event) => void told.push(event));
  const decision = approve(input, { toolUseId: 'call', name: 'book', signal: stop.signal });
  decision.catch(() => undefined);
  const asked = told[0]?.type === 'ask' ? told[0] : undefined;
  if (!asked) throw new Error('Nothing was asked.');
  const { question, digest } = asked;
  const decide = (isAllowed: boolean, other: object = {}, session = sessionId) =>
    approvals.decide(session, { question, digest, isAllowed, ...other });
  return { told, stop, decision, asked, decide };
}

describe('an approval', () => {
  it('is asked for with tool and input, and ends with what the visitor decides', async () => {
    const { asked, told, decision, decide } = ask();
    expect(asked).toMatchObject({ id: 'call', name: 'book', input: '{\n  "city": "Berlin"\n}' });
    expect(decide(true)).toBe('decided');
    expect(await decision).toBe(true);
    expect(told.at(-1)).toEqual({ type: 'asked', id: 'call', question: asked.question });
  });

  it('that is refused gives the reason', async () => {
    const { decision, decide } = ask();
    decide(false);
    expect(await decision).toBe('The visitor refused.');
  });

  it('is decided once', async () => {
    const { decision, decide } = ask();
    decide(false);
    await decision;
    expect(decide(true)).toBe('gone');
  });

  it('cannot be given for another session, nor for another call', () => {
    const { decide } = ask();
    expect(decide(true, {}, 'other')).toBe('gone');
    expect(decide(true, { question: 'call' })).toBe('gone');
  });

  it.each([undefined, '', 'f'.repeat(64)])(
    'is none when it was taken on something else: %s',
    async (digest) => {
      const { decision, decide } = ask();
      expect(decide(true, { digest })).toBe('changed');
      expect(await decision).toMatch(/had changed/);
    },
  );

  it('is none when the input has changed since', async () => {
    const input = { city: 'Berlin' };
    const { decision, decide } = ask({ input });
    input.city = 'Tokyo';
    expect(decide(true)).toBe('changed');
    expect(await decision).toMatch(/had changed/);
  });

  it('that nobody gives in time is refused', async () => {
    const { told, decision, decide } = ask({ patience: 5 });
    expect(await decision).toBe('Nobody answered in time.');
    expect(told.at(-1)).toMatchObject({ type: 'asked', id: 'call' });
    expect(decide(true)).toBe('gone');
  });

  it('is not given when the turn is stopped first', async () => {
    const { stop, decision, decide } = ask();
    stop.abort();
    await expect(decision).rejects.toThrow('abort');
    expect(decide(true)).toBe('gone');
  });
});
