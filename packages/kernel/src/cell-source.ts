/** The part of the compiler's API that is used here; the kernel brings its own TypeScript. */
type TypeScript = typeof import('@tslab/typescript-for-tslab');
type Node = import('@tslab/typescript-for-tslab').Node;
type SourceFile = import('@tslab/typescript-for-tslab').SourceFile;

/** What the compiler's parser leaves behind, and its types do not name: the errors of syntax that it recovered from. */
type ParsedFile = SourceFile & { readonly parseDiagnostics: readonly unknown[] };

/** A text to put in at a position of the source. */
export interface Insertion {
  readonly at: number;
  readonly text: string;
}

/** The cell as it was parsed; `undefined` when it cannot be: then nothing is put in, and the kernel says what is wrong. */
export function parseCell(ts: TypeScript, source: string): SourceFile | undefined {
  const file = ts.createSourceFile('cell.ts', source, ts.ScriptTarget.ESNext, true) as ParsedFile;
  return file.parseDiagnostics.length === 0 ? file : undefined;
}

export function insertInto(source: string, insertions: readonly Insertion[]): string {
  return [...insertions]
    .sort((one, other) => other.at - one.at)
    .reduce((text, { at, text: added }) => text.slice(0, at) + added + text.slice(at), source);
}

/**
 * What to put into a cell so that tslab understands it. Two things that are good TypeScript fail in its cells, and are
 * written here in the other way that TypeScript has for them; no line is added, so that error messages name the cell's
 * own lines:
 *
 * - `{ name }` does not find a variable of an earlier cell, and `{ name: name }` does;
 * - `for await`, `await (…)` and `await […]` alone do not make a cell asynchronous, and a plain `await` does.
 *
 * @returns the insertions, in no order
 */
export function findInsertions(ts: TypeScript, file: SourceFile): readonly Insertion[] {
  const insertions: Insertion[] = [];
  let waits = false;

  function visit(node: Node, isTopLevel: boolean): void {
    if (ts.isShorthandPropertyAssignment(node)) {
      insertions.push({ at: node.name.getEnd(), text: `: ${node.name.text}` });
    }
    if (isTopLevel && waitsUnseen(node)) waits = true;
    const inside = isTopLevel && !ts.isFunctionLike(node) && !ts.isClassLike(node);
    ts.forEachChild(node, (child) => visit(child, inside));
  }

  /** `for await`, or an `await` that is read as the call or the index of something with that name. */
  function waitsUnseen(node: Node): boolean {
    if (ts.isForOfStatement(node)) return node.awaitModifier !== undefined;
    if (!ts.isCallExpression(node) && !ts.isElementAccessExpression(node)) return false;
    return ts.isIdentifier(node.expression) && node.expression.text === 'await';
  }

  visit(file, true);
  const begun = waits ? [{ at: file.statements[0]?.getStart() ?? 0, text: 'await null; ' }] : [];
  return [...begun, ...insertions];
}

/**
 * Where a column of the prepared cell stands in the cell as it was written, both from 1. What was put in counts as the
 * place where it was.
 */
export function writtenColumn(
  source: string,
  insertions: readonly Insertion[],
  { line, column }: { readonly line: number; readonly column: number },
): number {
  const start =
    source
      .split('\n')
      .slice(0, line - 1)
      .join('\n').length + (line > 1 ? 1 : 0);
  const end = start + (source.split('\n')[line - 1]?.length ?? 0);
  let written = column;
  for (const { at, text } of [...insertions].sort((one, other) => one.at - other.at)) {
    if (at < start || at > end) continue;
    const place = at - start + 1;
    if (written > place) written = Math.max(place, written - text.length);
  }
  return written;
}
