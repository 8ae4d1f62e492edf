import type {
  BindingName,
  Expression,
  Identifier,
  ModifierLike,
  Node,
  SourceFile,
  Statement,
  TransformationContext,
  TransformerFactory,
  VariableDeclarationList,
} from 'typescript-for-cells';
import { boundNames, isVar, namesInside } from './cell-scopes.ts';
import { compiler } from './compiler.ts';

/** What the rewriting of a cell has to know, and what it finds out. */
export interface Names {
  /** What the cell itself declares for the notebook. */
  readonly declared: ReadonlySet<string>;
  /** Whether earlier cells have a variable with this name. */
  isKnown(name: string): boolean;
  /** What no name of the cell begins with, and every one of the kernel's own. */
  readonly prefix: string;
  /** The object through which the code talks to the kernel. */
  readonly run: string;
  /** The notebook's variables that the code turned out to need. */
  readonly used: Set<string>;
}

/**
 * Rewrites a cell's JavaScript so that what is declared at its top is a variable of the notebook: `n` becomes
 * `$n.n`, where `$n` is an object that all cells share. It is a parameter of the cell's function, so that a loop finds
 * it at once; and the property has the variable's name, so that V8 keeps numbers there as it does in a local variable.
 */
export function shareVariables(names: Names): TransformerFactory<SourceFile> {
  const ts = compiler();
  return (context) => {
    const { factory } = context;
    const rewriter = createRewriter(names, context);
    return (file) => {
      const hoisted: Statement[] = [];
      const statements = file.statements.flatMap((statement) => rewriter.top(statement, hoisted));
      return factory.updateSourceFile(
        file,
        ts.setTextRange(factory.createNodeArray([...hoisted, ...statements]), file.statements),
      );
    };
  };
}

