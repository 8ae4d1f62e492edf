import type { PlotOptions } from '@observablehq/plot';
import { checkInput } from '../base/check-input.ts';
import { LibError } from '../base/errors.ts';
import { escapeHtml } from '../base/escape-html.ts';
import { notInstalled } from '../base/not-installed.ts';
import { displayHtml } from './display.ts';
import { pictureColours, pictureHtml, themeStyle } from './picture.ts';
import { type TableRow, tableHtml, tableText } from './table.ts';

/** Observable Plot, as it is given to the function that draws. https://observablehq.com/plot */
export type PlotLibrary = typeof import('@observablehq/plot');

export interface PlotDescription {
  /** What the picture shows, said above it. */
  readonly title: string;
  /** What one sees in it, in a sentence or two: for those who do not see it. */
  readonly description: string;
  /** The numbers behind the picture. They can be opened below it, and stand in its place outside a notebook. */
  readonly rows: readonly TableRow[];
}

/**
 * Shows a plot under the cell, readable in light and in dark: it has a ground of its own, and colours for `fill` and
 * `stroke` by a name that are seen on both. Outside a notebook it prints the table.
 *
 * @param draw gets Observable Plot and gives the plot's options; a `color` legend is not possible, label the marks
 * @throws LibError of kind `request` for options that do not make one SVG, of kind `file` without the packages
 *   @observablehq/plot and linkedom, which are optional
 */
export async function showPlot(
  draw: (plot: PlotLibrary) => PlotOptions,
  about: PlotDescription,
): Promise<void> {
  checkInput('showPlot', { draw, about }, { draw: 'function', about: 'object' });
  checkInput('showPlot', { ...about }, { title: 'text', description: 'text', rows: 'objects' });
  const { title, description, rows } = about;
  const svg = await plotSvg(draw, { title, description });
  displayHtml(plotHtml(svg, { title, description, rows }), tableText(rows, { caption: title }));
}

/** The same plot as the text of an SVG file. The same options always give the same bytes. */
export async function plotSvg(
  draw: (plot: PlotLibrary) => PlotOptions,
  { title, description }: Pick<PlotDescription, 'title' | 'description'>,
): Promise<string> {
  const missing = notInstalled('@observablehq/plot linkedom', 'A plot');
  const [Plot, { parseHTML }] = await Promise.all([
    import('@observablehq/plot').catch(missing),
    import('linkedom').catch(missing),
  ]);
  const { document } = parseHTML('<!doctype html><html></html>');
  const { style, ...options } = draw(Plot);
  const look = typeof style === 'object' ? { ...defaultStyle, ...style } : defaultStyle;
  const color = { range: pictureColours, ...options.color };
  const drawn = Plot.plot({
    ...defaultMargins,
    ...options,
    color,
    document,
    style: look,
  }) as unknown as SvgElement;
  if (drawn.localName !== 'svg') {
    throw new LibError('These plot options make more than one picture', {
      kind: 'request',
      hint: 'Leave out legend, title, subtitle and caption; label the marks with Plot.text.',
    });
  }
  drawn.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  const label = `<title>${escapeHtml(title)}</title><desc>${escapeHtml(description)}</desc>`;
  return withStableIds(drawn.outerHTML.replace(/>/, () => `>${label}${themeStyle}`));
}

/** Of an element of linkedom, which has no types of its own for the DOM. */
interface SvgElement {
  readonly localName: string;
  readonly outerHTML: string;
  setAttribute(name: string, value: string): void;
}

const defaultStyle = {
  color: 'var(--ink)',
  background: 'var(--paper)',
  fontSize: '13px',
  fontFamily: 'system-ui, sans-serif',
};

/** Room for labels in this size of letters. */
const defaultMargins = { marginTop: 32, marginBottom: 48 };

/**
 * Plot counts its clips and markers through all plots of a program, so that the second run of a cell would differ
 * from the first. Here they are counted in each plot anew; each is an image of its own, so they do not meet.
 */
function withStableIds(svg: string): string {
  const names = new Map<string, string>();
  return svg.replace(/\bplot-(clip|marker|pattern)-\d+\b/g, (id, kind: string) => {
    if (!names.has(id)) names.set(id, `plot-${kind}-${names.size + 1}`);
    return names.get(id) ?? id;
  });
}

function plotHtml(svg: string, { title, description, rows }: PlotDescription): string {
  const numbers = `<details><summary>The numbers</summary>${tableHtml(rows, { caption: title })}</details>`;
  return `<figure style="margin:0"><figcaption><b>${escapeHtml(title)}</b></figcaption>\n${pictureHtml(svg, description)}\n${numbers}</figure>`;
}
