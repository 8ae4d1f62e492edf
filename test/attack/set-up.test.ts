import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
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

const projectRoot = join(import.meta.dirname, '..', '..');

function bootstrap(machine: FakeMachine, name = 'setup', during?: (pid: number) => Promise<void>) {
  const program = join(machine.root, 'packages/workshop/src/bootstrap.mjs');
  return run(process.execPath, [program, name], { env: machine.env, ...(during && { during }) });
}

function machineWithNpm(ci: string): FakeMachine {
  const machine = fakeMachine();
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

describe('an odd place', () => {
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
    for (const name of ['packages', 'lib', 'package.json', 'notebooks'])
      cpSync(join(projectRoot, name), join(clone, name), {
        recursive: true,
        filter: (path) => !path.includes('node_modules'),
      });
    symlinkSync(join(projectRoot, 'node_modules'), join(clone, 'node_modules'));
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
