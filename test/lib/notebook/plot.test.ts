import { showPlot } from 'lib';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { pictureColours, pictureThemes } from '../../../lib/notebook/picture.ts';
import { type PlotLibrary, plotSvg } from '../../../lib/notebook/plot.ts';
import { contrast } from '../../contrast.ts';

const rows = [
  { prompt: 'zero-shot', accuracy: 0.5 },
  { prompt: 'few-shot', accuracy: 0.75 },
];
const description = { title: 'Right & wrong <by> "prompt"', description: 'Two bars.' };
const bars = (Plot: PlotLibrary) => ({
  marginLeft: 90,
  marks: [Plot.barX(rows, { x: 'accuracy', y: 'prompt', clip: true }), Plot.ruleX([0])],
});

afterEach(() => vi.restoreAllMocks());

/** Fails when a tag is not closed by its own: an image with such a fault is not shown at all. */
function expectWellFormed(xml: string) {
  const open: string[] = [];
  for (const [, close, name = '', rest = ''] of xml.matchAll(/<(\/?)([\w-]+)((?:[^>"]|"[^"]*")*)>/g)) {
    if (close) expect(open.pop()).toBe(name);
    else if (!rest.endsWith('/')) open.push(name);
  }
  expect(open).toEqual([]);
  expect(xml.replace(/&(amp|lt|gt|quot|#\d+);/g, '')).not.toContain('&');
}

describe('a plot', () => {
  it('is a well-formed SVG with a title and a description', async () => {
    const svg = await plotSvg(bars, description);
    expectWellFormed(svg);
    expect(svg).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg"/);
    expect(svg).toContain(
      '<title>Right &amp; wrong &lt;by&gt; &quot;prompt&quot;</title><desc>Two bars.</desc>',
    );
    expect(svg).toContain('few-shot</text>');
  });

  it('has the same bytes each time, clips included', async () => {
    const first = await plotSvg(bars, description);
    expect(first).toMatch(/<clipPath id="plot-clip-1"/);
    expect(await plotSvg(bars, description)).toBe(first);
  });

  it('has a ground of its own in either theme, on which its text and its colours are seen', async () => {
    const svg = await plotSvg(bars, description);
    expect(/style="([^"]*)"/.exec(svg)?.[1]).toContain('color:var(--ink)');
    for (const [theme, { ink, paper }] of Object.entries(pictureThemes)) {
      expect(svg, theme).toContain(`svg{--ink:${ink};--paper:${paper}}`);
      expect(contrast(ink, paper), theme).toBeGreaterThanOrEqual(4.5);
      for (const colour of pictureColours)
        expect(contrast(colour, paper), `${colour} ${theme}`).toBeGreaterThanOrEqual(3);
    }
  });

  it('tells series apart by these colours, unless it is told others', async () => {
    const coloured = (range?: string[]) =>
      plotSvg(
        (Plot) => ({
          ...(range && { color: { range } }),
          marks: [Plot.barX(rows, { x: 'accuracy', y: 'prompt', fill: 'prompt' })],
        }),
        description,
      );
    const svg = await coloured();
    for (const colour of pictureColours.slice(0, 2)) expect(svg).toContain(`fill="${colour}"`);
    expect(await coloured(['teal', 'tan'])).toContain('fill="teal"');
  });

  it('is its table outside a notebook', async () => {
    const print = vi.spyOn(console, 'log').mockImplementation(() => {});
    await showPlot(bars, { ...description, rows });
    expect(print.mock.calls).toEqual([
      ['Right & wrong <by> "prompt"\nprompt     accuracy\nzero-shot  0.5\nfew-shot   0.75'],
    ]);
  });

  it('refuses options that make a page and not a picture', async () => {
    const withLegend = (Plot: PlotLibrary) => ({ ...bars(Plot), caption: 'Below' });
    await expect(plotSvg(withLegend, description)).rejects.toMatchObject({ kind: 'request' });
  });
});
