import { showPlot } from 'lib';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type PlotLibrary, plotSvg } from '../../../lib/notebook/plot.ts';

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

  it('is seen on light and on dark pages: no background, and one grey with enough contrast to both', async () => {
    const svg = await plotSvg(bars, description);
    const style = /style="([^"]*)"/.exec(svg)?.[1];
    expect(style).toContain('background:none');
    const grey = Number.parseInt(/color:#([0-9a-f]{2})\1\1/.exec(style ?? '')?.[1] ?? '', 16) / 255;
    const luminance = ((grey + 0.055) / 1.055) ** 2.4;
    const darkPage = 0.0056;
    expect(1.05 / (luminance + 0.05)).toBeGreaterThan(4);
    expect((luminance + 0.05) / (darkPage + 0.05)).toBeGreaterThan(4);
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
