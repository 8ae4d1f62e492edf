import { createRequire } from 'node:module';
import { type AgentResult, showTrace, traceSvg, traceText } from 'lib';
import { expect, it, vi } from 'vitest';
import { calls, says, withAgent } from '../agent/scripted-agent.ts';

const scripts = (id: string) => [
  calls([`${id}1`, 'weather', { city: '<b>Ube</b>' }], [`${id}2`, 'weather', {}]),
  says('Rain & wind.'),
];
const resultOf = (id: string) => withAgent(scripts(id), (agent) => agent.run('Weather?'));

it('the picture of the same steps has the same bytes, and shows nothing as markup', async () => {
  const svg = traceSvg(await resultOf('a'));
  expect(traceSvg(await resultOf('b'))).toBe(svg);
  expect(svg).toContain('&lt;b&gt;Ube&lt;/b&gt;');
  expect(svg).toContain('Rain &amp; wind.');
  expect(svg).not.toContain('<b>');
  expect(svg.match(/<rect /g)).toHaveLength(5);
});

it('is an image with a ground of its own, as an untrusted notebook shows no SVG elements', async () => {
  const shown: string[] = [];
  vi.stubGlobal('__tslab__', {});
  vi.spyOn(createRequire(import.meta.url)('tslab').display, 'html').mockImplementation((html) => {
    shown.push(String(html));
  });
  showTrace(await resultOf('a'));
  expect(shown).toHaveLength(1);
  const [, alt, svg = ''] =
    /^<img alt="(Step 1[^"]*; Answered)" src="data:image\/svg\+xml,([^"]*)"[^<]*>$/.exec(shown[0] ?? '') ??
    [];
  expect(alt).toContain('weather({}) invalid-input');
  expect(decodeURIComponent(svg)).toContain('style="color:var(--ink);background:var(--paper)"');
});

it('the lines say what was called, what failed and how it ended', async () => {
  const lines = traceText(await resultOf('a')).split('\n');
  expect(lines).toHaveLength(5);
  expect(lines[2]).toMatch(/^ {2}weather\(\{\}\) invalid-input: /);
  expect(lines[4]).toBe('Answered: Rain & wind.');
});

it('a run that ended without an answer says why', () => {
  const record = { text: '', steps: [], usage: undefined, costUsd: undefined, notices: [] };
  const limited: AgentResult = { ...record, outcome: 'limit', limit: 'time', explanation: 'Late.' };
  expect(traceText(limited)).toBe('  Limit: time: Late.');
  const objection = { check: 'c', reason: 'No.' };
  expect(traceText({ ...record, outcome: 'blocked', by: 'input', objection })).toBe('  Blocked: input: No.');
});
