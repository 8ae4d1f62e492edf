import type {
  CompletionInfo,
  JSDoc,
  LanguageService,
  Node,
  SourceFile,
  TextSpan,
} from 'typescript-for-cells';
import type { CellCompiler } from './compile-cell.ts';
import { compiler, type TypeScript } from './compiler.ts';

/** What could stand at a position of a cell. */
export interface Completions {
  /** The part of the cell that one of them takes the place of. */
  readonly start: number;
  readonly end: number;
  readonly candidates: readonly string[];
}

/** What the compiler has, and does not put in its public types. */
interface Internals {
  readonly findPrecedingToken: (position: number, file: SourceFile) => Node | undefined;
  readonly getTokenAtPosition: (file: SourceFile, position: number) => Node;
}

/** The candidates that fit what is written there already, the nearest first. */
export function completeAt(cells: CellCompiler, source: string, position: number): Completions {
  const ts = compiler() as TypeScript & Internals;
  const { service, file, fileName } = cells.ask(source);
  const at = Math.min(Math.max(position, 0), source.length);
  const info = service.getCompletionsAtPosition(fileName, at, undefined);
  const { start, end } = replacedSpan(ts, file, at, info);
  const written = source.slice(start, end);
  const rank = (name: string) => {
    if (name.startsWith(written)) return 0;
    if (name.toLowerCase().startsWith(written.toLowerCase())) return 1;
    return name.toLowerCase().includes(written.toLowerCase()) ? 2 : 3;
  };
  const candidates = (info?.entries ?? [])
    .map((entry) => ({ name: entry.name, key: `${rank(entry.name)}${entry.sortText}` }))
    .filter(({ key }) => !key.startsWith('3'))
    .sort((one, other) => compare(one.key, other.key) || compare(one.name, other.name))
    .map(({ name }) => name);
  return { start, end, candidates: [...new Set(candidates)] };
}

const compare = (one: string, other: string) => (one < other ? -1 : one > other ? 1 : 0);

/** The name or the text that the cursor is in. */
function replacedSpan(
  ts: TypeScript & Internals,
  file: SourceFile,
  at: number,
  info: CompletionInfo | undefined,
) {
  for (const token of [ts.findPrecedingToken(at, file), ts.getTokenAtPosition(file, at)]) {
    if (token === undefined || !(ts.isIdentifier(token) || ts.isPrivateIdentifier(token))) continue;
    const start = token.getStart(file);
    if (start <= at && at <= token.end) return { start, end: token.end };
  }
  const span = info?.optionalReplacementSpan ?? info?.entries[0]?.replacementSpan;
  return span === undefined ? { start: at, end: at } : { start: span.start, end: span.start + span.length };
}

/** What is known of the name at a position: its type, and what its author wrote about it. */
export function inspectAt(cells: CellCompiler, source: string, position: number): string | undefined {
  const { service, fileName } = cells.ask(source);
  const at = Math.min(Math.max(position, 0), source.length);
  const info = service.getQuickInfoAtPosition(fileName, at);
  if (info === undefined) return undefined;
  const type = (info.displayParts ?? []).map(({ text }) => text).join('');
  return [type, ...commentOn(service, fileName, at)].join('\n');
}

/**
 * The comment on what a name stands for, behind an empty line. The compiler leaves comments out when it reads
 * declarations, which are mostly comments; the one file that is asked about is read once more, with them.
 */
function commentOn(service: LanguageService, fileName: string, at: number): string[] {
  const ts = compiler() as TypeScript & Internals;
  for (const definition of service.getDefinitionAtPosition(fileName, at) ?? []) {
    const text = service.getProgram()?.getSourceFile(definition.fileName)?.text;
    if (text === undefined) continue;
    const found = commentAt(ts, definition.fileName, text, definition.textSpan);
    if (found === undefined) continue;
    const tags = (found.tags ?? []).map((tag) => {
      const said = ts.getTextOfJSDocComment(tag.comment) ?? '';
      if (ts.isJSDocParameterTag(tag)) return `@param ${tag.name.getText()} ${said}`;
      return said === '' ? '' : `@${tag.tagName.text} ${said}`;
    });
    return ['', ...[ts.getTextOfJSDocComment(found.comment) ?? '', ...tags].filter((line) => line !== '')];
  }
  return [];
}

function commentAt(
  ts: TypeScript & Internals,
  fileName: string,
  text: string,
  { start }: TextSpan,
): JSDoc | undefined {
  const file = ts.createSourceFile(
    fileName,
    text,
    { languageVersion: ts.ScriptTarget.Latest, jsDocParsingMode: ts.JSDocParsingMode.ParseAll },
    true,
  );
  for (let node: Node | undefined = ts.getTokenAtPosition(file, start); node; node = node.parent) {
    const comments = ts.getJSDocCommentsAndTags(node).filter(ts.isJSDoc);
    if (comments.length > 0) return comments.at(-1);
    // What `new` makes is told of at the class.
    if (ts.isConstructorDeclaration(node)) continue;
    if (ts.isStatement(node) || ts.isClassElement(node) || ts.isTypeElement(node)) return undefined;
  }
  return undefined;
}
