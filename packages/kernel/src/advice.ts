import { existsSync, readFileSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { compiler } from './compiler.ts';
import type { KernelHooks } from './hooks.ts';
import type { CellFailure, UnfinishedName } from './running-cell.ts';

/** A cell that was sent, and what became of it. */
interface Attempt {
  /** Jupyter's number; absent for one that was not run at all. */
  readonly count?: number;
  readonly source: string;
  readonly isDone: boolean;
}

export interface Advisor {
  /** Keeps what became of a cell. */
  remember(attempt: Attempt): void;
  /** What a person can do about what the compiler found in a cell, one piece of advice a line. */
  adviseOn(source: string, failure: CellFailure): readonly string[];
  /** Those of the names that the last cell which declares them, and is not this one, did not come to its end with. */
  unfinished(source: string, names: readonly string[]): readonly UnfinishedName[];
}

/** Of each name only the newest cell counts, and nobody asks about those of long ago. */
const mostKept = 200;

/** "Cannot find name 'x'.", with or without what it could have been, and the same of `{ x }`. */
const missingName = /^(?:Cannot find name|No value exists in scope for the shorthand property) '([\w$]+)'/;

/**
 * Knows of the notebook what the compiler cannot: which cells there are, and what became of them; and of the project
 * what has moved.
 */
export function createAdvisor(
  notebook = notebookFile(),
  adviseOnMessage: KernelHooks['adviseOnMessage'] = () => undefined,
): Advisor {
  const attempts: Attempt[] = [];

  function adviseOnName(name: string): string | undefined {
    const attempt = attempts.findLast(({ source }) => declares(source, name));
    if (attempt?.isDone) return undefined;
    if (attempt?.count !== undefined) {
      return `${name} is declared in cell [${attempt.count}], which did not end well: put that one right and run it again.`;
    }
    if (attempt === undefined) {
      const place = cellsOf(notebook).findIndex((source) => declares(source, name));
      if (place === -1) return undefined;
      return `${name} is declared in code cell ${place + 1} of this notebook, which has not run: choose Run > Run All Above Selected Cell.`;
    }
    return `${name} is declared in a cell that was not run, because one before it failed: run it first.`;
  }

  return {
    remember: (attempt) => {
      attempts.push(attempt);
      if (attempts.length > mostKept) attempts.shift();
    },
    unfinished: (source, names) =>
      names.flatMap((name) => {
        if (declares(source, name)) return [];
        const attempt = attempts.findLast((each) => declares(each.source, name));
        if (attempt === undefined || attempt.isDone) return [];
        return [{ name, ...(attempt.count !== undefined && { cell: attempt.count }) }];
      }),
    adviseOn: (source, failure) => {
      if (!('diagnostics' in failure)) return [];
      const command = adviseOnCommand(source);
      if (command !== undefined) return [command];
      const messages = failure.diagnostics.filter(({ fileName }) => fileName === undefined);
      const names = new Set(messages.flatMap(({ message }) => missingName.exec(message)?.[1] ?? []));
      return [
        ...[...names].flatMap((name) => adviseOnName(name) ?? []),
        ...new Set(messages.flatMap(({ message }) => adviseOnMessage(message) ?? [])),
      ];
    },
  };
}

/** What to write in the place of a command of Python's notebooks: `!ls`, `%pip install x`, `%%time`. */
function adviseOnCommand(source: string): string | undefined {
  const found = /^[ \t]*(?<mark>!|%%?)(?<name>[a-z]\w*)(?:[ \t]+(?<rest>.*))?$/m.exec(source)?.groups;
  if (found === undefined) return undefined;
  const { mark, name = '', rest = '' } = found;
  if (/^(pip3?|conda|npm|yarn|pnpm)$/.test(name)) {
    const packages = rest.replace(/^(install|i|add)\s+/, '') || 'name';
    return `Packages come from npm here: run npm install ${packages} in a terminal (File > New > Terminal), in the project's folder.`;
  }
  if (mark === '!') {
    const command = JSON.stringify(`${name} ${rest}`.trim());
    return `A line with ! is for Python's kernel. Use a terminal (File > New > Terminal), or write: import { execSync } from 'node:child_process'; console.log(execSync(${command}, { encoding: 'utf8' }));`;
  }
  if (/^time(it)?$/.test(name)) {
    return `A line with % is for Python's kernel. Write console.time('cell'); before what you measure, and console.timeEnd('cell'); behind it.`;
  }
  return `A line with % is for Python's kernel; TypeScript has no such commands. In a cell there is TypeScript only.`;
}

function declares(source: string, name: string): boolean {
  if (!source.includes(name)) return false;
  const ts = compiler();
  type Node = import('typescript-for-cells').Node;
  const isName = (node: Node | undefined): boolean =>
    node !== undefined &&
    (ts.isIdentifier(node)
      ? node.text === name
      : (ts.isObjectBindingPattern(node) || ts.isArrayBindingPattern(node)) &&
        node.elements.some((element) => ts.isBindingElement(element) && isName(element.name)));
  return ts.createSourceFile('cell.ts', source, ts.ScriptTarget.ESNext).statements.some((statement) => {
    if (ts.isVariableStatement(statement)) {
      return statement.declarationList.declarations.some((declaration) => isName(declaration.name));
    }
    if (ts.isImportDeclaration(statement)) {
      const { name: own, namedBindings: named } = statement.importClause ?? {};
      if (isName(own)) return true;
      if (named === undefined) return false;
      return ts.isNamespaceImport(named)
        ? isName(named.name)
        : named.elements.some((each) => isName(each.name));
    }
    return (
      (ts.isFunctionDeclaration(statement) ||
        ts.isClassDeclaration(statement) ||
        ts.isEnumDeclaration(statement) ||
        ts.isInterfaceDeclaration(statement) ||
        ts.isTypeAliasDeclaration(statement)) &&
      isName(statement.name)
    );
  });
}

/**
 * The notebook that a kernel is started for, as Jupyter's server names it; other programs do not. The kernel runs in the
 * notebook's folder, which is in the name twice where a session was asked for by the path from the server's folder.
 */
export function notebookFile(): string | undefined {
  const path = process.env.JPY_SESSION_NAME;
  if (!path?.endsWith('.ipynb')) return undefined;
  return [resolve(path), resolve(basename(path))].find((file) => existsSync(file));
}

/** The sources of a notebook's code cells, as it was saved last. */
function cellsOf(notebook: string | undefined): readonly string[] {
  if (notebook === undefined) return [];
  try {
    const { cells } = JSON.parse(readFileSync(notebook, 'utf8')) as {
      cells: readonly { readonly cell_type: string; readonly source: string | readonly string[] }[];
    };
    return cells
      .filter(({ cell_type }) => cell_type === 'code')
      .map(({ source }) => (typeof source === 'string' ? source : source.join('')));
  } catch {
    return [];
  }
}
