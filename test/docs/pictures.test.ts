import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { drawPicture, pictureNames, picturesFolder, themes } from '../../packages/workshop/src/pictures.ts';
import { notebooks, tokensOf } from './pages.ts';

describe('the pictures of the notebooks', () => {
  it.each(pictureNames())('%s is drawn from its source: npm run pictures', async (name) => {
    expect(readFileSync(join(picturesFolder, `${name}.svg`), 'utf8')).toBe(await drawPicture(name));
  });

  it('are each shown in a notebook, with what they show in words', () => {
    const shown = notebooks.flatMap((notebook) =>
      tokensOf(notebook).flatMap((token) => (token.type === 'image' ? [token] : [])),
    );
    for (const name of pictureNames()) {
      const image = shown.find(({ href }) => href === `images/${name}.svg`);
      expect(image?.text.length, name).toBeGreaterThan(60);
    }
  });

  it.each(Object.entries(themes))('can be read in a %s theme', (_, { paper, ink, line, ...kinds }) => {
    for (const ground of [paper, ...Object.values(kinds)]) {
      expect(contrast(ink, ground), `text on ${ground}`).toBeGreaterThanOrEqual(4.5);
      expect(contrast(line, ground), `lines on ${ground}`).toBeGreaterThanOrEqual(3);
    }
  });
});

/** By the definition of WCAG 2.2. */
function contrast(one: string, other: string): number {
  const [light = 0, dark = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
}

function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
