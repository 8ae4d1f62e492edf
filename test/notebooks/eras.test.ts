import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { catalogueDate } from '../../packages/bedrock-models/src/catalogue.ts';
import type { HeadlessServer } from '../../packages/workshop/src/headless-server.ts';
import type { CellRun } from '../../packages/workshop/src/run-notebook.ts';
import { costOfRun, statedCost } from './cost.ts';
import { examine, notebooks, serverFor } from './runner.ts';

/**
 * What AWS serves and charges for today: answers may differ from the recorded ones, and every cell must still run. The
 * solutions call the same models as their notebooks, so the region that only changes ids is left to the notebooks, and
 * each of their cells is run twice in a row there.
 */
describe.each(['us-east-1', 'eu-central-1'])('on the local endpoint as AWS is today, in %s', (region) => {
  const isHome = region === 'us-east-1';
  const paths = isHome ? notebooks : notebooks.filter((path) => !path.includes('solutions'));
  let server: HeadlessServer;
  beforeAll(async () => {
    server = await serverFor('today', region);
  });
  afterAll(() => server?.close());

  it.concurrent.each(paths)('%s runs without a fault', async (path) => {
    const run = await examine(server, path, { compareOutputs: false, twice: !isHome });
    expect(run.faults).toBe('');
    if (path.includes('solutions')) expect(run.printed).not.toContain('[not yet]');
    else if (isHome) expectStatedCost(statedCost(run.notebook), run.told);
  });
});

/** "About" holds from half as much to half as much again: the stand-in's answers are not a model's. */
function expectStatedCost(
  { usd, tokens, calls, day }: ReturnType<typeof statedCost>,
  told: CellRun | undefined,
): void {
  if (told === undefined) throw new Error('The calls of the run were not told.');
  const run = costOfRun(told);
  const pairs = [
    [usd, run.usd],
    [tokens, run.tokens],
    [calls, run.calls],
  ] as const;
  for (const [stated, found = Number.NaN] of pairs) {
    expect(found, `stated: ${stated}`).toBeGreaterThanOrEqual(stated * 0.5);
    expect(found, `stated: ${stated}`).toBeLessThanOrEqual(stated * 1.5);
  }
  expect(day).toBe(catalogueDate);
}
