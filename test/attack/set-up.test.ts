import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished, type TestContext } from 'vitest';
import { freeMegabytes } from '../../packages/workshop/src/setup/disk.mjs';
import { isRunning } from '../../packages/workshop/src/setup/processes.mjs';
import {
  type FakeMachine,
  fakeMachine,
  fakeNpm,
  installsNode,
  type Outcome,
  run,
  smallProject,
  untilThere,
} from '../../packages/workshop/test/setup/fake-machine.ts';
import { makeDisk } from '../studio/limits.ts';
import { copyTree } from './copy-tree.ts';

const projectRoot = join(import.meta.dirname, '..', '..');

/** What shells, URLs and patterns read as something else. */
const oddNames = [
  'with spaces',
  "it's",
  'a "b" c',
  '50% off',
  '100%25',
  'C# #1',
  'a?b&c',
  'ünï 日本',
  '$HOME `id`',
];

function bootstrap(machine: FakeMachine, name = 'setup', during?: (pid: number) => Promise<void>) {
  const program = join(machine.root, 'packages/workshop/src/bootstrap.cjs');
  return run(process.execPath, [program, name], { env: machine.env, ...(during && { during }) });
}

function machineWithNpm(ci: string, folder?: string): FakeMachine {
  const machine = fakeMachine(folder);
  smallProject(machine);
  fakeNpm(machine, ci);
  return machine;
}

/** A sentence, and a next step that deletes nothing. */
function expectExplained({ code, stderr }: Outcome, ...words: readonly RegExp[]): void {
  expect(code).not.toBe(0);
  expect(stderr).toContain('Next step: ');
  expect(stderr).not.toMatch(/\n {4}at |Traceback|delete \.venv/);
  for (const word of words) expect(stderr).toMatch(word);
}

describe('a set-up that is killed outright', () => {
  it.each([
    ['in its first install', false],
    ['with a lock that names a process which is another one now', true],
  ])('%s leaves nothing running beside the next one', async (_, isForged) => {
    const machine = machineWithNpm(`if [ -f second ]; then ${installsNode}; exit 0; fi
echo $$ > npm-pid
/bin/sleep 600 & echo $! > sleep-pid
wait`);
    const lock = join(machine.root, '.cache/set-up.lock');
    const numberIn = (file: string) => Number(readFileSync(join(machine.root, file), 'utf8'));
    await bootstrap(machine, 'setup', async (pid) => {
      await untilThere(join(machine.root, 'sleep-pid'));
      await expect.poll(() => readFileSync(lock, 'utf8').split(' ')).toHaveLength(4);
      process.kill(pid, 'SIGKILL');
    });
    const [npm, child] = [numberIn('npm-pid'), numberIn('sleep-pid')];
    expect([npm, child].map(isRunning)).toEqual([true, true]);
    if (isForged) writeFileSync(lock, readFileSync(lock, 'utf8').replace(/^\d+ \d+/, `${process.pid} 1`));
    machine.write('second', '');
    const second = await bootstrap(machine);
    expect(second).toMatchObject({ code: 0 });
    expect(second.stderr).toContain(`(process ${npm})`);
    expect([npm, child].map(isRunning)).toEqual([false, false]);
    expect(existsSync(lock)).toBe(false);
  });
});

describe('an install over a bad line', () => {
  it.each([
    'npm error code ECONNRESET',
    'npm error code EINTEGRITY',
    'npm error ENOTEMPTY: directory not empty, rmdir node_modules/x',
    'npm error Invalid response body while trying to fetch',
  ])('is taken up again by itself: %s', async (words) => {
    const machine = machineWithNpm(`if [ ! -f once ]; then echo > once; echo '${words}' >&2; exit 1; fi
${installsNode}`);
    expect(await bootstrap(machine)).toMatchObject({ code: 0 });
  });

  it('that stays bad says so, and what to do', async () => {
    const machine = machineWithNpm("echo 'npm error code ECONNRESET' >&2; exit 1");
    expectExplained(await bootstrap(machine), /cannot be reached/, /run the same command again/);
  });
});

