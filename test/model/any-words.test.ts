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

/** What each model says is hardest for: runs that only repeat others are left to `MODEL_TESTS=all`. */
const hardest: Readonly<Record<keyof typeof otherModels, readonly string[]>> = {
  'that chats and keeps to no form': notebooks.map((path) => path.replace(/^notebooks\/|\.ipynb$/g, '')),
  'that says nothing': ['001', '002', '003', '004', '005', 'solutions/001'],
  'that thinks and says nothing': ['001', '003', '004'],
  'that keeps to each form with values of no sense': ['002', '004', '005'],
  'that calls tools without end': ['002', '004', '005'],
};

/** Whatever a model says, no cell fails of it, and a right answer to an exercise is not called wrong. */
describe.each(Object.entries(otherModels))('with a model %s', (name, answer) => {
  const isHardest = (path: string) => hardest[name]?.some((part) => path.endsWith(`notebooks/${part}.ipynb`));
  const paths = process.env.MODEL_TESTS === 'all' ? notebooks : notebooks.filter(isHardest);
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
