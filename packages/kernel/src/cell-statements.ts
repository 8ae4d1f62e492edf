import type {
  ImportDeclaration,
  Node,
  NodeFactory,
  SourceFile,
  Statement,
  TransformerFactory,
  TypeChecker,
} from 'typescript-for-cells';
import { boundNames } from './cell-scopes.ts';
import { compiler } from './compiler.ts';

/** How the statements of a cell are prepared, while they are still TypeScript. */
export interface Preparation {
  readonly checker: TypeChecker;
  /** The object through which the code talks to the kernel. */
  readonly run: string;
  /** With a variable's name behind it, the name that the code has for what holds the variable. */
  readonly prefix: string;
  /** The notebook's variables that the code needs. */
  readonly used: Set<string>;
}

/** Whether a node has an `await` that is the cell's own, not a function's. */
export function waits(node: Node): boolean {
  const ts = compiler();
  if (ts.isFunctionLike(node) || ts.isClassLike(node)) return false;
  if (ts.isAwaitExpression(node) || (ts.isForOfStatement(node) && node.awaitModifier)) return true;
  if (
    ts.isVariableDeclarationList(node) &&
    (node.flags & ts.NodeFlags.AwaitUsing) === ts.NodeFlags.AwaitUsing
  )
    return true;
  return ts.forEachChild(node, waits) ?? false;
}

/**
 * The names that a statement at a cell's top declares, `var` in its blocks included. Functions are not among them: they
 * are there from the beginning.
 */
export function declaredBy(statement: Statement): string[] {
  const ts = compiler();
  if (ts.isImportDeclaration(statement)) return importedNames(statement);
  if (
    ts.isClassDeclaration(statement) ||
    ts.isEnumDeclaration(statement) ||
    ts.isModuleDeclaration(statement) ||
    ts.isImportEqualsDeclaration(statement)
  )
    return statement.name !== undefined && ts.isIdentifier(statement.name) ? [statement.name.text] : [];
  const names: string[] = [];
  function visit(node: Node): void {
    if (ts.isFunctionLike(node) || ts.isClassLike(node)) return;
    if (ts.isVariableDeclaration(node)) names.push(...boundNames(node.name));
    ts.forEachChild(node, visit);
  }
  visit(statement);
  return names;
}

function importedNames({ importClause }: ImportDeclaration): string[] {
  const { name, namedBindings } = importClause ?? {};
  const bindings =
    namedBindings === undefined
      ? []
      : compiler().isNamespaceImport(namedBindings)
        ? [namedBindings.name.text]
        : namedBindings.elements.map((element) => element.name.text);
  return [...(name === undefined ? [] : [name.text]), ...bindings];
}

/**
 * Writes into a cell what the kernel needs of it: imports become assignments; before each statement that waits stands
 * its line, as the stack of an error does not always say it; after each that declares something how many are done; and
 * the value of the last expression is kept.
 */
export function prepareStatements(preparation: Preparation): TransformerFactory<SourceFile> {
  const ts = compiler();
  return (context) => {
    const { factory } = context;
    return (file) => {
      const note = (name: string, value: number) =>
        factory.createExpressionStatement(
          factory.createAssignment(
            factory.createPropertyAccessExpression(factory.createIdentifier(preparation.run), name),
            factory.createNumericLiteral(value),
          ),
        );

      function marked(statements: readonly Statement[]): Statement[] {
        return statements.flatMap((statement) => {
          const made = inside(statement) as Statement;
          if (!waits(statement)) return [made];
          const { line } = file.getLineAndCharacterOfPosition(statement.getStart(file));
          return [note('line', line + 1), made];
        });
      }

      function inside(node: Node): Node {
        if (ts.isFunctionLike(node) || ts.isClassLike(node)) return node;
        if (ts.isBlock(node)) return factory.updateBlock(node, marked(node.statements));
        if (ts.isCaseClause(node)) {
          const expression = inside(node.expression) as typeof node.expression;
          return factory.updateCaseClause(node, expression, marked(node.statements));
        }
        if (ts.isDefaultClause(node)) return factory.updateDefaultClause(node, marked(node.statements));
        return ts.visitEachChild(node, inside, context);
      }

      const last = lastExpression(file);
      const statements = file.statements.flatMap((statement, index) => {
        const parts = ts.isImportDeclaration(statement)
          ? asAssignments(factory, statement, preparation)
          : marked([statement]).map((each) => (statement === last ? kept(each) : plain(each)));
        return declaredBy(statement).length === 0 ? parts : [...parts, note('done', index + 1)];
      });

      function kept(statement: Statement): Statement {
        // The note before a statement that waits is no expression of the cell's.
        if (ts.getOriginalNode(statement) !== last) return statement;
        if (!ts.isExpressionStatement(statement) && !ts.isExportAssignment(statement)) return statement;
        const value = factory.createPropertyAccessExpression(
          factory.createIdentifier(preparation.run),
          'value',
        );
        const assignment = factory.createAssignment(value, statement.expression);
        return ts.setTextRange(factory.createExpressionStatement(assignment), statement);
      }

      /** `export default` with a value is the value; `import … = require(…)` is what it says. */
      function plain(statement: Statement): Statement {
        if (ts.isExportAssignment(statement)) {
          return ts.setTextRange(factory.createExpressionStatement(statement.expression), statement);
        }
        if (
          ts.isImportEqualsDeclaration(statement) &&
          ts.isExternalModuleReference(statement.moduleReference)
        ) {
          preparation.used.add(statement.name.text);
          const load = factory.createPropertyAccessExpression(
            factory.createIdentifier(preparation.run),
            'require',
          );
          const loaded = factory.createCallExpression(load, undefined, [
            statement.moduleReference.expression,
          ]);
          return assignment(factory, statement.name.text, loaded, statement, preparation);
        }
        return statement;
      }

      return factory.updateSourceFile(
        file,
        ts.setTextRange(factory.createNodeArray(statements), file.statements),
      );
    };
  };
}

