import type { CostMeter } from '../converse/cost-meter.ts';
import { escapeHtml, openDisplay } from './display.ts';

/**
 * A running total under the cell: what the meter's calls cost so far, written over with each call. Outside a notebook
 * it prints a line for each.
 *
 * @returns the function that ends it
 */
export function showCost(meter: CostMeter, title = 'Cost'): () => void {
  const display = openDisplay();
  const report = () => {
    const text = `${title}: ${meter}`;
    if (display) display(`<output>${escapeHtml(text)}</output>`);
    else console.log(text);
  };
  report();
  return meter.onCount(report);
}
