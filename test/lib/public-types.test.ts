import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, sep } from 'node:path';
import { expect, it } from 'vitest';

// The compiler of cells: today's own has no interface for programs yet.
const ts: typeof import('typescript-for-cells') = createRequire(import.meta.url)('typescript-for-cells');

const projectRoot = join(import.meta.dirname, '..', '..');
const lib = join(projectRoot, 'lib');
const ours = [`${lib}${sep}`, join(projectRoot, 'packages', 'bedrock-models', 'src')];

/** Entries of an earlier version, which only say where things are now. */
const isOld = (file: string) => file.endsWith('moved-entries.ts');

const { exports } = JSON.parse(readFileSync(join(lib, 'package.json'), 'utf8')) as {
  exports: Record<string, string | { types: string }>;
};
const entries = Object.entries(exports)
  .map(([name, target]) => [name, join(lib, typeof target === 'string' ? target : target.types)] as const)
  .filter(([name, file]) => name !== './local-bedrock' && !isOld(file));

it('every type that a public signature names can be imported from the same entry, from lib or from lib/models', () => {
  const program = ts.createProgram(
    entries.map(([, file]) => file),
    {
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.NodeNext,
      moduleResolution: ts.ModuleResolutionKind.NodeNext,
      allowImportingTsExtensions: true,
      noEmit: true,
      strict: true,
      skipLibCheck: true,
    },
  );
  const checker = program.getTypeChecker();
  type Node = import('typescript-for-cells').Node;
  type Symbol = import('typescript-for-cells').Symbol;
  const isOurs = (node: Node) =>
    ours.some((folder) => join(node.getSourceFile().fileName).startsWith(folder));
  const resolve = (symbol: Symbol) =>
    symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;

  /** The types that are named where a user of the declaration can see them: not in bodies, not in private members. */
  function* namedIn(node: Node): Generator<{ name: string; symbol: Symbol }> {
    if (ts.isBlock(node) || ts.isPropertyAssignment(node)) return;
    if (ts.isClassElement(node) && node.name !== undefined && ts.isPrivateIdentifier(node.name)) return;
    if (
      ts.canHaveModifiers(node) &&
      ts.getModifiers(node)?.some(({ kind }) => kind === ts.SyntaxKind.PrivateKeyword)
    )
      return;
    // Not what an interface extends: its members are the interface's own.
    if (ts.isTypeReferenceNode(node)) {
      const symbol = checker.getSymbolAtLocation(node.typeName);
      if (symbol !== undefined) yield { name: node.typeName.getText(), symbol: resolve(symbol) };
    }
    const children: Node[] = [];
    ts.forEachChild(node, (child) => void children.push(child));
    for (const child of children) yield* namedIn(child);
  }

  const exportsOf = (file: string) => {
    const source = program.getSourceFile(file);
    const module = source && checker.getSymbolAtLocation(source);
    return module === undefined ? [] : checker.getExportsOfModule(module).map(resolve);
  };
  const common = new Set(['index.ts', 'models/index.ts'].flatMap((file) => exportsOf(join(lib, file))));
  expect(common.size).toBeGreaterThan(100);
  const missing = entries.flatMap(([entry, file]) => {
    const exported = exportsOf(file);
    return exported.flatMap((symbol) =>
      (symbol.declarations ?? []).filter(isOurs).flatMap((declaration) => {
        // Of a function with several forms, a caller sees the forms.
        const isBody = ts.isFunctionDeclaration(declaration) && declaration.body !== undefined;
        if (isBody && (symbol.declarations?.length ?? 0) > 1) return [];
        return [...namedIn(declaration)]
          .filter(({ symbol: named }) => !(named.flags & ts.SymbolFlags.TypeParameter))
          .filter(({ symbol: named }) => named.declarations?.some(isOurs))
          .filter(({ symbol: named }) => !common.has(named) && !exported.includes(named))
          .map(({ name }) => `${entry}: ${name}, in ${symbol.name}`);
      }),
    );
  });
  expect([...new Set(missing)]).toEqual([]);
}, 300_000);
