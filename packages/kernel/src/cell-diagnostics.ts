import { relative } from 'node:path';
import type { Diagnostic as Found, Program, SourceFile } from 'typescript-for-cells';
import type { CellFiles } from './cell-files.ts';
import { compiler } from './compiler.ts';
import type { Diagnostic } from './running-cell.ts';

/** "Cannot find module '…' or its corresponding type declarations." */
const moduleNotFound = 2307;

/** `import fs = require('node:fs')`, which the kernel understands. */
const importAssignment = 1202;

/** What the compiler finds in a cell, and in the files beside the notebook that it imports. */
export interface Findings {
  readonly diagnostics: readonly Diagnostic[];
  /** What is imported is not there: it may have come since somebody looked. */
  readonly lacksModule: boolean;
}

export function findFaults(
  files: CellFiles,
  program: Program,
  cell: SourceFile,
  sources: readonly SourceFile[],
  folder: string,
): Findings {
  const found = [cell, ...sources].flatMap((file) => {
    const syntax = program.getSyntacticDiagnostics(file);
    return syntax.length > 0 ? syntax : program.getSemanticDiagnostics(file);
  });
  return {
    diagnostics: found.flatMap((each) => describe(each, files, folder)),
    lacksModule: found.some(({ code }) => code === moduleNotFound),
  };
}

function describe(found: Found, files: CellFiles, folder: string): Diagnostic[] {
  const ts = compiler();
  const { file, start = 0, code, category, relatedInformation = [] } = found;
  if (file === undefined || code === importAssignment || category !== ts.DiagnosticCategory.Error) return [];
  const { line, character } = file.getLineAndCharacterOfPosition(start);
  const hints = relatedInformation
    // What the compiler advises, where it does not only point to another place.
    .filter((related) => related.file === file && related.start === start && related.length === found.length)
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
  return [
    {
      ...(files.isCell(file.fileName) ? {} : { fileName: relative(folder, file.fileName) }),
      place: { line: line + 1, column: character + 1 },
      message: [ts.flattenDiagnosticMessageText(found.messageText, '\n'), ...hints].join('\n  '),
    },
  ];
}
