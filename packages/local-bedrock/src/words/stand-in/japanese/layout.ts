/** A Markdown table. Pure. */
export function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(heads), line(heads.map(() => '---')), ...rows.map(line)].join('\n');
}

/** The same rows as a list, for a caller who wants no tables. Pure. */
export function list(rows: readonly (readonly string[])[]): string {
  return rows
    .map(([first = '', ...others]) => {
      const last = others.pop();
      return `- ${first}${others.length > 0 ? ` (${others.join(', ')})` : ''}${last === undefined ? '' : `: ${last}`}`;
    })
    .join('\n');
}