/** The statement whose value is the cell's: the last one, if it is an expression. */
function lastExpression(file: SourceFile): Statement | undefined {
  const ts = compiler();
  const last = file.statements.findLast(
    (statement) =>
      !ts.isExportDeclaration(statement) &&
      !ts.isInterfaceDeclaration(statement) &&
      !ts.isTypeAliasDeclaration(statement) &&
      !ts.isEmptyStatement(statement),
  );
  const isValue = last !== undefined && (ts.isExpressionStatement(last) || ts.isExportAssignment(last));
  return isValue ? last : undefined;
}

/** An import as statements: one for each name that is more than a type. */
function asAssignments(
  factory: NodeFactory,
  statement: ImportDeclaration,
  preparation: Preparation,
): Statement[] {
  const ts = compiler();
  const { importClause, moduleSpecifier } = statement;
  const load = (name?: string) =>
    factory.createCallExpression(
      factory.createPropertyAccessExpression(factory.createIdentifier(preparation.run), 'import'),
      undefined,
      name === undefined ? [moduleSpecifier] : [moduleSpecifier, factory.createStringLiteral(name)],
    );
  if (importClause === undefined) {
    return [ts.setTextRange(factory.createExpressionStatement(load()), statement)];
  }
  const bindings: { readonly node: import('typescript-for-cells').Identifier; readonly of: string }[] = [];
  if (importClause.name !== undefined) bindings.push({ node: importClause.name, of: 'default' });
  const { namedBindings } = importClause;
  if (namedBindings !== undefined && ts.isNamespaceImport(namedBindings)) {
    bindings.push({ node: namedBindings.name, of: '*' });
  } else if (namedBindings !== undefined) {
    for (const { isTypeOnly, name, propertyName = name } of namedBindings.elements) {
      if (!isTypeOnly) bindings.push({ node: name, of: propertyName.text });
    }
  }
  if (importClause.isTypeOnly) return [];
  return bindings
    .filter(({ node }) => isValue(node, preparation.checker))
    .map(({ node, of }) => {
      preparation.used.add(node.text);
      return assignment(factory, node.text, load(of), statement, preparation);
    });
}

function assignment(
  factory: NodeFactory,
  name: string,
  value: import('typescript-for-cells').Expression,
  place: Node,
  { prefix }: Preparation,
): Statement {
  const target = factory.createPropertyAccessExpression(factory.createIdentifier(prefix + name), name);
  const made = factory.createExpressionStatement(factory.createAssignment(target, value));
  return compiler().setTextRange(made, place);
}

/** Whether what is imported under this name is there when the cell runs. */
function isValue(name: import('typescript-for-cells').Identifier, checker: TypeChecker): boolean {
  const { SymbolFlags } = compiler();
  const symbol = checker.getSymbolAtLocation(name);
  if (symbol === undefined || (symbol.flags & SymbolFlags.Alias) === 0) return true;
  return (checker.getAliasedSymbol(symbol).flags & SymbolFlags.Value) !== 0;
}
