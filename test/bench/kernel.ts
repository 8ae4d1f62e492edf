/**
 * What the kernel costs beside Python's and Deno's, on Linux: each is started anew so many times, by turns, and asked
 * the same in its own language over Jupyter's protocol. The figures are medians; those of CPU say the same on a machine
 * that does other work. Then the notebooks' own cells, and loops at the top of a cell beside the same in a function.
 *
 *   npm run bench -- kernel
 *   node test/bench/kernel.ts <another copy of this project>     the two copies side by side, and nothing else
 */
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import {
  connectRawClient,
  type RawClient,
  request,
  type Sign,
  signer,
  startCommand,
  startRawKernel,
} from '../../packages/kernel/test/raw-kernel.ts';
import { joinLines, readNotebook } from '../../packages/workshop/src/notebook-file.ts';
import { type Contender, deno, ipykernel, ours } from './kernel/kernels.ts';
import { cpuOf, memoryOf } from './kernel/processes.ts';
import { median, printTable } from './measure.ts';

const rounds = 3;
const smallCells = 15;
const [million, additions] = [1_000_000, 10_000_000];
/** The lessons whose cells mirror those of the Python original. */
const lessons = ['001', '002', '003'];

/** What something took. */
interface Cost {
  readonly wall: number;
  readonly cpu: number;
}

/** A kernel that runs, and a client. */
interface Running {
  readonly pid: number;
  /** @returns what it took; @throws when the cell fails */
  execute(code: string): Promise<Cost>;
  close(): Promise<void>;
}

/** @param notebook the file whose cells will be run, which Jupyter's server tells a kernel */
async function start(contender: Contender, notebook?: string): Promise<Running & { readonly started: Cost }> {
  const before = performance.now();
  const kernel = await startRawKernel({}, (file) =>
    startCommand(
      contender.argv(file),
      { ...contender.env, ...(notebook && { JPY_SESSION_NAME: notebook }) },
      contender.folder,
    ),
  );
  const pid = kernel.process.pid ?? 0;
  const sign = signer(kernel.connection);
  const client = connectRawClient(kernel.connection);
  await answered(client, 'kernel_info_request', {}, sign);
  const started = { wall: performance.now() - before, cpu: cpuOf(pid) };
  await untilHeard(client, sign);
  await untilAtRest(pid);
  return {
    pid,
    started,
    execute: async (code) => {
      const [time, cpu] = [performance.now(), cpuOf(pid)];
      const { status } = await answered(client, 'execute_request', { code, allow_stdin: false }, sign);
      const wall = performance.now() - time;
      if (status !== 'ok') throw new Error(`${contender.name} refused: ${code}\n${kernel.log()}`);
      return { wall, cpu: cpuOf(pid) - cpu };
    },
    close: async () => {
      client.close();
      await kernel.close();
    },
  };
}

async function answered(client: RawClient, type: string, content: object, sign: Sign) {
  const { id, frames } = request(type, content, sign);
  await client.sendShell(...frames);
  const reply = await client.receive(({ channel, parent }) => channel === 'shell' && parent.msg_id === id);
  return reply.content;
}

/** Until what the kernel tells everybody arrives here as well. */
async function untilHeard(client: RawClient, sign: Sign): Promise<void> {
  while (!client.received.some(({ channel }) => channel === 'iopub')) {
    await answered(client, 'kernel_info_request', {}, sign);
    await wait(20);
  }
}

/** Until the kernel does nothing more: what it does behind its reply is none of the first cell's. */
async function untilAtRest(pid: number): Promise<void> {
  let quiet = 0;
  for (let last = cpuOf(pid); quiet < 8; ) {
    await wait(250);
    const now = cpuOf(pid);
    quiet = now - last <= 10 ? quiet + 1 : 0;
    last = now;
  }
}