describe('a disk that fills up', () => {
  /** Of 2 GB, in which npm start finds room enough; what fills it up takes none of the machine's own disk. */
  function machineOnSmallDisk(test: TestContext, ci: string): FakeMachine {
    const machine = fakeMachine('disk');
    const disk = makeDisk(machine.root, 2_000_000_000);
    // Before the folder is removed: the last one given is called first.
    onTestFinished(() => disk.remove());
    if (!disk.isLimited) test.skip('No disk of its own can be mounted here.');
    smallProject(machine);
    fakeNpm(machine, ci);
    return machine;
  }
  const fill = `/usr/bin/fallocate --length $(($(/usr/bin/df --output=avail --block-size=1 . | /usr/bin/tail -1) - 16000000)) full
/usr/bin/cat /dev/zero > rest`;

  it('while the packages are installed is named', async (test) => {
    const machine = machineOnSmallDisk(test, `${fill}\necho 'npm error ENOSPC' >&2; exit 1`);
    expectExplained(await bootstrap(machine), /the disk is full/, /free about 1 GB/);
  });

  it('before npm start has written its own files is named', async (test) => {
    const machine = machineOnSmallDisk(test, installsNode);
    machine.script('jupyter', 'echo 4.6.6');
    rmSync(join(machine.root, 'packages'), { recursive: true });
    copyTree(machine.root);
    spawnSync('/bin/sh', ['-c', fill], { cwd: machine.root });
    expect(freeMegabytes(machine.root)).toBeLessThan(0.1);
    const program = join(machine.root, 'packages/workshop/src/start.ts');
    const args = [program, '--local', '--no-browser'];
    expectExplained(await run(process.execPath, args, { env: machine.env }), /is full/, /free about 1 GB/);
  });
});

describe('an odd place', () => {
  it.each([
    ['a\\b', /a backslash \(\\\) in it/],
    ['a:b', /a colon \(:\) in it/],
  ])('a path that no program can be run from is told at once: %s', async (name, words) => {
    const machine = machineWithNpm('echo npm must not run >&2; exit 1', name);
    for (const command of ['start', 'setup'])
      expectExplained(await bootstrap(machine, command), words, /move or rename the folder/);
    expect(existsSync(join(machine.root, 'node_modules'))).toBe(false);
  });

  it.each(oddNames)('a folder may be named %s', async (name) => {
    const machine = machineWithNpm(installsNode, name);
    expect(await bootstrap(machine)).toEqual({ code: 0, stdout: '[]\n', stderr: '' });
  });

  it.each(['/proc', '/etc/passwd', '/proc/self/nowhere'])(
    'a home folder that cannot be written is named by npm start: HOME=%s',
    async (home) => {
      const program = join(projectRoot, 'packages/workshop/src/start.ts');
      const { XDG_DATA_HOME: _, JUPYTER_DATA_DIR: __, JUPYTER_RUNTIME_DIR: ___, ...env } = process.env;
      const started = await run(process.execPath, [program, '--local', '--no-browser'], {
        env: { ...env, HOME: home },
        cwd: projectRoot,
      });
      expectExplained(started, /Jupyter must write to/, /set HOME to a folder of yours/);
    },
  );

  it.runIf(process.getuid?.() === 0)('a clone that may only be read is named by npm start', async () => {
    const machine = fakeMachine();
    const clone = join(machine.root, 'clone');
    mkdirSync(join(machine.root, 'home'));
    copyTree(clone);
    // Nobody's home is its own; the clone is root's.
    const inside = [
      '-c',
      `import os, subprocess, sys
os.chmod(sys.argv[1], 0o755)
os.chown(sys.argv[3], 65534, 65534)
os.setgid(65534); os.setuid(65534)
sys.exit(subprocess.call([sys.argv[2], sys.argv[4], '--local', '--no-browser'], env={**os.environ, 'HOME': sys.argv[3]}))`,
    ];
    const program = join(clone, 'packages/workshop/src/start.ts');
    const args = [...inside, dirname(machine.root), process.execPath, join(machine.root, 'home'), program];
    const started = await run('/usr/bin/python3', args, { env: process.env, cwd: '/' });
    expectExplained(started, /may not be written by this user/, /copy the project/);
  });
});
