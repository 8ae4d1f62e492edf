import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  connectRawClient,
  type RawClient,
  type RawKernel,
  type Received,
  request,
  signer,
  startCommand,
  startRawKernel,
} from '../../packages/kernel/test/raw-kernel.ts';

/**
 * What cells meet on tslab's own kernel, of which a reader cannot know, and what they meet on this one: both are asked
 * the same. Only replies are looked at, because tslab loses some of what it tells everybody. Now and then it loses a
 * reply as well, and answers nothing more, so that it is asked on demand only, to see that each trap is one:
 *
 *   PLAIN_TSLAB=1 npx vitest run --project processes test/notebooks/kernel-traps.test.ts
 */
const kernels = {
  tslab: [join(dirname(createRequire(import.meta.url).resolve('tslab')), '..', 'bin', 'tslab'), 'kernel'],
  ours: [join(import.meta.dirname, '..', '..', 'packages', 'kernel', 'src', 'kernel.ts')],
} as const;

/** A notebook that is open on one of them. */
interface Notebook {
  readonly folder: string;
  readonly kernel: RawKernel;
  readonly client: RawClient;
  send(code: string): Promise<string>;
  replyTo(id: string): Promise<Received>;
  ask(type: string, content?: object): Promise<Received>;
  /** @returns how the last of these cells ended */
  run(...cells: readonly string[]): Promise<unknown>;
}

const besideIt = {
  'data.json': '{ "one": 1 }',
  'node_modules/modern/package.json': '{ "name": "modern", "exports": { "./part": "./lib/part.js" } }',
  'node_modules/modern/lib/part.js': 'exports.one = 1;',
  'node_modules/modern/lib/part.d.ts': 'export declare const one: number;',
};

