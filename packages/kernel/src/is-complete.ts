import type { TypeScript } from './compiler.ts';

type Completeness =
  | { readonly status: 'complete' | 'invalid' }
  | { readonly status: 'incomplete'; readonly indent: string };

type Parsed = import('typescript-for-cells').SourceFile & {
  readonly parseDiagnostics: readonly { readonly start?: number; readonly code: number }[];
};

/** Makes the text a module, in which `await` may stand anywhere. */
const prefix = 'export {};';

/** "Unterminated template literal." and "'*\/' expected.": what may go on over lines, and has begun before the end. */
const goesOn = [1160, 1010];

/** "Unterminated string literal.": a string ends on its line. */
const endsHere = 1002;

const oneLevel = '  ';

/**
 * Whether a console should run what was typed, or wait for more lines: what the parser misses at the very end may still
 * come, and nothing else will.
 */
export function isComplete(ts: TypeScript, code: string): Completeness {
  const file = ts.createSourceFile('cell.ts', prefix + code, ts.ScriptTarget.ESNext) as Parsed;
  const first = file.parseDiagnostics[0];
  if (first === undefined) return { status: 'complete' };
  const isAtEnd = (first.start ?? 0) >= (prefix + code).trimEnd().length;
  const isOpen = goesOn.includes(first.code) || (isAtEnd && first.code !== endsHere);
  if (!isOpen) return { status: 'invalid' };
  return { status: 'incomplete', indent: indentAfter(code) };
}

/** As the last line, and one level deeper behind an open bracket. */
function indentAfter(code: string): string {
  const line = code.trimEnd().split('\n').at(-1) ?? '';
  const own = /^\s*/.exec(line)?.[0] ?? '';
  return /[({[]$/.test(line) ? own + oneLevel : own;
}
