import { joinLines, type Notebook } from '../notebook-file.ts';

/** The models that a notebook says it uses: those its `preflight([...])` names, in their order. Pure. */
export function modelsOfNotebook(notebook: Notebook): readonly string[] {
  const code = notebook.cells
    .filter((cell) => cell.cell_type === 'code')
    .map(({ source }) => joinLines(source));
  const listed = code.flatMap((source) => /\bpreflight\(\[([^\]]*)\]/.exec(source)?.[1] ?? []).join(',');
  return [...new Set([...listed.matchAll(/'([^']+)'|"([^"]+)"/g)].map(([, one, two]) => one ?? two ?? ''))];
}
