import type { PlotOptions } from '@observablehq/plot';
import { checkInput } from '../base/check-input.ts';
import { LibError } from '../base/errors.ts';
import { escapeHtml } from '../base/escape-html.ts';
import { notInstalled } from '../base/not-installed.ts';
import { displayHtml } from './display.ts';
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
  const color = { range: plotColours, ...options.color };
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
  return withStableIds(drawn.outerHTML.replace(/>/, () => `>${label}${themes}`));
}

/** Of an element of linkedom, which has no types of its own for the DOM. */
interface SvgElement {
  readonly localName: string;
  readonly outerHTML: string;
  setAttribute(name: string, value: string): void;
}

/** A picture has a ground of its own, light or dark with its reader, and its text is sure to be seen on it. */
const defaultStyle = {
  color: 'var(--ink)',
  background: 'var(--paper)',
  fontSize: '13px',
  fontFamily: 'system-ui, sans-serif',
};
export const plotThemes = {
  light: { ink: '#1f2328', paper: '#ffffff' },
  dark: { ink: '#e6edf3', paper: '#0d1117' },
} as const;
const themeStyle = ({ ink, paper }: (typeof plotThemes)['light' | 'dark']) =>
  `svg{--ink:${ink};--paper:${paper}}`;
const themes = `<style>${themeStyle(plotThemes.light)}@media (prefers-color-scheme:dark){${themeStyle(plotThemes.dark)}}</style>`;

/** For what is told apart by `fill` or `stroke`, beside a label or a symbol: each is seen on light and on dark. */
export const plotColours = ['#3b82c4', '#d9541e', '#2f8f5b', '#9a63c9', '#b8860b'] as const;

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

/**
 * As an image and not as elements of the page: a notebook that was not run yet shows it all the same, where
 * JupyterLab removes SVG elements and leaves their labels behind as running text.
 */
function plotHtml(svg: string, { title, description, rows }: PlotDescription): string {
  const image = `<img alt="${escapeHtml(description)}" src="data:image/svg+xml,${encodeURIComponent(svg)}" style="max-width:100%">`;
  const numbers = `<details><summary>The numbers</summary>${tableHtml(rows, { caption: title })}</details>`;
  return `<figure style="margin:0"><figcaption><b>${escapeHtml(title)}</b></figcaption>\n${image}\n${numbers}</figure>`;
}
