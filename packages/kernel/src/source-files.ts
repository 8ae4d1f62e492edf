import type { Program, SourceFile } from 'typescript-for-cells';
import type { CellFiles } from './cell-files.ts';
import { compiler } from './compiler.ts';

/** A file beside the notebook, as `require` takes it. */
export interface CompiledFile {
  readonly path: string;
  readonly code: string;
  /** From the code to the file, by way of the module that the compiler made of it. */
  readonly maps: readonly string[];
}

/** The sources beside the notebook that a file imports, directly or not. Packages are checked where they are made. */
export function sourcesOf(files: CellFiles, program: Program, cell: SourceFile): readonly SourceFile[] {
  const found = new Set<SourceFile>();
  function follow(file: SourceFile): void {
    for (const name of importsOf(file)) {
      const path = files.resolve(name, file.fileName);
      const next = path === undefined ? undefined : program.getSourceFile(path);
      if (next === undefined || found.has(next) || next.isDeclarationFile) continue;
      if (next.fileName.endsWith('.json') || program.isSourceFileFromExternalLibrary(next)) continue;
      found.add(next);
      follow(next);
    }
  }
  follow(cell);
  return [...found];
}

function importsOf(file: SourceFile): readonly string[] {
  const { imports = [] } = file as { imports?: readonly { readonly text: string }[] };
  return imports.map(({ text }) => text);
}

/** Compiles a file to a module that `require` takes. */
export function compileFile(program: Program, file: SourceFile): CompiledFile {
  const ts = compiler();
  let code = '';
  let map = '{}';
  program.emit(file, (name, text) => {
    if (name.endsWith('.map')) map = text;
    else code = text;
  });
  const { target } = program.getCompilerOptions();
  const made = ts.transpileModule(withoutMap(code), {
    fileName: 'module.js',
    compilerOptions: {
      module: ts.ModuleKind.CommonJS,
      esModuleInterop: true,
      sourceMap: true,
      newLine: ts.NewLineKind.LineFeed,
      ...(target !== undefined && { target }),
    },
    transformers: { before: [exportByName] },
  });
  return {
    path: file.fileName,
    code: withoutMap(made.outputText),
    maps: [made.sourceMapText ?? '{}', map],
  };
}

export function withoutMap(code: string): string {
  return code.replace(/\/\/# sourceMappingURL=.*\s*$/, '');
}

/**
 * `export { a }` as a getter. What the compiler makes of it assigns the export wherever a variable with that name is
 * declared, also in an inner block, where it is another one.
 */
const exportByName: import('typescript-for-cells').TransformerFactory<SourceFile> = (context) => (file) => {
  const ts = compiler();
  const { factory } = context;
  const imported = new Set(
    file.statements.flatMap((statement) => {
      if (!ts.isImportDeclaration(statement)) return [];
      const { name, namedBindings } = statement.importClause ?? {};
      const bound =
        namedBindings === undefined
          ? []
          : ts.isNamespaceImport(namedBindings)
            ? [namedBindings.name.text]
            : namedBindings.elements.map((element) => element.name.text);
      return [name?.text, ...bound];
    }),
  );
  const getters: import('typescript-for-cells').Statement[] = [];
  const statements = file.statements.flatMap((statement) => {
    if (!ts.isExportDeclaration(statement) || statement.moduleSpecifier !== undefined) return [statement];
    const { exportClause } = statement;
    if (exportClause === undefined || !ts.isNamedExports(exportClause)) return [statement];
    const left = exportClause.elements.filter((element) => {
      const local = element.propertyName ?? element.name;
      if (imported.has(local.text)) return true;
      getters.push(getter(factory, element.name.text, local.text));
      return false;
    });
    return [
      factory.updateExportDeclaration(
        statement,
        undefined,
        false,
        factory.createNamedExports(left),
        undefined,
        undefined,
      ),
    ];
  });
  return factory.updateSourceFile(file, [...getters, ...statements]);
};

function getter(factory: import('typescript-for-cells').NodeFactory, name: string, local: string) {
  const call = factory.createCallExpression(
    factory.createPropertyAccessExpression(factory.createIdentifier('Object'), 'defineProperty'),
    undefined,
    [
      factory.createIdentifier('exports'),
      factory.createStringLiteral(name),
      factory.createObjectLiteralExpression([
        factory.createPropertyAssignment('enumerable', factory.createTrue()),
        factory.createPropertyAssignment(
          'get',
          factory.createArrowFunction(
            undefined,
            undefined,
            [],
            undefined,
            undefined,
            factory.createIdentifier(local),
          ),
        ),
      ]),
    ],
  );
  return factory.createExpressionStatement(call);
}
