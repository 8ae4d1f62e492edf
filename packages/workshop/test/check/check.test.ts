import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { countStep, formatReport } from '../../src/check/report.ts';
import { testEnvironment } from '../../src/check/steps.ts';
import { run } from '../setup/fake-machine.ts';

describe('the counts of a step', () => {
  it('without a report are one', () => {
    expect(countStep(true, undefined)).toEqual({ passed: 1, failed: 0 });
    expect(countStep(false, undefined)).toEqual({ passed: 0, failed: 1 });
  });

  it('are the report’s', () => {
    expect(countStep(true, '{"numPassedTests":5,"numFailedTests":0}')).toEqual({ passed: 5, failed: 0 });
    const failing = { status: 'failed', assertionResults: [{ status: 'failed' }] };
    const report = { numPassedTests: 5, numFailedTests: 1, testResults: [failing] };
    expect(countStep(false, JSON.stringify(report))).toEqual({ passed: 5, failed: 1 });
  });

  it('count a file that could not be loaded, and a failure that no test explains', () => {
    const unloaded = { status: 'failed', assertionResults: [] };
    const report = { numPassedTests: 5, numFailedTests: 0, testResults: [unloaded, unloaded] };
    expect(countStep(false, JSON.stringify(report))).toEqual({ passed: 5, failed: 2 });
    expect(countStep(false, '{"numPassedTests":5}')).toEqual({ passed: 5, failed: 1 });
    expect(countStep(false, '')).toEqual({ passed: 0, failed: 1 });
  });
});

describe('the report', () => {
  const step = { name: 'unit', succeeded: true, counts: { passed: 12, failed: 0 }, seconds: 3.14 };

  it('ends in one sentence', () => {
    const types = { name: 'types', succeeded: true, counts: { passed: 1, failed: 0 }, seconds: 1 };
    expect(formatReport([types, step], 95.4).split('\n').at(-1)).toBe(
      'All checks passed: 13 passed, 0 failed in 95 s',
    );
    const longest = { ...step, name: 'kernel-clients' };
    expect(formatReport([longest], 10)).toMatch(/kernel-clients +passed +12 +0 +3\.1 s/);
    const failing = { ...step, name: 'notebooks', succeeded: false, counts: { passed: 2, failed: 3 } };
    expect(formatReport([step, failing], 10).split('\n').at(-1)).toBe(
      'Checks failed (notebooks): 14 passed, 3 failed in 10 s',
    );
  });
});

it('tests see nothing of the person’s own AWS', () => {
  const own = { PATH: '/bin', AWS_PROFILE: 'work', AWS_SESSION_TOKEN: 't', AWS_REGION: 'eu-west-1' };
  const env = testEnvironment(own, '/project', ['/x/jupyter']);
  expect(env.AWS_PROFILE).toBeUndefined();
  expect(env.AWS_SESSION_TOKEN).toBeUndefined();
  expect(env).toMatchObject({ PATH: '/bin', AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'test' });
  expect(JSON.parse(env.JUPYTER_COMMAND ?? '')).toEqual(['/x/jupyter']);
});

describe('npm test', () => {
  const program = join(import.meta.dirname, '..', '..', 'src', 'check.ts');
  const check = (...args: string[]) => run(process.execPath, [program, ...args], { env: process.env });

  it('shows its usage', async () => {
    expect(await check('--help')).toMatchObject({ code: 0, stdout: expect.stringContaining('--only name') });
  });

  it('refuses a check that does not exist', async () => {
    const { code, stderr } = await check('--only', 'typos');
    expect(code).toBe(2);
    expect(stderr).toContain('There is no check named typos.\n\nUsage: npm test');
  });
});
