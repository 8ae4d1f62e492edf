import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { HeadlessServer } from '../../packages/workshop/src/headless-server.ts';
import { joinLines, readNotebook, streamText } from '../../packages/workshop/src/notebook-file.ts';
import type { CellRun } from '../../packages/workshop/src/run-notebook.ts';
import { costOfRun, statedCost } from './cost.ts';
import { examine, projectRoot, serverFor } from './runner.ts';

const notebooks = ['notebooks', 'notebooks/solutions'].flatMap((folder) =>
  readdirSync(join(projectRoot, folder))
    .filter((name) => name.endsWith('.ipynb'))
    .map((name) => `${folder}/${name}`),
);

/**
 * `lab` in us-east-1 is what the committed outputs were recorded on; elsewhere every cell must still run. The solutions
 * call the same models as their notebooks, so the region that only changes ids is left to the notebooks, and each of
 * their cells is run twice in a row there.
 */
describe.each([
  ['lab', 'us-east-1'],
  ['today', 'us-east-1'],
  ['today', 'eu-central-1'],
] as const)('on the local endpoint, %s, in %s', (era, region) => {
  const recorded = era === 'lab';
  const paths = region === 'us-east-1' ? notebooks : notebooks.filter((path) => !path.includes('solutions'));
  let server: HeadlessServer;
  beforeAll(async () => {
    server = await serverFor(era, region);
  });
  afterAll(() => server?.close());

  it.concurrent.each(paths)('%s runs without a fault', async (path) => {
    const { faults, printed, notebook, told } = await examine(server, path, {
      compareOutputs: recorded,
      twice: region !== 'us-east-1',
    });
    expect(faults).toBe('');
    if (path.includes('solutions')) expect(printed).not.toContain('[not yet]');
    // What AWS would serve and charge for today, where the prices are those of the catalogue.
    else if (era === 'today' && region === 'us-east-1') expectStatedCost(statedCost(notebook), told);
  });
});

/** "About" holds from half as much to half as much again: the stand-in's answers are not a model's. */
function expectStatedCost(stated: number, told: CellRun | undefined): void {
  if (told === undefined) throw new Error('The calls of the run were not told.');
  const { usd = Number.NaN } = costOfRun(told);
  expect(usd, `stated: $${stated}`).toBeGreaterThanOrEqual(stated * 0.5);
  expect(usd, `stated: $${stated}`).toBeLessThanOrEqual(stated * 1.5);
}

describe('solutions', () => {
  const solutions = notebooks.filter((path) => path.includes('solutions'));

  it.each(solutions)('%s solves every exercise', (path) => {
    const notebook = readNotebook(join(projectRoot, path));
    const printed = notebook.cells.map(({ outputs = [] }) => streamText(outputs)).join('');
    const exercises = new Set(printed.match(/^Exercise \d+/gm));
    expect(exercises.size).toBeGreaterThan(0);
    expect(printed).not.toContain('[not yet]');
    for (const exercise of exercises) expect(printed).toContain(`${exercise}: all done.`);
  });

  it.each(solutions)('%s checks what its notebook checks', (path) => {
    const checksOf = (file: string) =>
      readNotebook(join(projectRoot, file))
        .cells.map(({ source }) => joinLines(source))
        .filter((source) => source.includes('await checkExercise('));
    expect(checksOf(path)).toEqual(checksOf(path.replace('solutions/', '')));
  });
});

it('the recorded Titan answer is the one that 001 shows', () => {
  const titan = readNotebook(join(projectRoot, 'notebooks/001.ipynb')).cells.find(
    ({ metadata }) => metadata.source_cell === 6,
  );
  const recorded = JSON.parse(
    readFileSync(join(projectRoot, 'notebooks/recorded/titan-text-express.json'), 'utf8'),
  );
  expect(streamText(titan?.outputs ?? [])).toBe(`${recorded.results[0].outputText}\n`);
});
