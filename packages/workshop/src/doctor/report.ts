import { homedir } from 'node:os';
import type { Finding, FindingState } from 'lib/access';
import { joinLines, type Notebook } from '../notebook-file.ts';
import { wrap } from '../setup/cli.mjs';

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

/** Variables whose values nobody else may see. */
const secrets = [
  'AWS_ACCESS_KEY_ID',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
  'AWS_BEARER_TOKEN_BEDROCK',
  'AWS_CONTAINER_AUTHORIZATION_TOKEN',
];
/** A shorter value is a placeholder, and would be found in words. */
const shortestSecret = 8;

/** The text without account ids, access keys, secrets, passwords in addresses, names of IAM users and the home folder. */
export function redact(text: string, env: NodeJS.ProcessEnv = process.env, home = homedir()): string {
  let result = text;
  for (const value of secrets.map((name) => env[name] ?? '')) {
    if (value.length >= shortestSecret) result = result.replaceAll(value, '<secret>');
  }
  if (home.length > 1) result = result.replaceAll(home, '~');
  return result
    .replace(/(?<![\w.-])(?:A[KS]IA|ABSK)[\w+/=-]{8,}/g, '<key>')
    .replace(/(?<=:\/\/)[^\s/@]+@/g, '<password>@')
    .replace(/(?<=:(?:user|role|assumed-role|federated-user)\/)[^\s"]+/g, '<name>')
    .replace(/(?<!\d)\d{12}(?!\d)/g, '<account>');
}

/** The models that a notebook says it uses: those its `preflight([...])` names, in their order. Pure. */
export function modelsOfNotebook(notebook: Notebook): readonly string[] {
  const code = notebook.cells
    .filter((cell) => cell.cell_type === 'code')
    .map(({ source }) => joinLines(source));
  const listed = code.flatMap((source) => /\bpreflight\(\[([^\]]*)\]/.exec(source)?.[1] ?? []).join(',');
  return [...new Set([...listed.matchAll(/'([^']+)'|"([^"]+)"/g)].map(([, one, two]) => one ?? two ?? ''))];
}
