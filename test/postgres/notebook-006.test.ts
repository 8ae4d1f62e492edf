import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import type { HeadlessServer } from '../../packages/workshop/src/headless-server.ts';
import { kernelNames } from '../../packages/workshop/src/kernelspecs.ts';
import { type Cell, joinLines, readNotebook, streamText } from '../../packages/workshop/src/notebook-file.ts';
import { runNotebook } from '../../packages/workshop/src/run-notebook.ts';
import { examine, projectRoot, serverFor } from '../notebooks/runner.ts';

const url = inject('postgresUrl');
const path = 'notebooks/006.ipynb';
const notebook = readNotebook(join(projectRoot, path));
const patient = { timeout: 600_000 };

describe.skipIf(url === '')('006 with a server in DATABASE_URL', () => {
  let server: HeadlessServer;
  beforeAll(async () => {
    vi.stubEnv('DATABASE_URL', url);
    server = await serverFor('lab');
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    await server?.close();
  });

  it('runs without a fault', patient, async () => {
    const { faults } = await examine(server, path, { compareOutputs: false, twice: false });
    expect(faults).toBe('');
  });

  it('sees what a second kernel says in the same conversation', patient, async () => {
    const open = async (name: string) => {
      const session = await server.openSession(`notebooks/${name}.ipynb`, kernelNames.local);
      return {
        run: async (cells: readonly Cell[]) => {
          const runs = await runNotebook({ ...notebook, cells: [...cells] }, session);
          expect(runs.filter(({ status }) => status !== 'ok')).toEqual([]);
          return streamText(runs.at(-1)?.outputs ?? []);
        },
        end: () => session.shutdown(),
      };
    };
    const told = notebook.cells.findIndex(({ source }) =>
      joinLines(source).includes('Asked in this session'),
    );
    const pasted = notebook.cells
      .map(({ source }) => /```ts\n(import [^`]*DATABASE_URL[^`]*)```/.exec(joinLines(source))?.[1])
      .find((code) => code !== undefined);
    const [first, second] = await Promise.all([open('006'), open('second')]);
    const asked = (text: string) => text.split('What is my name?').length - 1;
    const before = asked(await first.run(notebook.cells.slice(0, told + 1)));
    expect(
      await second.run([{ cell_type: 'code', metadata: {}, source: pasted ?? '', outputs: [] }]),
    ).toContain('Aiko');
    expect(asked(await first.run(notebook.cells.slice(told, told + 1)))).toBe(before + 1);
    await Promise.all([first.end(), second.end()]);
  });
});
