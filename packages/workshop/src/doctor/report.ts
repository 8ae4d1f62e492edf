import type { Finding, FindingState } from 'lib/access';
import { wrap } from '../setup/wrap.mjs';

const marks: Readonly<Record<FindingState, string>> = { ok: '✓', warning: '!', problem: '✗', unknown: '?' };
const labelWidth = 14;

/** Findings under a heading, each with its fix, wrapped; a policy is left as it is, so that it can be copied. Pure. */
export function formatFindings(heading: string, findings: readonly Finding[], columns = 79): string {
  const indent = ' '.repeat(labelWidth + 2);
  const lines = findings.flatMap(({ what, state, text, fix }) => {
    const [first = '', ...rest] = wrap(text, columns - indent.length);
    const shown = state === 'ok' ? undefined : fix;
    return [
      `${marks[state]} ${what.padEnd(labelWidth)}${first}`,
      ...rest.map((line) => indent + line),
      ...(shown === undefined ? [] : formatFix(shown, columns - indent.length).map((line) => indent + line)),
    ];
  });
  return [heading, ...lines].join('\n');
}

function formatFix(fix: string, columns: number): readonly string[] {
  const [words = '', ...verbatim] = fix.split('\n');
  return [...wrap(`Next step: ${words}`, columns), ...verbatim];
}

/** Such as `2 problems, 1 warning`. Pure. */
export function summarise(findings: readonly Finding[]): string {
  const count = (state: FindingState, one: string) => {
    const number = findings.filter((finding) => finding.state === state).length;
    return number === 0 ? [] : [`${number} ${one}${number === 1 ? '' : 's'}`];
  };
  return [...count('problem', 'problem'), ...count('warning', 'warning')].join(', ') || 'Nothing is wrong';
}
