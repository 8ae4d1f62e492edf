import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { faultNames } from '../src/faults/fault.ts';
import { piiPatterns } from '../src/guardrails/sensitive-information.ts';
import { accessStates } from '../src/models/access.ts';
import { operations } from '../src/operations/all-operations.ts';

const page = readFileSync(new URL('../README.md', import.meta.url), 'utf8');

describe('the page on the local endpoint', () => {
  it('names every operation, and no other', () => {
    const [, runtime = '', controlPlane = ''] =
      /\| runtime \| (.+) \|\n\| control plane \| (.+) \|/.exec(page) ?? [];
    expect([...runtime.split(', '), ...controlPlane.split(', ')].sort()).toEqual(
      operations.map(({ name }) => name).sort(),
    );
  });

  it.each(faultNames)('names the fault %s', (name) => {
    expect(page).toContain(`\`${name}\``);
  });

  it.each(accessStates)('names the lack of access %s', (state) => {
    expect(page).toContain(`\`${state}\``);
  });

  it('names the personal information that guardrails find', () => {
    for (const type of Object.keys(piiPatterns)) expect(page).toContain(type);
  });
});