function createRewriter(names: Names, context: TransformationContext) {
  const ts = compiler();
  const { factory } = context;
  const shadows: ReadonlySet<string>[] = [];
  let functions = 0;

  function isShared(name: Node): name is Identifier {
    if (!ts.isIdentifier(name) || isGenerated(name)) return false;
    const { text } = name;
    if (text.startsWith(names.prefix)) return false;
    return (names.declared.has(text) || names.isKnown(text)) && !shadows.some((scope) => scope.has(text));
  }

  function access(name: Identifier): Expression {
    names.used.add(name.text);
    const held = factory.createPropertyAccessExpression(
      factory.createIdentifier(names.prefix + name.text),
      factory.createIdentifier(name.text),
    );
    return ts.setTextRange(held, name);
  }

  const assign = (name: Identifier, value: Expression) =>
    ts.setTextRange(factory.createExpressionStatement(factory.createAssignment(access(name), value)), name);

  /** A function or class without a name has that of the variable, as `const f = () => 1` gives it. */
  function named(name: Identifier, value: Expression): Expression {
    const isNameless =
      ts.isArrowFunction(value) ||
      ((ts.isFunctionExpression(value) || ts.isClassExpression(value)) && value.name === undefined);
    if (!isNameless) return value;
    const object = factory.createObjectLiteralExpression([
      factory.createPropertyAssignment(factory.createIdentifier(name.text), value),
    ]);
    return factory.createPropertyAccessExpression(factory.createParenthesizedExpression(object), name.text);
  }

  /** The pattern as an assignment has it. */
  function asTarget(name: BindingName): Expression {
    if (ts.isIdentifier(name)) return isShared(name) ? access(name) : name;
    if (ts.isArrayBindingPattern(name)) {
      return factory.createArrayLiteralExpression(
        name.elements.map((element) => {
          if (!ts.isBindingElement(element)) return factory.createOmittedExpression();
          if (element.dotDotDotToken !== undefined)
            return factory.createSpreadElement(asTarget(element.name));
          return withDefault(asTarget(element.name), element.initializer);
        }),
      );
    }
    return factory.createObjectLiteralExpression(
      name.elements.map((element) => {
        if (element.dotDotDotToken !== undefined)
          return factory.createSpreadAssignment(asTarget(element.name));
        const key = element.propertyName ?? factory.createIdentifier((element.name as Identifier).text);
        return factory.createPropertyAssignment(
          ts.isComputedPropertyName(key) ? (visit(key) as typeof key) : key,
          withDefault(asTarget(element.name), element.initializer),
        );
      }),
    );
  }

  function withDefault(target: Expression, initializer: Expression | undefined): Expression {
    return initializer === undefined
      ? target
      : factory.createAssignment(target, visitExpression(initializer));
  }

  /** The declarations of a list, as assignments; `let` without a value has one all the same. */
  function asAssignments(list: VariableDeclarationList): Expression[] {
    return list.declarations.flatMap((declaration): Expression[] => {
      const { name, initializer } = declaration;
      if (initializer === undefined) {
        return isVar(list) || !ts.isIdentifier(name)
          ? []
          : [factory.createAssignment(access(name), factory.createVoidZero())];
      }
      const value = visitExpression(initializer);
      const target = asTarget(name);
      const made = factory.createAssignment(target, ts.isIdentifier(name) ? named(name, value) : value);
      return [ts.setTextRange(made, declaration)];
    });
  }

  const isOfNotebook = (list: VariableDeclarationList) =>
    list.declarations.every(({ name }) =>
      ts.isIdentifier(name) ? isShared(name) : boundNames(name).every((each) => names.declared.has(each)),
    );

  /** A declaration of the notebook's variables as statements; others are left as they are, for the compiler's own. */
  function asStatements(list: VariableDeclarationList, statement: Statement): Statement[] {
    return list.declarations.flatMap((declaration): Statement[] => {
      const one = factory.createVariableDeclarationList([declaration], list.flags);
      if (!isOfNotebook(one))
        return [factory.createVariableStatement(undefined, visit(one) as VariableDeclarationList)];
      return asAssignments(one).map((expression) => {
        const pattern = ts.isObjectLiteralExpression((expression as { left?: Node }).left ?? expression);
        const whole = pattern ? factory.createParenthesizedExpression(expression) : expression;
        return ts.setTextRange(factory.createExpressionStatement(whole), statement);
      });
    });
  }

  /** A statement at the cell's top. What must be there before the others run goes into `hoisted`. */
  function top(statement: Statement, hoisted: Statement[]): Statement[] {
    if (ts.isExportDeclaration(statement) || ts.isExportAssignment(statement)) return [];
    if (ts.isVariableStatement(statement)) {
      const { declarationList } = statement;
      if (isVar(declarationList)) {
        for (const { name, initializer } of declarationList.declarations) {
          if (initializer === undefined && isShared(name))
            hoisted.push(assign(name, factory.createVoidZero()));
        }
      }
      return asStatements(declarationList, statement);
    }
    if (ts.isFunctionDeclaration(statement)) {
      const made = visit(statement) as typeof statement;
      const plain = factory.updateFunctionDeclaration(
        made,
        withoutExport(made.modifiers),
        made.asteriskToken,
        made.name,
        made.typeParameters,
        made.parameters,
        made.type,
        made.body,
      );
      const { name } = statement;
      if (name === undefined) return [];
      if (isShared(name)) hoisted.push(assign(name, factory.createIdentifier(name.text)));
      return [plain];
    }
    if (ts.isClassDeclaration(statement) && statement.name !== undefined && isShared(statement.name)) {
      const made = visit(statement) as typeof statement;
      const value = ts.setTextRange(
        factory.createClassExpression(
          withoutExport(made.modifiers),
          made.name,
          undefined,
          made.heritageClauses,
          made.members,
        ),
        statement,
      );
      return [assign(statement.name, value)];
    }
    return [visit(statement) as Statement];
  }

  function withoutExport(modifiers: readonly ModifierLike[] | undefined): ModifierLike[] | undefined {
    return modifiers?.filter(
      ({ kind }) => kind !== ts.SyntaxKind.ExportKeyword && kind !== ts.SyntaxKind.DefaultKeyword,
    );
  }

  const visitExpression = (node: Expression) => visit(node) as Expression;

  function visit(node: Node): Node {
    const inside = namesInside(node);
    if (inside === undefined) return visitPlain(node);
    const isFunction = ts.isFunctionLike(node) || ts.isClassStaticBlockDeclaration(node);
    shadows.push(new Set(inside));
    if (isFunction) functions += 1;
    try {
      return visitPlain(node);
    } finally {
      shadows.pop();
      if (isFunction) functions -= 1;
    }
  }

  const children = <Kind extends Node>(node: Kind): Kind => ts.visitEachChild(node, visit, context);

  function visitPlain(node: Node): Node {
    if (ts.isIdentifier(node)) return isShared(node) ? access(node) : node;
    if (ts.isPropertyAccessExpression(node)) {
      const expression = visitExpression(node.expression);
      return ts.isPropertyAccessChain(node)
        ? factory.updatePropertyAccessChain(node, expression, node.questionDotToken, node.name)
        : factory.updatePropertyAccessExpression(node, expression, node.name);
    }
    if (ts.isShorthandPropertyAssignment(node)) {
      const { name, objectAssignmentInitializer: initializer } = node;
      const value = isShared(name) ? access(name) : name;
      if (initializer === undefined && value === name) return node;
      return factory.createPropertyAssignment(
        factory.createIdentifier(name.text),
        withDefault(value, initializer),
      );
    }
    if (ts.isPropertyAssignment(node)) {
      const name = ts.isIdentifier(node.name) ? node.name : (visit(node.name) as typeof node.name);
      return factory.updatePropertyAssignment(node, name, visitExpression(node.initializer));
    }
    if (ts.isCallExpression(node)) return visitCall(node);
    if (ts.isTaggedTemplateExpression(node) && isShared(node.tag)) {
      return factory.updateTaggedTemplateExpression(
        node,
        detached(node.tag),
        undefined,
        visit(node.template) as typeof node.template,
      );
    }
    if (ts.isMetaProperty(node) && node.keywordToken === ts.SyntaxKind.ImportKeyword) return ofRun('meta');
    if (ts.isLabeledStatement(node)) {
      return factory.updateLabeledStatement(node, node.label, visit(node.statement) as Statement);
    }
    if (ts.isBreakOrContinueStatement(node)) return node;
    if (functions === 0 && ts.isVariableStatement(node) && isVar(node.declarationList)) {
      const made = asStatements(node.declarationList, node);
      return made.length === 1 ? (made[0] as Statement) : factory.createBlock(made);
    }
    if (ts.isForStatement(node)) {
      const { initializer } = node;
      if (functions === 0 && initializer !== undefined && isVarOfNotebook(initializer)) {
        const parts = asAssignments(initializer);
        const list =
          parts.length === 0 ? undefined : parts.reduce((all, part) => factory.createComma(all, part));
        return factory.updateForStatement(
          node,
          list,
          maybe(node.condition),
          maybe(node.incrementor),
          visit(node.statement) as Statement,
        );
      }
    }
    if (ts.isForInStatement(node) || ts.isForOfStatement(node)) {
      const { initializer } = node;
      if (functions === 0 && isVarOfNotebook(initializer)) {
        const [first] = initializer.declarations;
        const target = first === undefined ? factory.createIdentifier('undefined') : asTarget(first.name);
        const statement = visit(node.statement) as Statement;
        const expression = visitExpression(node.expression);
        return ts.isForOfStatement(node)
          ? factory.updateForOfStatement(node, node.awaitModifier, target, expression, statement)
          : factory.updateForInStatement(node, target, expression, statement);
      }
    }
    if (
      ts.isCatchClause(node) &&
      node.variableDeclaration &&
      ts.isIdentifier(node.variableDeclaration.name)
    ) {
      const { name } = node.variableDeclaration;
      const tell = factory.createCallExpression(ofRun('caught'), undefined, [name]);
      const block = visit(node.block) as typeof node.block;
      const told = [factory.createExpressionStatement(tell), ...block.statements];
      return factory.updateCatchClause(node, node.variableDeclaration, factory.updateBlock(block, told));
    }
    if (isNamed(node)) return visitNamed(node);
    return children(node);
  }

  const maybe = (node: Expression | undefined) => (node === undefined ? undefined : visitExpression(node));

  const isVarOfNotebook = (node: Node): node is VariableDeclarationList =>
    ts.isVariableDeclarationList(node) && isVar(node) && isOfNotebook(node);

  /** Nodes with a name that is no use of a variable. */
  const isNamed = (node: Node) =>
    ts.isMethodDeclaration(node) ||
    ts.isAccessor(node) ||
    ts.isPropertyDeclaration(node) ||
    ts.isFunctionDeclaration(node) ||
    ts.isFunctionExpression(node) ||
    ts.isClassLike(node) ||
    ts.isVariableDeclaration(node) ||
    ts.isParameter(node) ||
    ts.isBindingElement(node);

  function visitNamed(node: Node): Node {
    const { name, propertyName } = node as { name?: Node; propertyName?: Node };
    return ts.visitEachChild(
      node,
      (child) =>
        (child === name || child === propertyName) && ts.isIdentifier(child) ? child : visit(child),
      context,
    );
  }

  function visitCall(node: import('typescript-for-cells').CallExpression): Node {
    const values = node.arguments.map(visitExpression);
    if (node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      return ts.setTextRange(factory.createCallExpression(ofRun('importLater'), undefined, values), node);
    }
    const callee = isShared(node.expression) ? detached(node.expression) : visitExpression(node.expression);
    return ts.isCallChain(node)
      ? factory.updateCallChain(node, callee, node.questionDotToken, undefined, values)
      : factory.updateCallExpression(node, callee, undefined, values);
  }

  /** The function that the variable holds, called without a `this`. */
  function detached(name: Identifier): Expression {
    const comma = factory.createComma(factory.createNumericLiteral(0), access(name));
    return ts.setTextRange(factory.createParenthesizedExpression(comma), name);
  }

  const ofRun = (name: string) =>
    factory.createPropertyAccessExpression(factory.createIdentifier(names.run), name);

  return { top };
}

/** A name that the compiler makes up, and writes so that no other is like it. */
function isGenerated(name: Identifier): boolean {
  return (name as { emitNode?: { autoGenerate?: unknown } }).emitNode?.autoGenerate !== undefined;
}
