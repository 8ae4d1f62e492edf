import type { Confusion } from '../tasks/scores.ts';
import type { TableRow } from './table.ts';

/** A confusion matrix as rows for `showTable`: one for each right label, one column for each predicted one. Pure. */
export function confusionRows({ labels, counts, unknown }: Confusion): TableRow[] {
  const hasUnknown = unknown.some((count) => count > 0);
  return labels.map((label, row) => ({
    'right label': label,
    ...Object.fromEntries(
      labels.map((predicted, column) => [`taken for ${predicted}`, counts[row]?.[column]]),
    ),
    ...(hasUnknown ? { 'no label': unknown[row] } : {}),
  }));
}
