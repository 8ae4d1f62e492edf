import { spawn } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { connectTo } from '../../packages/workshop/src/headless-server.ts';
import { kernelNames } from '../../packages/workshop/src/kernelspecs.ts';
import { describeFaults, findFaults } from '../../packages/workshop/src/notebook-faults.ts';
import { notebookName, readNotebook } from '../../packages/workshop/src/notebook-file.ts';
import { runNotebook } from '../../packages/workshop/src/run-notebook.ts';
import { firstFreePort } from '../../packages/workshop/src/setup/jupyter-server.ts';
import { endProcessTree } from '../../packages/workshop/src/setup/processes.mjs';
import { addFigures } from './figures.ts';
import { addNode } from './image.ts';
import { makeLearner, runAs } from './learner.ts';
import { limitMemory, makeDisk, memoryMegabytes } from './limits.ts';
import { bareEnvironment, cloneHead, untilMatched } from './space.ts';

const memoryLimit = 4 * 1_024 ** 3;
const diskLimit = 5_000_000_000;
/** What is left of 4 GiB when the system and a browser have theirs. */
const ownMegabytes = 2_500;
const sampleMs = 500;

it.skipIf(process.platform !== 'linux' || process.getuid?.() !== 0)(
  'an ordinary user sets all up and runs 001 and 003 with 4 GiB of memory and 5 GB of disk',
  { timeout: 900_000 },
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'newcomer-'));
    chmodSync(folder, 0o755);
    const home = join(folder, 'home');
    const learner = makeLearner(home);
    const disk = makeDisk(home, diskLimit);
    const memory = limitMemory(`newcomer-${process.pid}`, memoryLimit);
    onTestFinished(async () => {
      for (const pid of learner.processes()) await endProcessTree(pid);
      memory.remove();
      disk.remove();
      rmSync(folder, { recursive: true, force: true });
      learner.remove();
    }, 120_000);
    const temporary = join(home, 'tmp');
    mkdirSync(temporary);
    for (const path of [home, temporary]) chownSync(path, learner.uid, learner.gid);
    const bin = join(folder, 'node', 'bin');
    mkdirSync(bin, { recursive: true });
    addNode(bin, folder);
    const bare = bareEnvironment(learner, home, temporary);
    const env = { ...bare, PATH: `${bin}:${bare.PATH}` };
    const clone = join(home, 'workshop');
    const repository = cloneHead(join(folder, 'repository.git'), learner);
    const cloned = await runAs(learner, ['git', 'clone', '--quiet', repository, clone], { cwd: home, env });
    expect(cloned, cloned.output).toMatchObject({ code: 0 });

    let memoryPeak = 0;
    let diskPeak = 0;
    const sample = () => {
      memoryPeak = Math.max(memoryPeak, memoryMegabytes(learner.processes()));
      if (disk.isLimited) diskPeak = Math.max(diskPeak, disk.usedMegabytes());
    };
    const sampling = setInterval(sample, sampleMs);
    onTestFinished(() => clearInterval(sampling));
    const figures: string[] = [];
    const note = (what: string, seconds: number) =>
      figures.push(
        `a newcomer's ${what}: ${seconds.toFixed(1)} s, at most ${memoryPeak.toFixed(0)} MB of memory so far`,
      );

    const port = (await firstFreePort(20_000 + Math.floor(Math.random() * 12_000))) ?? 0;
    const began = performance.now();
    const start = spawn('npm', ['start', '--', '--local', '--no-browser', '--port', String(port)], {
      cwd: clone,
      env,
      uid: learner.uid,
      gid: learner.gid,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    if (start.pid !== undefined) memory.adopt(start.pid);
    const [, url = '', token = ''] = await untilMatched(
      start,
      /(http:\/\/127\.0\.0\.1:\d+)\/lab\S*token=(\S+)/,
    );
    note('npm start', (performance.now() - began) / 1_000);

    // The client library reports each connection.
    vi.spyOn(console, 'debug').mockReturnValue();
    const client = connectTo({ url, token });
    for (const path of ['notebooks/001.ipynb', 'notebooks/003.ipynb']) {
      const opened = performance.now();
      const session = await client.openSession(path, kernelNames.local);
      const notebook = readNotebook(join(clone, path));
      // The table of what is here shows another machine than the committed one.
      const runs = await runNotebook(notebook, session, { cellTimeoutMs: 240_000 });
      const faults = findFaults(notebook, runs, false);
      expect(faults, describeFaults(notebookName(path), faults)).toEqual([]);
      note(notebookName(path), (performance.now() - opened) / 1_000);
      session.dispose();
    }
    client.disconnect();
    sample();
    if (!disk.isLimited) diskPeak = disk.usedMegabytes();
    if (start.pid !== undefined) await endProcessTree(start.pid);
    expect(learner.processes()).toEqual([]);

    const [hard, measured] = ['which no more was given', 'measured only'];
    figures.push(
      `a newcomer's memory: ${memoryPeak.toFixed(0)} MB of 4 GiB, ${memory.isLimited ? hard : measured}`,
      `a newcomer's disk: ${diskPeak.toFixed(0)} MB of 5 GB, ${disk.isLimited ? hard : measured}; ${disk.usedMegabytes().toFixed(0)} MB at the end`,
    );
    addFigures(figures);
    expect(memory.kills()).toBe(0);
    expect(memoryPeak).toBeGreaterThan(100);
    expect(memoryPeak).toBeLessThan(ownMegabytes);
    expect(diskPeak).toBeGreaterThan(100);
    expect(diskPeak).toBeLessThan(diskLimit / 1_000_000);
    // Nothing of npm's or pip's stays in the home folder for good.
    expect(existsSync(join(home, '.npm/_cacache'))).toBe(false);
    expect(existsSync(join(clone, '.cache/npm'))).toBe(false);
  },
);
