import { chownSync, cpSync, existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { APIResponse, Page, Response } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startLocalBedrock } from '../../packages/local-bedrock/src/index.ts';
import { joinLines, readNotebook, writeNotebook } from '../../packages/workshop/src/notebook-file.ts';
import { openBrowser } from '../browser/browser.ts';
import { serveContainerCredentials } from './container-credentials.ts';
import { folderMegabytes, pathsBelow } from './disk.ts';
import { addFigures } from './figures.ts';
import { chooseKernel, faultsOf, kernelOf, openNotebook, runAllCells } from './lab-page.ts';
import { makeSpace, type Server, type Space } from './space.ts';

/** Not the workshop's own, so that it can only come from the space. */
const region = 'us-west-2';
const folder = 'workshop';
const lastWords = 'Closed. Next: notebook 002';
const reason =
  process.platform !== 'linux' || process.getuid?.() !== 0
    ? 'It makes a user and acts for it, which only root on Linux can do.'
    : undefined;
if (reason) addFigures([`The likeness of a Studio space is not built. ${reason}`]);

let space: Space;
let server: Server;
let browser: Awaited<ReturnType<typeof openBrowser>>;
let page: Page;
let bedrock: Awaited<ReturnType<typeof startLocalBedrock>>;
let role: Awaited<ReturnType<typeof serveContainerCredentials>>;
let clone: string;
let notebook: string;
let untouched: string;
/** What is in the home folder before the set-up, so that afterwards the rest can be looked for. */
let before: string[];
let firstSetUp = 0;
const figures: string[] = [];
const asked: string[] = [];

const npm = (...args: string[]) => space.terminal(clone, 'npm', ...args);
const note = (what: string, value: number, unit: string) =>
  figures.push(`${what}: ${value.toFixed(1)} ${unit}`);

