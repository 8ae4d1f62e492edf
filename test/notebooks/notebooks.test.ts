import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { HeadlessServer } from '../../lib/jupyter/headless-server.ts';
import { joinLines, readNotebook } from '../../lib/jupyter/notebook-file.ts';
import { faultsOf, projectRoot, serverFor } from './runner.ts';

const notebooks = ['notebooks', 'notebooks/solutions'].flatMap((folder) =>
  readdirSync(join(projectRoot, folder))
    .filter((name) => name.endsWith('.ipynb'))
    .map((name) => `${folder}/${name}`),
);

/** `lab` is what the committed outputs were recorded on; under `today` every cell must still run. */
describe.each(['lab', 'today'] as const)('on the local endpoint, %s', (era) => {
  let server: HeadlessServer;
  beforeAll(async () => {
    server = await serverFor(era);
  });
  afterAll(() => server?.close());

  it.each(notebooks)('%s runs without a fault', async (path) => {
    expect(await faultsOf(server, path, era === 'lab')).toBe('');
  });
});

describe('solutions', () => {
  const solutions = notebooks.filter((path) => path.includes('solutions'));

  it.each(solutions)('%s solves every exercise', (path) => {
    const notebook = readNotebook(join(projectRoot, path));
    const printed = notebook.cells
      .flatMap(({ outputs = [] }) => outputs)
      .map((output) => (output.output_type === 'stream' ? joinLines(output.text) : ''))
      .join('');
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
