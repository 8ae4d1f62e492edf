import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LibError } from 'lib';
import { describe, expect, it, onTestFinished } from 'vitest';
import { mapAll, mapAllSettled } from '../../../lib/call/map-all.ts';
import { createPace, type PaceLimits } from '../../../lib/call/pace.ts';

const throttled = () => new LibError('Too many requests', { kind: 'throttled', hint: 'Wait.' });
const { signal } = new AbortController();

/** A pace with a clock of its own: when each of the calls began, in milliseconds, one after the other. */
async function begins(limits: PaceLimits, outcomes: readonly ({ result: unknown } | { error: unknown })[]) {
  let time = 0;
  const pace = createPace(
    limits,
    () => time,
    async (ms) => {
      time += ms;
    },
    () => 0.5,
  );
  const times: number[] = [];
  for (const outcome of outcomes) {
    await pace.begin(signal);
    times.push(Math.round(time));
    pace.end(outcome, 1);
  }
  return times;
}

const some = (count: number, outcome: { result: unknown } | { error: unknown } = { result: {} }) =>
  Array.from({ length: count }, () => outcome);

describe('a pace', () => {
  it('begins so many calls a minute, and saves nothing up', async () => {
    expect(await begins({ requestsPerMinute: 60 }, some(4))).toEqual([0, 1_000, 2_000, 3_000]);
  });

  it('keeps within so many tokens a minute, also before the first answer has told how many one has', async () => {
    const times = await begins(
      { tokensPerMinute: 6_000 },
      some(60, { result: { usage: { totalTokens: 200 } } }),
    );
    expect(times.at(-1)).toBeGreaterThanOrEqual(57 * 2_000);
    expect(times.at(-1)).toBeLessThanOrEqual(60 * 2_000);
  });

  it('pauses longer and longer while it is throttled, goes slower then, and comes back to its limit', async () => {
    const times = await begins({ requestsPerMinute: 600 }, [
      ...some(3, { error: throttled() }),
      ...some(400),
    ]);
    const gaps = times.slice(1).map((time, n) => time - (times[n] ?? 0));
    expect(gaps.slice(0, 3)).toEqual([1_000, 2_000, 4_000]);
    expect(gaps[4]).toBeGreaterThan(500);
    expect(gaps.at(-1)).toBe(100);
  });

  it('does again what was throttled, ten times, and nothing else', () => {
    const pace = createPace({});
    expect(pace.end({ error: throttled() }, 9)).toBe(true);
    expect(pace.end({ error: throttled() }, 10)).toBe(false);
    expect(pace.end({ error: new Error('other') }, 1)).toBe(false);
    expect(pace.end({ result: 1 }, 1)).toBe(false);
  });
});

describe('mapAll', () => {
  it('gives every result although some calls were throttled', async () => {
    let calls = 0;
    const results = await mapAll(
      [1, 2, 3],
      async (input) => {
        if (++calls === 2) throw throttled();
        return input * 10;
      },
      { pace: {} },
    );
    expect(results).toEqual([10, 20, 30]);
    expect(calls).toBe(4);
  });

  it('goes on from its file: what was done is not done again, a cut line and a changed input are', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'resume-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const resumeFile = join(folder, 'done.jsonl');
    const done: string[] = [];
    const work = async (input: string) => {
      if (input === 'bad') throw new Error('no');
      done.push(input);
      return { said: input.toUpperCase() };
    };
    await mapAllSettled(['a', 'b', 'bad'], work, { resumeFile });
    appendFileSync(resumeFile, '{"key": "0 cut');
    done.length = 0;
    const progress: number[] = [];
    const options = { resumeFile, onProgress: ({ done: count }: { done: number }) => progress.push(count) };
    expect(await mapAll(['a', 'B', 'c'], work, options)).toEqual([
      { said: 'A' },
      { said: 'B' },
      { said: 'C' },
    ]);
    expect(done.toSorted()).toEqual(['B', 'c']);
    expect(progress.at(-1)).toBe(3);
    done.length = 0;
    await mapAll(['a', 'B', 'c'], work, { resumeFile });
    expect(done).toEqual([]);
    expect(readFileSync(resumeFile, 'utf8')).toContain('\n{"key":"2 ');
  });

  it('refuses a pace that is none, and a file that cannot be', async () => {
    const work = async () => 1;
    await expect(mapAll([1], work, { pace: { requestsPerMinute: 0 } })).rejects.toMatchObject({
      kind: 'request',
    });
    await expect(mapAll([1], work, { resumeFile: '/nowhere/at/all' })).rejects.toMatchObject({
      kind: 'file',
    });
  });
});
