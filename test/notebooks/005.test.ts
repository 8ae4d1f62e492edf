import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { HeadlessServer } from '../../packages/workshop/src/headless-server.ts';
import { kernelNames } from '../../packages/workshop/src/kernelspecs.ts';
import {
  type Cell,
  joinLines,
  type Output,
  readNotebook,
} from '../../packages/workshop/src/notebook-file.ts';
import { runNotebook } from '../../packages/workshop/src/run-notebook.ts';
import { openLiveKernel } from './live-kernel.ts';
import { projectRoot, serverFor } from './runner.ts';

const notebook = readNotebook(join(projectRoot, 'notebooks/005.ipynb'));
const code = notebook.cells.filter((cell) => cell.cell_type === 'code');

/** The cell with this text in it. */
function holding(text: string): Cell {
  const cell = code.find(({ source }) => joinLines(source).includes(text));
  if (cell === undefined) throw new Error(`No cell of 005 holds ${text}`);
  return cell;
}

/** What the library's page needs of the cells before it, and the cell that starts it. */
const page = [
  'const bedrock =',
  'const system =',
  'type Closable',
  'const jupyterAddress',
  'function showLink',
  'const page =',
];
const agentPage = ['const wanted =', 'const readJson', 'const sampleWeather', 'const agentPage ='];

/** Addresses with a key that the outputs show. */
function linksIn(outputs: readonly Output[]): string[] {
  return JSON.stringify(outputs).match(/https?:\/\/[^"\\\s]+\/[\w-]{32}\//g) ?? [];
}

const isServed = (url: string) =>
  fetch(url).then(
    ({ status }) => status === 200,
    () => false,
  );

describe('the pages of 005', () => {
  let server: HeadlessServer;
  beforeAll(async () => {
    server = await serverFor('lab');
  });
  afterAll(() => server?.close());

  async function open() {
    const session = await server.openSession(`notebooks/${crypto.randomUUID()}.ipynb`, kernelNames.local);
    return {
      run: async (cells: readonly Cell[]) => {
        const runs = await runNotebook({ ...notebook, cells: [...cells] }, session);
        expect(runs.filter(({ status }) => status !== 'ok')).toEqual([]);
        return runs;
      },
      end: () => session.shutdown(),
    };
  }

  it('are linked as long as they run, and end with the kernel', async () => {
    const { run, end } = await open();
    const runs = await run([...page, ...agentPage].map(holding));
    const links = runs.flatMap(({ outputs }) => linksIn(outputs));
    expect(links).toHaveLength(2);
    for (const link of links) expect(await isServed(link)).toBe(true);
    await end();
    for (const link of links) await expect.poll(() => isServed(link)).toBe(false);
  });

  it('leave no link behind when they are stopped, though every cell ran twice in a row', async () => {
    const { run, end } = await open();
    const outputs = (await run(code.flatMap((cell) => [cell, cell]))).flatMap((one) => one.outputs);
    expect(linksIn(outputs)).toEqual([]);
    expect(JSON.stringify(outputs)).not.toContain('stderr');
    await end();
  });

  it('go on answering after the stop button, which ends what they were doing then', async () => {
    const kernel = await openLiveKernel(server);
    const { text } = await kernel.run(
      "import { startChat } from 'lib';\nconst served = await startChat();\nconsole.log(served.url);",
    );
    const url = text.trim();
    const ask = async () => {
      const headers = { origin: new URL(url).origin, 'content-type': 'application/json' };
      const body = JSON.stringify({ modelId: 'amazon.nova-lite-v1:0', text: 'What is 17 + 25?' });
      return (await fetch(`${url}turns`, { method: 'POST', headers, body })).text();
    };
    expect(await ask()).toContain('42');
    await kernel.interrupt();
    // The interrupt is a signal: it has arrived when the kernel answers again.
    await kernel.run('null;');
    expect(await ask()).toContain('42');
    await kernel.shutdown();
  });

  it('are linked through the proxy of the Jupyter server that the browser sees', async () => {
    const { run, end } = await open();
    const studio = 'https://a1b2.studio.us-east-1.sagemaker.aws/jupyterlab/default/';
    const edited = page.map(holding).map((cell) => {
      const empty = /(?<=const jupyterAddress.*= ')(?=';)/;
      return {
        ...cell,
        source: joinLines(cell.source).replace(empty, `${studio}lab/tree/notebooks/005.ipynb`),
      };
    });
    const runs = await run(edited);
    const [link = ''] = linksIn(runs.at(-1)?.outputs ?? []);
    expect(link).toMatch(new RegExp(`^${studio}proxy/\\d+/[\\w-]{32}/$`));
    const [, port, key] = /(\d+)\/([\w-]+)\/$/.exec(link) ?? [];
    // As the proxy passes it on: without the prefix, and with the name that the browser has called.
    const { host } = new URL(studio);
    const passedOn = request(`http://127.0.0.1:${port}/${key}/`, { headers: { host }, agent: false }).end();
    const [{ statusCode }] = (await once(passedOn, 'response')) as [IncomingMessage];
    expect(statusCode).toBe(200);
    await end();
  });
});
