import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type HeadlessServer, startHeadlessServer } from '../../packages/workshop/src/headless-server.ts';
import { modelKernelName } from '../../packages/workshop/src/kernelspecs.ts';
import { readNotebook, streamText } from '../../packages/workshop/src/notebook-file.ts';
import { runNotebook } from '../../packages/workshop/src/run-notebook.ts';
import { notebooks, projectRoot } from '../notebooks/runner.ts';
import { faultsOf } from './faults.ts';
import { otherModels, serveOtherModel } from './other-words.ts';

const isNotebook = (path: string) => !path.includes('solutions');

const hardestForChecks = Object.values(otherModels).slice(0, 2);

/** Whatever a model says, no cell fails of it, and a right answer to an exercise is not called wrong. */
describe.each(Object.entries(otherModels))('with a model %s', (_, answer) => {
  // Their checks ask little, and what they ask has its hardest time with these.
  const paths = hardestForChecks.includes(answer) ? notebooks : notebooks.filter(isNotebook);
  let model: Awaited<ReturnType<typeof serveOtherModel>>;
  let server: HeadlessServer;
  beforeAll(async () => {
    model = await serveOtherModel(answer);
    process.env.LOCAL_BEDROCK_MODEL = JSON.stringify({ source: model.url, name: 'another-model' });
    server = await startHeadlessServer(projectRoot, 'lab');
  });
  afterAll(async () => {
    await server?.close();
    await model?.close();
  });

  it.concurrent.each(paths)('%s runs to its last cell', async (path) => {
    const notebook = readNotebook(join(projectRoot, path));
    const session = await server.openSession(path, modelKernelName);
    try {
      const runs = await runNotebook(notebook, session, { cellTimeoutMs: 300_000 });
      expect(faultsOf(path, notebook, runs)).toBe('');
      if (!isNotebook(path))
        expect(runs.map(({ outputs }) => streamText(outputs)).join('')).not.toContain('[not yet]');
    } finally {
      await session.shutdown().catch(() => undefined);
    }
  });
});
