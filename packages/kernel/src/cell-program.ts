import type { BuilderProgram, CreateProgram, Program, SourceFile } from '@tslab/typescript-for-tslab';
import { compiler, type TypeScript } from './compiler.ts';

/** What the compiler has, and does not put in its public types. */
interface Internals {
  readonly bindSourceFile: (file: SourceFile, options: object) => void;
}
interface Resolved extends SourceFile {
  readonly resolvedModules?: {
    forEach(look: (found: { readonly resolvedModule?: { readonly resolvedFileName: string } }) => void): void;
  };
}

/**
 * A program as tslab's compiler makes one for each cell, completion and inspection, without the record of which of a
 * thousand files depends on which: that is for builds of many files, and takes longer than a small cell itself.
 */
export const createCellProgram: CreateProgram<BuilderProgram> = (roots, options, host, old, ...rest) => {
  const ts = compiler() as TypeScript & Internals;
  const builder = ts.createAbstractBuilder(roots, options, host, old, ...rest);
  const program = builder.getProgram();
  // tslab reads the names that the cell declares before anything else has asked for them.
  for (const name of program.getRootFileNames()) {
    const file = program.getSourceFile(name);
    if (file !== undefined) ts.bindSourceFile(file, program.getCompilerOptions());
  }
  return { ...builder, getAllDependencies: (file) => sourcesFor(program, file) };
};

/** A file, and the sources beside the notebook that it imports, directly or not. Packages are checked where they are made. */
function sourcesFor(program: Program, file: SourceFile): string[] {
  const found = new Set<string>();
  function follow(next: Resolved | undefined): void {
    if (next === undefined || found.has(next.fileName)) return;
    if (next.isDeclarationFile || program.isSourceFileFromExternalLibrary(next)) return;
    found.add(next.fileName);
    next.resolvedModules?.forEach(({ resolvedModule }) => {
      if (resolvedModule !== undefined) follow(program.getSourceFile(resolvedModule.resolvedFileName));
    });
  }
  follow(file);
  return [...found];
}