describe.skipIf(reason !== undefined)('a SageMaker Studio space', () => {
  beforeAll(async () => {
    role = await serveContainerCredentials();
    bedrock = await startLocalBedrock({
      era: 'today',
      region,
      auth: { scheme: 'sigv4', accessKeys: [role] },
      journal: ({ operation, status }) => asked.push(`${operation} ${status}`),
    });
    const started = performance.now();
    space = await makeSpace({
      ...role.env,
      AWS_DEFAULT_REGION: region,
      AWS_ENDPOINT_URL_BEDROCK_RUNTIME: bedrock.url,
      AWS_ENDPOINT_URL_BEDROCK: bedrock.url,
    });
    note('the likeness built', (performance.now() - started) / 1_000, 's');
    clone = join(space.home, folder);
    notebook = join(clone, 'notebooks/001.ipynb');
    untouched = join(space.home, '..', 'as-cloned');
    browser = await openBrowser();
    page = await browser.context.newPage();
  });
  afterAll(async () => {
    await browser?.close();
    await space?.remove();
    await bedrock?.close();
    role?.close();
    expect(space?.learner.processes()).toEqual([]);
    addFigures(figures);
  });

  it('is set up by one command, as an ordinary user, below the home folder', async () => {
    const cloned = await space.terminal(space.home, 'git', 'clone', '--quiet', space.repository, folder);
    expect(cloned).toMatchObject({ code: 0 });
    cpSync(join(clone, 'notebooks'), untouched, { recursive: true });
    before = pathsBelow(space.home);
    const { code, output, seconds } = await npm('run', 'setup');
    expect(code, output).toBe(0);
    firstSetUp = seconds;
    const size = folderMegabytes(space.home);
    note('first set-up', seconds, 's');
    note('home folder after it', size, 'MB');
    expect(size).toBeLessThan(1_000);
    expect(output).toContain("Node         24.21.0, the project's own");
    expect(output).toContain(`Region       ${region}, from AWS_DEFAULT_REGION`);
    expect(output).toContain("from the container's role, key ending in 0001");
    expect(output).toContain(`open ${folder}/notebooks/001.ipynb`);
    expect(existsSync(join(clone, '.venv'))).toBe(false);
    expect(readdirSync(join(space.home, '.npm')).sort()).not.toContain('_cacache');
    expect(readdirSync(space.env.TMPDIR ?? '')).toEqual([]);
    expect(existsSync(join(space.home, 'sudo-was-called'))).toBe(false);
    expect(existsSync(join(clone, '.cache/declarations/out/lib/index.d.ts'))).toBe(true);
  });

  it('offers both kernels in its own JupyterLab, and runs 001 on the local one', async () => {
    server = await space.startJupyter();
    await openNotebook(page, server.url, `${folder}/notebooks/001.ipynb`);
    expect(await kernelOf(page)).toBe('TypeScript (local Bedrock)');
    const started = performance.now();
    await runAllCells(page, notebook, lastWords);
    note('001 on the local kernel, in the browser', (performance.now() - started) / 1_000, 's');
    expect(faultsOf(notebook, join(untouched, '001.ipynb'))).toEqual([]);
    const shown = readFileSync(notebook, 'utf8');
    expect(shown).toContain('potassium sulfate');
    expect(shown).toContain(region);
    expect(asked).toEqual([]);
  });

  it("runs 001 on the kernel for Bedrock, whose calls are signed with the space's role", async () => {
    const before = role.asked();
    await chooseKernel(page, 'TypeScript (Bedrock)');
    await runAllCells(page, notebook, lastWords);
    expect(faultsOf(notebook, join(untouched, '001.ipynb'))).toEqual([]);
    expect(role.asked()).toBeGreaterThan(before);
    expect(asked).toContain('InvokeModel 200');
    expect(asked.filter((line) => line.endsWith(' 403'))).toEqual([]);
  });

  it('is as it was, seconds after its container has ended and another one has begun', async () => {
    await page.goto('about:blank');
    await space.endContainer();
    expect(existsSync(space.image.prefix)).toBe(false);
    expect(space.learner.processes()).toEqual([]);
    space.startContainer();
    const { code, output, seconds } = await npm('run', 'setup');
    expect(code, output).toBe(0);
    note('set-up after a restart', seconds, 's');
    expect(output).not.toContain('Installing');
    expect(seconds).toBeLessThan(firstSetUp / 2);
    server = await space.startJupyter();
    await openNotebook(page, server.url, `${folder}/notebooks/001.ipynb`);
    await chooseKernel(page, 'TypeScript (local Bedrock)');
    await runAllCells(page, notebook, lastWords);
    expect(faultsOf(notebook, join(untouched, '001.ipynb'))).toEqual([]);
  });

  it('is repaired by the set-up when the Node and the kernels have gone', async () => {
    rmSync(join(clone, 'node_modules/node/bin'), { recursive: true });
    rmSync(join(space.home, '.local/share/jupyter/kernels'), { recursive: true });
    const { code, output, seconds } = await npm('run', 'setup');
    expect(code, output).toBe(0);
    note('set-up that brings Node back', seconds, 's');
    const file = join(space.home, '.local/share/jupyter/kernels/typescript-bedrock/kernel.json');
    const [node] = JSON.parse(readFileSync(file, 'utf8')).argv;
    expect(await space.terminal(clone, node, '--version')).toMatchObject({ output: 'v24.21.0\n' });
  });

  it('shows the chat page through its proxy, whose answer comes bit by bit', async () => {
    const chat = await space.follow(
      clone,
      /http\S+\/proxy\/\S+/,
      ...['npm', 'run', 'chat', '--', '--local', '--no-browser', '--behind', page.url()],
    );
    const [address] = chat.matched;
    expect(address.startsWith(`${server.url}proxy/`)).toBe(true);
    const other = await browser.context.newPage();
    await other.goto(address);
    await other.locator('#model option').first().waitFor({ state: 'attached' });
    const answered = other.waitForResponse((response) => response.url().endsWith('/turns'));
    await other.getByLabel('Your message').fill('What is 17 + 25? Tell me a long story about it.');
    await other.getByRole('button', { name: 'Send' }).click();
    await expect.poll(() => other.locator('.rendered').count()).toBe(1);
    expect(await other.locator('.rendered').textContent()).not.toBe('');
    // What the proxy holds back until its end has a length; what it passes on bit by bit has none.
    expect(await lengthOf(await other.request.get(`${address}sessions`))).not.toBe('');
    expect(await lengthOf(await answered)).toBe('');
    const answer = await other.locator('.rendered').textContent();
    await other.reload();
    await expect.poll(() => other.locator('.rendered').textContent()).toBe(answer);
    await other.close();
    await chat.end();
  });

  it('runs 005, whose link leads through the proxy to a page that answers', async () => {
    const own = join(clone, 'notebooks/005-mine.ipynb');
    const committed = writeOwn005(own, page.url());
    await openNotebook(page, server.url, `${folder}/notebooks/005-mine.ipynb`);
    const started = performance.now();
    await runAllCells(page, own, 'Open the page with the agent');
    note('005 on the local kernel, in the browser', (performance.now() - started) / 1_000, 's');
    expect(faultsOf(own, committed)).toEqual([]);
    const opened = page.waitForEvent('popup');
    await page.getByRole('link', { name: 'Open the page with the agent' }).click();
    const other = await opened;
    expect(other.url().startsWith(`${server.url}proxy/`)).toBe(true);
    await other.locator('#model option').first().waitFor({ state: 'attached' });
    await other.getByLabel('Your message').fill('What is 17 + 25?');
    await other.getByRole('button', { name: 'Send' }).click();
    await expect.poll(() => other.locator('.rendered').count()).toBe(1);
    await other.close();
  });

  it('is set up by its lifecycle configuration, too', async () => {
    await page.goto('about:blank');
    await space.endContainer();
    space.startContainer();
    const script = join(clone, 'packages/workshop/src/studio/on-start.sh');
    const { code, output, seconds } = await space.terminal(
      space.home,
      ...['env', `WORKSHOP_FOLDER=${clone}`, 'bash', script],
    );
    note('lifecycle configuration after a restart', seconds, 's');
    expect(code).toBe(0);
    expect(output).toContain('Ready. What to do next:');
  });

  it('holds nothing of the set-up after --uninstall but the clone and the files of the learner', async () => {
    const own = ['notebooks/005-mine.ipynb', 'chat.db'].map((path) => join(clone, path));
    const { code, output } = await npm('run', 'setup', '--', '--uninstall');
    expect(code, output).toBe(0);
    expect(output).toContain(`~/${folder}/node_modules\n`);
    for (const file of own) expect(statSync(file).isFile(), file).toBe(true);
    const kept = [...before, ...own.map((path) => relative(space.home, path))];
    const more = pathsBelow(space.home).filter((path) => !kept.includes(path));
    // JupyterLab's own, and npm's log of the command itself.
    const others = [
      /^\.(jupyter|ipython)(\/|$)/,
      /^\.local(\/share(\/jupyter(\/(?!kernels).*)?)?)?$/,
      /^\.npm(\/_(logs|update-notifier).*)?$/,
      /\/\.ipynb_checkpoints(\/|$)/,
    ];
    expect(more.filter((path) => !others.some((pattern) => pattern.test(path)))).toEqual([]);
    note('home folder after --uninstall', folderMegabytes(space.home), 'MB');
  });
});

/**
 * Notebook 005 as a learner has it in Studio: the address of JupyterLab is filled in, and the last cells, which stop the
 * pages and come after the page with the agent, are not run yet.
 *
 * @returns the file it was written to
 */
function writeOwn005(file: string, address: string): string {
  const { cells, ...rest } = readNotebook(join(clone, 'notebooks/005.ipynb'));
  const source = cells.map((cell) => joinLines(cell.source));
  const last = source.findIndex((text) => text.includes("showLink(agentPage, 'page with the agent')"));
  const blank = "const jupyterAddress: string = ''";
  expect(source.filter((text) => text.includes(blank))).toHaveLength(1);
  writeNotebook(file, {
    ...rest,
    cells: cells.slice(0, last + 1).map((cell, index) => ({
      ...cell,
      source: (source[index] ?? '').replace(blank, `const jupyterAddress: string = '${address}'`),
    })),
  });
  chownSync(file, space.learner.uid, space.learner.gid);
  return file;
}

/** What an answer says of its own length; empty when it says nothing. */
async function lengthOf(answer: APIResponse | Response): Promise<string> {
  const headers = await answer.headers();
  return headers['content-length'] ?? '';
}
