import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import ts from 'typescript-for-cells';

/**
 * The types that the declarations of a package's entries use and none of its entries exports, as `file: Name`. Whoever
 * wraps a function must be able to write down what it takes and gives, those of a package of ours that it brings along
 * included. Types of other people's packages can be had from there.
 */
export function unnameableTypes(home: string): readonly string[] {
  const { exports } = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8'));
  const files = new Map<string, DeclarationFile>();
  const fileAt = (path: string): DeclarationFile => {
    const known = files.get(path) ?? readDeclarations(path, home);
    files.set(path, known);
    return known;
  };
  /** The declaration behind a name that a file declares, imports or hands on; `undefined` when it is not of this package. */
  const find = (path: string, name: string): Found | undefined => {
    const file = fileAt(path);
    const nodes = file.declared.get(name);
    if (nodes !== undefined) return { path, name, nodes };
    const from = file.imported.get(name) ?? file.handedOn.get(name);
    if (from !== undefined) return find(from.path, from.name);
    return undefined;
  };
  const nameable = new Set<string>();
  const waiting: Found[] = [];
  for (const entry of Object.values<{ types: string }>(exports)) {
    const path = join(home, entry.types);
    const { handedOn, exported } = fileAt(path);
    for (const name of [...handedOn.keys(), ...exported]) {
      const found = find(path, name);
      if (found === undefined) continue;
      nameable.add(`${found.path} ${found.name}`);
      waiting.push(found);
    }
  }
  const missing = new Set<string>();
  const seen = new Set<string>();
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const key = `${next.path} ${next.name}`;
    if (!next.isBase && !nameable.has(key)) missing.add(`${relative(home, next.path)}: ${next.name}`);
    if (seen.has(key)) continue;
    seen.add(key);
    const { path } = next;
    for (const { name, isBase } of next.nodes.flatMap(namesUsedBy)) {
      const used = find(path, name);
      if (used !== undefined) waiting.push({ ...used, isBase });
    }
  }
  return [...missing].sort();
}

interface Found {
  /** What is only extended has no name outside, but its members use types, too. */
  readonly isBase?: boolean;
  readonly path: string;
  readonly name: string;
  readonly nodes: readonly ts.Node[];
}

interface Source {
  readonly path: string;
  readonly name: string;
}

interface DeclarationFile {
  readonly declared: ReadonlyMap<string, readonly ts.Node[]>;
  readonly exported: readonly string[];
  readonly imported: ReadonlyMap<string, Source>;
  /** What `export … from` gives, by the name that it has from then on. */
  readonly handedOn: ReadonlyMap<string, Source>;
}

function readDeclarations(path: string, home: string): DeclarationFile {
  const declared = new Map<string, ts.Node[]>();
  const exported: string[] = [];
  const imported = new Map<string, Source>();
  const handedOn = new Map<string, Source>();
  const source = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.ES2022, true);
  const pathOf = (specifier: ts.Expression | undefined): string | undefined => {
    if (specifier === undefined || !ts.isStringLiteral(specifier)) return undefined;
    const file = specifier.text.startsWith('.')
      ? join(dirname(path), specifier.text.replace(/\.js$/, '.d.ts'))
      : join(home, 'node_modules', specifier.text, 'dist', 'index.d.ts');
    return existsSync(file) ? file : undefined;
  };
  for (const statement of source.statements) {
    if (ts.isImportDeclaration(statement)) {
      const from = pathOf(statement.moduleSpecifier);
      const bindings = statement.importClause?.namedBindings;
      if (from === undefined || bindings === undefined || !ts.isNamedImports(bindings)) continue;
      for (const { name, propertyName } of bindings.elements)
        imported.set(name.text, { path: from, name: (propertyName ?? name).text });
    } else if (ts.isExportDeclaration(statement)) {
      const from = pathOf(statement.moduleSpecifier);
      if (from === undefined) continue;
      if (statement.exportClause === undefined) {
        const all = readDeclarations(from, home);
        for (const [name, place] of all.handedOn) handedOn.set(name, place);
        for (const name of all.exported) handedOn.set(name, { path: from, name });
        continue;
      }
      if (!ts.isNamedExports(statement.exportClause)) continue;
      for (const { name, propertyName } of statement.exportClause.elements)
        handedOn.set(name.text, { path: from, name: (propertyName ?? name).text });
    } else {
      for (const name of namesOf(statement)) {
        declared.set(name, [...(declared.get(name) ?? []), statement]);
        const flags = ts.canHaveModifiers(statement) ? (ts.getModifiers(statement) ?? []) : [];
        if (flags.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)) exported.push(name);
      }
    }
  }
  return { declared, exported, imported, handedOn };
}

function namesOf(statement: ts.Statement): readonly string[] {
  if (ts.isVariableStatement(statement))
    return statement.declarationList.declarations.map(({ name }) => name.getText());
  const { name } = statement as ts.Statement & { readonly name?: ts.Node };
  return name === undefined ? [] : [name.getText()];
}

/**
 * The types that a declaration names: behind colons, in type arguments, and as a base. What has another name by now is
 * one as well: `type Name = Base<…>`, and a member as `Base['member']`.
 */
function namesUsedBy(node: ts.Node): readonly { readonly name: string; readonly isBase: boolean }[] {
  const names: { name: string; isBase: boolean }[] = [];
  const visit = (child: ts.Node): void => {
    if (ts.isTypeReferenceNode(child) && ts.isIdentifier(child.typeName)) {
      const { parent } = child;
      const isRenamed = ts.isTypeAliasDeclaration(parent) && parent.type === child;
      const isOpened = ts.isIndexedAccessTypeNode(parent) && parent.objectType === child;
      names.push({ name: child.typeName.text, isBase: isRenamed || isOpened });
    }
    if (ts.isExpressionWithTypeArguments(child) && ts.isIdentifier(child.expression))
      names.push({ name: child.expression.text, isBase: true });
    ts.forEachChild(child, visit);
  };
  visit(node);
  return names;
}
