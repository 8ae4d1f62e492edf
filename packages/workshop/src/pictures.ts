/**
 * Draws the pictures of the notebooks: `notebooks/images/*.dot` to `.svg` beside them, by Graphviz. Colours are CSS
 * classes, so that a picture is light where its reader's theme is, and dark where that is.
 *
 * @see https://graphviz.org/doc/info/lang.html
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { instance } from '@viz-js/viz';

export const picturesFolder = join(import.meta.dirname, '..', '..', '..', 'notebooks', 'images');

/** What the parts of a picture are; each is a class of nodes in the sources. Text is always `ink` on these. */
export const themes = {
  light: {
    paper: '#ffffff',
    ink: '#1f2328',
    line: '#57606a',
    plain: '#f6f8fa',
    program: '#ddf4ff',
    model: '#fbefff',
    data: '#dafbe1',
    check: '#fff8c5',
    trouble: '#ffebe9',
  },
  dark: {
    paper: '#0d1117',
    ink: '#e6edf3',
    line: '#9198a1',
    plain: '#21262d',
    program: '#0c2d4d',
    model: '#3b1f5c',
    data: '#0f3d22',
    check: '#4b3a09',
    trouble: '#5c1a1b',
  },
} as const;

const kinds = ['plain', 'program', 'model', 'data', 'check', 'trouble'] as const;

/** Pixels of a point: text of a picture is as large as the notebook's. */
const scale = 1.15;

/** What every picture has in common; it stands behind the opening brace of the source. */
const common = `
  graph [bgcolor=transparent fontname="Helvetica,Arial,sans-serif" fontsize=13 nodesep=0.3 ranksep=0.45 pad=0.2]
  node [shape=box style="rounded,filled" class=plain fontname="Helvetica,Arial,sans-serif" fontsize=13 margin="0.14,0.08"]
  edge [fontname="Helvetica,Arial,sans-serif" fontsize=12 arrowsize=0.7]
`;

/** The names of the pictures, without endings. */
export function pictureNames(): readonly string[] {
  return readdirSync(picturesFolder)
    .filter((name) => name.endsWith('.dot'))
    .map((name) => name.slice(0, -'.dot'.length))
    .sort();
}

export async function drawPicture(name: string): Promise<string> {
  const source = readFileSync(join(picturesFolder, `${name}.dot`), 'utf8');
  const viz = await instance();
  const drawn = viz.renderString(source.replace('{', `{${common}`), { format: 'svg' });
  const [opening, size] = /<svg (width="[\d.]+pt" height="[\d.]+pt")[^>]*>/.exec(drawn) ?? [];
  if (opening === undefined || size === undefined)
    throw new Error(`Graphviz drew no picture of ${name}.dot.`);
  const title = /^\/\/ (.*)$/m.exec(source)?.[1] ?? name;
  const pixels = size.replaceAll(/([\d.]+)pt/g, (_, points) => `${Math.round(Number(points) * scale)}`);
  const head = `${opening.replace(size, `${pixels} role="img"`)}
<title>${title.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</title>
<style>${styles()}</style>
<rect class="paper" width="100%" height="100%" rx="8"/>`;
  const body = drawn
    .slice(drawn.indexOf(opening) + opening.length)
    .replaceAll(/<!--.*?-->\n?/gs, '')
    // Titles of nodes would be shown by a pointer that rests on them: they are ids.
    .replaceAll(/<title>.*?<\/title>\n?/gs, '')
    // Graphviz measures text by the widths of a narrow face: it lays out larger than what is shown.
    .replaceAll(/font-family="([^"]*)" font-size="([\d.]+)"/g, (_, face: string, points: string) => {
      const shown = Number(points) * (face.includes('monospace') ? 0.72 : 0.87);
      return `font-family="${face}" font-size="${shown.toFixed(2)}"`;
    });
  return `${head}${body.trimEnd()}\n`;
}

function styles(): string {
  const rules = (theme: (typeof themes)['light' | 'dark']) =>
    [
      `.paper{fill:${theme.paper}}`,
      `text{fill:${theme.ink}}`,
      `.node path,.node polygon,.node ellipse,.cluster path,.cluster polygon,.edge path,.edge polygon{stroke:${theme.line}}`,
      `.edge polygon{fill:${theme.line}}`,
      '.cluster path,.cluster polygon{fill:none}',
      ...kinds.map(
        (kind) => `.node.${kind} path,.node.${kind} polygon,.node.${kind} ellipse{fill:${theme[kind]}}`,
      ),
    ].join('');
  return `${rules(themes.light)}@media (prefers-color-scheme:dark){${rules(themes.dark)}}`;
}

if (import.meta.main) {
  for (const name of pictureNames()) {
    writeFileSync(join(picturesFolder, `${name}.svg`), await drawPicture(name));
    console.log(`notebooks/images/${name}.svg`);
  }
}