/** One new kernel, by the rows of the table. */
async function measure(contender: Contender): Promise<Readonly<Record<string, number>>> {
  const kernel = await start(contender);
  try {
    const { first, sdk, small, loops } = contender;
    const { started, pid, execute } = kernel;
    const behind = cpuOf(pid) - started.cpu;
    const firstCell = await execute(first);
    const imported = await execute(sdk);
    const costs: Cost[] = [];
    for (let n = 0; n < smallCells; n += 1) costs.push(await execute(small(n)));
    await execute(small(smallCells));
    const memory = memoryOf(pid).resident;
    const loop = await execute(loops.top(million));
    const rows: Record<string, number> = {
      'start to ready, ms': started.wall,
      'start to ready, CPU ms': started.cpu,
      'then, behind the reply, CPU ms': behind,
      'the first cell, ms': firstCell.wall,
      'first import of the SDK client, ms': imported.wall,
      'first import of the SDK client, CPU ms': imported.cpu,
      'a small cell, ms': median(costs.map(({ wall }) => wall)),
      'a small cell, CPU ms': costs.reduce((sum, { cpu }) => sum + cpu, 0) / costs.length,
      'memory after the SDK, MB': memory,
      'loop of 1,000,000 at the top, ms': loop.wall,
    };
    for (const [place, code] of Object.entries(loops)) {
      rows[`10,000,000 additions, ${place}, CPU ms`] = (await execute(code(additions))).cpu;
    }
    return rows;
  } finally {
    await kernel.close();
  }
}

/** The figures of each kernel in columns, with how many times the second one's the first one's are. */
async function compare(contenders: readonly Contender[]): Promise<void> {
  const runs = new Map(contenders.map((each) => [each, [] as Readonly<Record<string, number>>[]]));
  for (let round = 0; round < rounds; round += 1) {
    for (const [contender, figures] of runs) figures.push(await measure(contender));
  }
  const middle = (contender: Contender, row: string) =>
    median((runs.get(contender) ?? []).flatMap((figures) => figures[row] ?? []));
  const [one, other] = contenders;
  const names = Object.keys(one === undefined ? {} : (runs.get(one)?.[0] ?? {}));
  printTable(
    names.map((row) => ({
      row,
      ...Object.fromEntries(contenders.map((each) => [each.name, written(middle(each, row))])),
      ...(one &&
        other && { [`${one.name} : ${other.name}`]: written(middle(one, row) / middle(other, row)) }),
    })),
  );
}

function written(figure: number): string {
  if (Number.isNaN(figure)) return '';
  return figure < 10 ? figure.toFixed(1) : figure.toFixed(0);
}

/** The lessons' cells on a new kernel each, and what loops cost when all of them have run. */
async function measureLessons(contender: Contender): Promise<void> {
  const rows: Record<string, string>[] = [];
  for (const name of lessons) {
    const file = join(contender.folder ?? '', `${name}.ipynb`);
    const { cells } = readNotebook(file);
    const kernel = await start(contender, file);
    try {
      const all: (Cost & { readonly isMirror: boolean })[] = [];
      for (const { cell_type, source, metadata } of cells) {
        if (cell_type !== 'code') continue;
        const isMirror = metadata.source_cell !== undefined;
        all.push({ ...(await kernel.execute(joinLines(source))), isMirror });
      }
      const sum = (costs: readonly Cost[], key: keyof Cost) =>
        costs.reduce((total, cost) => total + cost[key], 0);
      const mirrors = all.filter(({ isMirror }) => isMirror);
      const loops: [string, string][] = [];
      for (const [place, code] of Object.entries(contender.loops)) {
        loops.push([`additions, ${place}, CPU ms`, written((await kernel.execute(code(additions))).cpu)]);
      }
      rows.push({
        notebook: name,
        cells: String(all.length),
        'mirror cells, s': (sum(mirrors, 'wall') / 1000).toFixed(2),
        'mirror cells, CPU s': (sum(mirrors, 'cpu') / 1000).toFixed(2),
        'CPU of a cell, ms': written(sum(all, 'cpu') / all.length),
        'memory, MB': written(memoryOf(kernel.pid).resident),
        ...Object.fromEntries(loops),
      });
    } finally {
      await kernel.close();
    }
  }
  printTable(rows);
}

const [, , other] = process.argv;
if (other !== undefined) {
  const [here, there] = [await ours('this copy'), await ours('the other', other)];
  await compare([here, there]);
  for (const each of [here, there]) {
    console.log(`\n${each.name}: the lessons`);
    await measureLessons(each);
  }
} else {
  await compare([await ours(), ipykernel(), deno()].flatMap((each) => each ?? []));
  console.log('\nThe lessons, each on a new kernel, and 10,000,000 additions after all of its cells');
  await measureLessons(await ours());
}
