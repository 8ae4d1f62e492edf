import type { Node, Statement } from 'typescript-for-cells';
import { compiler } from './compiler.ts';

type BindingName = import('typescript-for-cells').BindingName;

/** The names that a pattern binds. */
export function boundNames(name: BindingName): string[] {
  const ts = compiler();
  if (ts.isIdentifier(name)) return [name.text];
  return name.elements.flatMap((element) => (ts.isBindingElement(element) ? boundNames(element.name) : []));
}

/**
 * The names that a node of JavaScript declares for what is inside it, and nothing for a node that is no scope. What
 * stands there under one of them is not the notebook's variable with that name.
 */
export function namesInside(node: Node): string[] | undefined {
  const ts = compiler();
  if (ts.isFunctionLike(node)) {
    const own = ts.isFunctionExpression(node) && node.name !== undefined ? [node.name.text] : [];
    const body = (node as { body?: Node }).body;
    return [
      ...own,
      ...node.parameters.flatMap((parameter) => boundNames(parameter.name)),
      ...(body !== undefined && ts.isBlock(body)
        ? [...blockNames(body.statements), ...hoistedNames(body)]
        : []),
    ];
  }
  if (ts.isClassLike(node)) return node.name === undefined ? [] : [node.name.text];
  if (ts.isBlock(node)) return blockNames(node.statements);
  if (ts.isCaseBlock(node)) return node.clauses.flatMap(({ statements }) => blockNames(statements));
  if (ts.isClassStaticBlockDeclaration(node)) return hoistedNames(node.body);
  if (ts.isForStatement(node) || ts.isForInStatement(node) || ts.isForOfStatement(node)) {
    const { initializer } = node;
    if (initializer === undefined || !ts.isVariableDeclarationList(initializer) || isVar(initializer))
      return [];
    return initializer.declarations.flatMap(({ name }) => boundNames(name));
  }
  if (ts.isCatchClause(node))
    return node.variableDeclaration === undefined ? [] : boundNames(node.variableDeclaration.name);
  return undefined;
}

export function isVar(list: import('typescript-for-cells').VariableDeclarationList): boolean {
  return (list.flags & compiler().NodeFlags.BlockScoped) === 0;
}

/** What the statements of one block declare for the block. */
function blockNames(statements: readonly Statement[]): string[] {
  const ts = compiler();
  return statements.flatMap((statement) => {
    if (ts.isVariableStatement(statement) && !isVar(statement.declarationList))
      return statement.declarationList.declarations.flatMap(({ name }) => boundNames(name));
    if (ts.isFunctionDeclaration(statement) || ts.isClassDeclaration(statement))
      return statement.name === undefined ? [] : [statement.name.text];
    return [];
  });
}

/** What `var` declares inside a function, however deep in its blocks. */
function hoistedNames(node: Node): string[] {
  const ts = compiler();
  const names: string[] = [];
  function visit(child: Node): void {
    if (ts.isFunctionLike(child) || ts.isClassLike(child)) return;
    if (ts.isVariableDeclarationList(child) && isVar(child))
      names.push(...child.declarations.flatMap(({ name }) => boundNames(name)));
    ts.forEachChild(child, visit);
  }
  ts.forEachChild(node, visit);
  return names;
}
