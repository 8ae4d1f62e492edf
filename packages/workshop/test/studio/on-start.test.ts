import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { startLog } from '../../src/setup/uninstall.mjs';
import { type FakeMachine, fakeMachine, type Outcome, run, untilThere } from '../setup/fake-machine.ts';

const script = join(import.meta.dirname, '..', '..', 'src', 'studio', 'on-start.sh');

/** A repository whose set-up does this, and a home folder to clone it into. */
function space(
  setUp: string,
  begin = 'bootstrap.mjs',
): { machine: FakeMachine; repository: string; start: StartSpace } {
  const machine = fakeMachine();
  machine.write(`packages/workshop/src/${begin}`, setUp);
  const git = (...args: string[]) =>
    expect(spawnSync('git', ['-C', machine.root, ...args]).status, args.join(' ')).toBe(0);
  git('init', '--quiet');
  git('add', '.');
  git('-c', 'user.name=x', '-c', 'user.email=x@example.com', 'commit', '--quiet', '--message', 'x');
  const home = join(machine.root, '..', 'a home');
  mkdirSync(home);
  machine.script('node', `exec '${process.execPath}' "$@"`);
  const env = { PATH: `${machine.bin}:${process.env.PATH}`, HOME: home };
  const start: StartSpace = async (more = {}) => {
    const outcome = await run('bash', [script], { env: { ...env, ...more } });
    return { ...outcome, folder: join(home, 'bedrock-typescript-workshop'), log: join(home, startLog) };
  };
  return { machine, repository: machine.root, start };
}

type StartSpace = (env?: NodeJS.ProcessEnv) => Promise<Outcome & { folder: string; log: string }>;

describe('the script for the start of a space', () => {
  it('clones what is not there, sets it up, and keeps a log', async () => {
    const { repository, start } = space('console.log("set up with", process.argv.slice(2).join(" "))');
    const { code, stdout, folder, log } = await start({ WORKSHOP_REPOSITORY: repository });
    expect(code).toBe(0);
    expect(stdout).toContain(`Cloned ${repository} into ${folder}.\nset up with setup --keep\n`);
    expect(readFileSync(log, 'utf8')).toBe(stdout);
    expect(existsSync(join(folder, '.git'))).toBe(true);
    const again = await start();
    expect(again.stdout).not.toContain('Cloned');
    expect(again.stdout).toContain('set up with setup --keep\n');
  });

  it('begins with the check whether the set-up can run here', async () => {
    const { machine, repository, start } = space('console.log("checked");', 'bootstrap.cjs');
    machine.write('packages/workshop/src/bootstrap.mjs', 'console.log("unchecked");');
    const { stdout } = await start({ WORKSHOP_FOLDER: repository });
    expect(stdout).toMatch(/UTC\.\nchecked\n$/);
  });

  it.each([
    ['nothing is there, and nothing is given to clone', {}, 'nothing to do'],
    [
      'the clone fails',
      { WORKSHOP_REPOSITORY: '/no/such/repository' },
      "Next step: clone it in JupyterLab's Git tab",
    ],
    ['the home folder cannot be written', { HOME: '/no/such/home' }, ''],
  ])('lets the space start when %s', async (_, env, words) => {
    const { start } = space('');
    const { code, stdout, folder } = await start(env);
    expect(code).toBe(0);
    expect(stdout).toContain(words);
    expect(existsSync(folder)).toBe(false);
    expect(existsSync(`${folder}.part`)).toBe(false);
  });

  it('lets the space start when the set-up fails, and says what to do', async () => {
    const { repository, start } = space('console.error("it went wrong"); process.exit(1)');
    const { code, stdout, folder } = await start({ WORKSHOP_REPOSITORY: repository });
    expect(code).toBe(0);
    expect(stdout).toContain(`it went wrong\nThe set-up failed. Next step, in a terminal: cd ${folder}`);
  });

  it('leaves a folder alone that is something else', async () => {
    const { repository, start } = space('');
    const { folder } = await start();
    mkdirSync(folder);
    writeFileSync(join(folder, 'mine'), '');
    const { stdout } = await start({ WORKSHOP_REPOSITORY: repository });
    expect(stdout).toContain('is not the workshop: nothing is changed.');
  });

  it('does not wait longer than it may; the set-up goes on', async () => {
    const { repository, start } = space(`import { existsSync, writeFileSync } from 'node:fs';
      writeFileSync('begun', 'yes');
      setInterval(() => {
        if (!existsSync('go-on')) return;
        writeFileSync('done', 'yes');
        process.exit();
      }, 20);`);
    const { code, stdout, folder } = await start({ WORKSHOP_REPOSITORY: repository, WORKSHOP_PATIENCE: '1' });
    expect(code).toBe(0);
    expect(stdout).toContain('The set-up goes on');
    await untilThere(join(folder, 'begun'));
    writeFileSync(join(folder, 'go-on'), '');
    await untilThere(join(folder, 'done'));
  });
});
