import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { HeadlessServer } from '../../packages/workshop/src/headless-server.ts';
import { newNotebook } from '../../packages/workshop/src/new-notebook.ts';
import { describeFaults, findFaults } from '../../packages/workshop/src/notebook-faults.ts';
import { joinLines, readNotebook, streamText } from '../../packages/workshop/src/notebook-file.ts';
import { examine, notebooks, projectRoot, runOn, serverFor } from './runner.ts';

/** `lab` in us-east-1 is what the committed outputs were recorded on; `eras.test.ts` has AWS as it is today. */
describe('on the local endpoint, as recorded', () => {
  let server: HeadlessServer;
  beforeAll(async () => {
    server = await serverFor('lab');
  });
  afterAll(() => server?.close());

  it.concurrent.each(notebooks)('%s runs without a fault', async (path) => {
    const { faults, printed } = await examine(server, path, { compareOutputs: true, twice: false });
    expect(faults).toBe('');
    if (path.includes('solutions')) expect(printed).not.toContain('[not yet]');
  });
});

it('a new notebook of one’s own runs as it is', async () => {
  const server = await serverFor('lab');
  try {
    const notebook = newNotebook('mine');
    const runs = await runOn(server, 'my-notebooks/mine.ipynb', notebook);
    expect(describeFaults('mine', findFaults(notebook, runs, false))).toBe('');
    expect(runs.map(({ outputs }) => streamText(outputs)).join('')).toContain('17 + 25 = 42');
  } finally {
    await server.close();
  }
});

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
