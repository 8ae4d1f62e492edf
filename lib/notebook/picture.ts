import { escapeHtml } from '../base/escape-html.ts';

/** A picture has a ground of its own, light or dark with its reader, and its text is sure to be seen on it. */
export const pictureThemes = {
  light: { ink: '#1f2328', paper: '#ffffff' },
  dark: { ink: '#e6edf3', paper: '#0d1117' },
} as const;

/** For marks that are told apart by `fill` or `stroke`, beside a label or a symbol: each is seen on light and on dark. */
export const pictureColours = ['#3b82c4', '#d9541e', '#2f8f5b', '#9a63c9', '#b8860b'] as const;

const styleOf = ({ ink, paper }: (typeof pictureThemes)['light' | 'dark']) =>
  `svg{--ink:${ink};--paper:${paper}}`;

/** The element that gives an SVG its `--ink` and its `--paper`. */
export const themeStyle = `<style>${styleOf(pictureThemes.light)}@media (prefers-color-scheme:dark){${styleOf(pictureThemes.dark)}}</style>`;

/**
 * An SVG as an image and not as elements of the page: a notebook that was not run yet shows it all the same, where
 * JupyterLab removes SVG elements and leaves their labels behind as running text. Pure.
 *
 * @param alt what one sees in it, for those who do not see it
 */
export function pictureHtml(svg: string, alt: string): string {
  return `<img alt="${escapeHtml(alt)}" src="data:image/svg+xml,${encodeURIComponent(svg)}" style="max-width:100%">`;
}
