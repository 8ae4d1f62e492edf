import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { drawPicture, pictureNames, picturesFolder, themes } from '../../packages/workshop/src/pictures.ts';
import { contrast } from '../contrast.ts';
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
