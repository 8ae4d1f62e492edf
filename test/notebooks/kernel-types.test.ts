import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Session } from '@jupyterlab/services';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { HeadlessServer } from '../../packages/workshop/src/headless-server.ts';
import { kernelNames } from '../../packages/workshop/src/kernelspecs.ts';
import { runNotebook } from '../../packages/workshop/src/run-notebook.ts';
import { serverFor } from './runner.ts';

const projectRoot = join(import.meta.dirname, '..', '..');
const notebook = `.cache/kernel-types-${crypto.randomUUID()}/notebook.ipynb`;
const beside = (name: string) => join(projectRoot, dirname(notebook), name);

let server: HeadlessServer;
let session: Session.ISessionConnection;
beforeAll(async () => {
  mkdirSync(beside('.'), { recursive: true });
  server = await serverFor('lab');
  session = await server.openSession(notebook, kernelNames.local);
});
afterAll(async () => {
  await server?.close();
  rmSync(beside('.'), { recursive: true });
});

/** What each cell showed, errors included. */
async function run(...sources: string[]): Promise<string[]> {
  const cells = sources.map((source) => ({ cell_type: 'code' as const, metadata: {}, source }));
  const runs = await runNotebook({ cells, metadata: {}, nbformat: 4, nbformat_minor: 5 }, session);
  return runs.map(({ outputs }) => JSON.stringify(outputs));
}

async function inspect(code: string): Promise<string> {
  const reply = await session.kernel?.requestInspect({
    code,
    cursor_pos: code.length - 1,
    detail_level: 0,
  });
  return reply?.content.status === 'ok' ? String(reply.content.data['text/plain']) : '';
}

describe('what the kernel knows of types', () => {
  it('holds a cell to the types of lib', async () => {
    const [wrong, missing, right] = await run(
      `import { costOf } from 'lib';\ncostOf('amazon.nova-micro-v1:0', 3);`,
      `import { noSuchThing } from 'lib';`,
      `import { estimateTokens } from 'lib';\nconsole.log(typeof estimateTokens('four words of text'));`,
    );
    expect(wrong).toContain(`'string' is not assignable to parameter of type 'BilledUsage'`);
    expect(missing).toContain('noSuchThing');
    expect(right).toContain('number');
  });

  it('holds it to those of one of its files, and of the local endpoint', async () => {
    const [wrong] = await run(
      `import { startLocalBedrock } from 'lib/local-bedrock';\nimport { renderMarkdown } from 'lib/web';
startLocalBedrock({ era: 'tomorrow' });\nrenderMarkdown(1);`,
    );
    expect(wrong).toContain('tomorrow');
    expect(wrong).toContain(`'number' is not assignable to parameter of type 'string`);
  });

  it('shows the comments of lib and of the SDK', async () => {
    const lib = await inspect(`import { createClient } from 'lib';\ncreateClient`);
    expect(lib).toContain('function createClient(options?: ');
    expect(lib).toContain('with what the bare one lacks');
    const sdk = await inspect(
      `import { ConverseCommand } from '@aws-sdk/client-bedrock-runtime';\nConverseCommand`,
    );
    expect(sdk).toContain('Sends messages to the specified Amazon Bedrock model');
  });

  it('answers a completion before any cell', async () => {
    const fresh = await server.openSession(`${dirname(notebook)}/fresh.ipynb`, kernelNames.local);
    const reply = await fresh.kernel?.requestComplete({ code: 'consol', cursor_pos: 6 });
    expect(reply?.content).toMatchObject({ matches: expect.arrayContaining(['console']) });
    await fresh.shutdown();
  });

  it('completes the names of lib', async () => {
    const code = `import * as lib from 'lib';\nlib.openH`;
    const reply = await session.kernel?.requestComplete({ code, cursor_pos: code.length });
    expect(reply?.content).toMatchObject({ matches: expect.arrayContaining(['openHistory']) });
  });

  it('runs a file beside the notebook and what that imports, and sees when it changes', async () => {
    writeFileSync(beside('words.ts'), `export const word: string = 'first';\n`);
    writeFileSync(
      beside('say.ts'),
      `import { word } from './words';\nexport const say = () => word + '!';\n`,
    );
    const cell = `import { say } from './say';\nconsole.log(say());`;
    expect((await run(cell))[0]).toContain('first!');
    writeFileSync(
      beside('say.ts'),
      `import { word } from './words';\nexport const say = () => word + '?';\n`,
    );
    expect((await run('await new Promise((done) => setTimeout(done, 300));', cell))[1]).toContain('first?');
    writeFileSync(beside('say.ts'), `export const say = () => 1 + missing;\n`);
    expect((await run('await new Promise((done) => setTimeout(done, 300));', cell))[1]).toContain('missing');
  });
});
