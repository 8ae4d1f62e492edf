import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { accessStates } from '../src/access.ts';
import { faultNames } from '../src/faults/kinds.ts';
import { piiPatterns } from '../src/guardrails/pii.ts';
import { operations } from '../src/operations/table.ts';

const page = readFileSync(new URL('../../../docs/local-bedrock.md', import.meta.url), 'utf8');

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