async function open(program: readonly string[]): Promise<Notebook> {
  const folder = mkdtempSync(join(tmpdir(), 'traps-'));
  // Before the kernel is there: tslab does not survive that some files come later.
  for (const [name, text] of Object.entries(besideIt)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  const kernel = await startRawKernel({}, (file) =>
    startCommand([process.execPath, ...program, '--config-path', file], {}, folder),
  );
  const sign = signer(kernel.connection);
  const client = connectRawClient(kernel.connection);
  const post = async (type: string, content: object) => {
    const { id, frames } = request(type, content, sign);
    await client.sendShell(...frames);
    return id;
  };
  const send: Notebook['send'] = (code) => post('execute_request', { code, allow_stdin: false });
  const replyTo: Notebook['replyTo'] = (id) =>
    client.receive(({ channel, parent }) => channel === 'shell' && parent.msg_id === id);
  return {
    ...{ folder, kernel, client, send, replyTo },
    ask: async (type, content = {}) => replyTo(await post(type, content)),
    run: async (...cells) => {
      let status: unknown;
      for (const cell of cells) ({ status } = (await replyTo(await send(cell))).content);
      return status;
    },
  };
}

interface Trap {
  readonly of: string;
  see(notebook: Notebook): Promise<unknown>;
  readonly tslab: unknown;
  readonly ours: unknown;
}

/** Cells that should end well, the last of which does not on tslab. */
const refused = (of: string, ...cells: readonly string[]): Trap => ({
  of,
  see: ({ run }) => run(...cells),
  tslab: 'error',
  ours: 'ok',
});

const hold = (what: string) => `if (!(${what})) throw new Error('It does not hold.');`;

const traps: readonly Trap[] = [
  refused(
    'a cell that waits in `for await` only',
    'for await (const a of (async function* () { yield 1; })()) a;',
  ),
  refused('a cell whose only await has parentheses', 'await (async () => 4)()'),
  refused(
    'a variable that a later cell assigns',
    'let count = 0; function next() { return ++count; }',
    `count = 10; ${hold('next() === 11')}`,
  ),
  refused('`using`', '{ using open = { [Symbol.dispose]() {} }; }'),
  refused('what the library has had since 2023', '[3, 1, 2].toSorted(); Object.groupBy([1], String);'),
  refused(
    "Node's modules of today",
    "import { DatabaseSync } from 'node:sqlite'; new DatabaseSync(':memory:');",
  ),
  refused('`export` in a cell', 'export const exported = 1;'),
  refused('a question for the person at the keyboard', hold("typeof prompt === 'function'")),
  refused('an import with attributes', "import data from './data.json' with { type: 'json' }; data.one;"),
  refused('a package that has `exports` only', "import { one } from 'modern/part'; one;"),
  {
    of: 'an error, which programs read in the reply',
    see: async ({ send, replyTo }) => (await replyTo(await send("throw new TypeError('no');"))).content.ename,
    tslab: undefined,
    ours: 'TypeError',
  },
  {
    of: 'a rejection that nobody awaits',
    see: ({ run }) => run("void Promise.reject(new Error('late')); 1;"),
    tslab: 'ok',
    ours: 'error',
  },
  {
    of: 'cells that were sent along with one that fails: only `aborted` is a word of the protocol',
    see: async ({ send, replyTo }) => {
      const [, second] = await Promise.all([send("throw new Error('first');"), send('2;')]);
      return (await replyTo(second)).content.status;
    },
    tslab: 'abort',
    ours: 'aborted',
  },
  {
    of: 'what language this is',
    see: async ({ ask }) => {
      const { status, language_info } = (await ask('kernel_info_request')).content;
      return { status, version: Number.parseInt((language_info as { version: string }).version, 10) };
    },
    tslab: { status: undefined, version: 3 },
    ours: { status: 'ok', version: 6 },
  },
  {
    of: 'who asks for widgets',
    see: async ({ ask }) => (await ask('comm_info_request')).header.msg_type,
    tslab: 'complete_reply',
    ours: 'comm_info_reply',
  },
  {
    of: 'a name that there is not',
    see: async ({ ask }) => {
      const place = { code: 'unheardOf', cursor_pos: 3, detail_level: 0 };
      return (await ask('inspect_request', place)).content.found;
    },
    tslab: true,
    ours: false,
  },
  {
    of: 'half a template literal',
    see: async ({ ask }) =>
      (await ask('is_complete_request', { code: 'const half = `words' })).content.status,
    tslab: 'complete',
    ours: 'incomplete',
  },
  {
    of: 'a cell that was stopped while it waited',
    see: async ({ folder, kernel, send, replyTo, run }) => {
      const id = await send(`import { writeFileSync } from 'node:fs';
        setTimeout(() => { (globalThis as any).wentOn = true; }, 500);
        writeFileSync('begun', '');
        await new Promise(() => {});`);
      while (!existsSync(join(folder, 'begun'))) await wait(20);
      kernel.process.kill('SIGINT');
      await replyTo(id);
      await untilCellsAreRun(run);
      return run(
        `await new Promise((resolve) => setTimeout(resolve, 1_000)); ${hold('!(globalThis as any).wentOn')}`,
      );
    },
    tslab: 'error',
    ours: 'ok',
  },
  {
    of: 'an end of the process',
    see: async ({ kernel, send, replyTo }) => {
      const exited = once(kernel.process, 'exit').then(() => 'the kernel is gone');
      const id = await send('process.exit(0);');
      return Promise.race([exited, replyTo(id).then(({ content }) => content.status)]);
    },
    tslab: 'the kernel is gone',
    ours: 'error',
  },
];

/** For 200 ms after a cell that failed, tslab runs none. */
async function untilCellsAreRun(run: Notebook['run']): Promise<void> {
  while ((await run('')) !== 'ok') await wait(20);
}

const asked = process.env.PLAIN_TSLAB === undefined ? (['ours'] as const) : (['tslab', 'ours'] as const);

describe.each(asked)('as it is on %s', (name) => {
  let notebook: Notebook;
  beforeAll(async () => {
    notebook = await open(kernels[name]);
  });
  afterAll(async () => {
    notebook.client.close();
    await notebook.kernel.close();
    rmSync(notebook.folder, { recursive: true });
  });

  it.each(traps)('$of', async (trap) => {
    await untilCellsAreRun(notebook.run);
    expect(await trap.see(notebook)).toEqual(trap[name]);
  });
});
