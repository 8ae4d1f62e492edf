import type { Insertion } from './cell-source.ts';
import type { TypeScript } from './compiler.ts';
import { currentCell } from './running-cell.ts';

type Node = import('@tslab/typescript-for-tslab').Node;
type SourceFile = import('@tslab/typescript-for-tslab').SourceFile;
type Statement = import('@tslab/typescript-for-tslab').Statement;

/** A name that no cell uses. */
const markName = 'bedrock-kernel: at line';

/**
 * What to put before each statement of a cell that waits for something, so that the kernel knows the line when it fails.
 * The stack of an error does not always say: it ends where a promise was made by hand, as in every queue.
 */
export function markStatements(ts: TypeScript, file: SourceFile): readonly Insertion[] {
  const insertions: Insertion[] = [];

  function visitList(statements: readonly Statement[]): void {
    for (const statement of statements) {
      if (waits(statement)) {
        const at = statement.getStart();
        const line = file.getLineAndCharacterOfPosition(at).line + 1;
        insertions.push({ at, text: `globalThis["${markName}"](${line});` });
      }
      visit(statement);
    }
  }

  function visit(node: Node): void {
    if (ts.isFunctionLike(node) || ts.isClassLike(node)) return;
    if (ts.isBlock(node) || ts.isCaseOrDefaultClause(node)) visitList(node.statements);
    else ts.forEachChild(node, visit);
  }

  /** Whether the statement has an `await` that is the cell's own, not a function's. */
  function waits(node: Node): boolean {
    if (ts.isFunctionLike(node) || ts.isClassLike(node)) return false;
    if (ts.isAwaitExpression(node) || (ts.isForOfStatement(node) && node.awaitModifier)) return true;
    return ts.forEachChild(node, waits) ?? false;
  }

  visitList(file.statements);
  return insertions;
}

/** Gives cells what the marks call. */
export function noteMarks(): void {
  const note = (line: number) => {
    const cell = currentCell();
    if (cell !== undefined) cell.line = line;
  };
  Object.defineProperty(globalThis, markName, { value: note, enumerable: false });
}
