import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { firstFreePort } from '../../packages/workshop/src/setup/jupyter-server.ts';
import { endProcessTree } from '../../packages/workshop/src/setup/processes.mjs';
import { buildImage, type Image } from './image.ts';
import { type Learner, makeLearner, type Run, runAs } from './learner.ts';

const projectRoot = join(import.meta.dirname, '..', '..');

/** The likeness of a JupyterLab space in SageMaker Studio. */
export interface Space {
  readonly learner: Learner;
  readonly image: Image;
  /** The volume: all that lasts. */
  readonly home: string;
  /** The repository that the learner clones: this checkout's HEAD. */
  readonly repository: string;
  /** What a terminal in the space has. */
  readonly env: NodeJS.ProcessEnv;
  /** Types a command into a terminal. */
  terminal(folder: string, ...command: string[]): Promise<Run>;
  /** Types a command that goes on running, and waits until its output matches. */
  follow(folder: string, pattern: RegExp, ...command: string[]): Promise<Followed>;
  /** Starts the server as Studio does; without a token, because Studio's own sign-in is before it. */
  startJupyter(): Promise<Server>;
  /** The end of the container: every process, the image and the temporary files go; the home folder stays. */
  endContainer(): Promise<void>;
  startContainer(): void;
  /** Removes all, also the user. */
  remove(): Promise<void>;
}

export interface Followed {
  readonly matched: RegExpExecArray;
  end(): Promise<void>;
}

export interface Server {
  /** With Studio's base path, and a slash at its end. */
  readonly url: string;
}

/** Settings of this machine without which nobody reaches the package registries: a proxy, its certificate. */
const network =
  /^(?:PIP_|npm_config_(?:cafile|proxy|https_proxy|registry)|SSL_|REQUESTS_CA|CURL_CA|NODE_EXTRA_CA|https?_proxy|no_proxy)/i;

/** What an ordinary user's programs have, before any Jupyter or Node of theirs. */
export function bareEnvironment({ name }: Learner, home: string, temporary: string): NodeJS.ProcessEnv {
  return {
    ...Object.fromEntries(Object.entries(process.env).filter(([key]) => network.test(key))),
    HOME: home,
    USER: name,
    LOGNAME: name,
    SHELL: '/bin/bash',
    LANG: 'C.UTF-8',
    TMPDIR: temporary,
    PATH: '/usr/local/bin:/usr/bin:/bin',
  };
}

/** @param more what the test adds to every process of the space, such as credentials */
export async function makeSpace(more: NodeJS.ProcessEnv): Promise<Space> {
  const folder = mkdtempSync(join(tmpdir(), 'studio-'));
  chmodSync(folder, 0o755);
  const home = join(folder, 'home', 'sagemaker-user');
  const temporary = join(folder, 'tmp');
  const learner = makeLearner(home);
  const own = (path: string) => {
    mkdirSync(path, { recursive: true });
    chownSync(path, learner.uid, learner.gid);
  };
  own(home);
  own(temporary);
  const repository = cloneHead(join(folder, 'repository.git'), learner);
  const bare = bareEnvironment(learner, home, temporary);
  const image = await buildImage(folder, learner, bare).catch((error: unknown) => {
    rmSync(folder, { recursive: true, force: true });
    learner.remove();
    throw error;
  });
  const env: NodeJS.ProcessEnv = {
    ...bare,
    PATH: `${image.prefix}/bin:${bare.PATH}`,
    CONDA_PREFIX: image.prefix,
    CONDA_DEFAULT_ENV: 'base',
    SAGEMAKER_APP_TYPE: 'JupyterLab',
    SAGEMAKER_APP_TYPE_LOWERCASE: 'jupyterlab',
    SAGEMAKER_SPACE_NAME: 'a-learner',
    ...more,
  };
  const running: ChildProcess[] = [];
  const start = (cwd: string, [program = '', ...args]: readonly string[]) => {
    const child = spawn(program, args, {
      cwd,
      env,
      uid: learner.uid,
      gid: learner.gid,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    running.push(child);
    return child;
  };
  const end = async (child: ChildProcess) => {
    running.splice(running.indexOf(child), 1);
    if (child.pid !== undefined && child.exitCode === null) await endProcessTree(child.pid);
  };
  const follow = async (cwd: string, pattern: RegExp, ...command: string[]) => {
    const child = start(cwd, command);
    const matched = await untilMatched(child, pattern);
    return { matched, end: () => end(child) };
  };
  const endContainer = async () => {
    for (const child of [...running]) await end(child);
    image.destroy();
    rmSync(temporary, { recursive: true, force: true });
  };
  return {
    learner,
    image,
    home,
    repository,
    env,
    terminal: (cwd, ...command) => runAs(learner, command, { cwd, env }),
    follow,
    startJupyter: async () => {
      const port = (await firstFreePort(20_000 + Math.floor(Math.random() * 12_000))) ?? 0;
      const ready = new RegExp(`http://127\\.0\\.0\\.1:${port}/jupyterlab/default/`);
      await follow(home, ready, 'jupyter', 'lab', ...serverFlags(port));
      const url = `http://127.0.0.1:${port}/jupyterlab/default/`;
      await untilAnswering(`${url}api/status`);
      return { url };
    },
    endContainer,
    startContainer: () => {
      own(temporary);
      image.rebuild();
    },
    remove: async () => {
      await endContainer();
      rmSync(folder, { recursive: true, force: true });
      learner.remove();
    },
  };
}

/** Those of the images' own start script, but for the address: this machine may have others on it. */
function serverFlags(port: number): string[] {
  return [
    '--ip=127.0.0.1',
    `--port=${port}`,
    '--no-browser',
    '--ServerApp.port_retries=0',
    '--ServerApp.base_url=/jupyterlab/default',
    '--ServerApp.token=',
    '--ServerApp.allow_origin=*',
    // From the images' configuration.
    "--ServerApp.tornado_settings={'compress_response': True}",
    '--ContentsManager.allow_hidden=True',
  ];
}

/** A repository of the learner's: git does not read one that is another user's. */
export function cloneHead(target: string, { uid, gid }: Learner): string {
  const git = (...args: string[]) => {
    const { status, stderr } = spawnSync('git', ['-c', 'safe.directory=*', ...args], { encoding: 'utf8' });
    if (status !== 0) throw new Error(`git ${args.join(' ')} failed: ${stderr}`);
  };
  git('clone', '--quiet', '--bare', '--depth', '1', `file://${projectRoot}`, target);
  spawnSync('chown', ['-R', `${uid}:${gid}`, target]);
  return `file://${target}`;
}

/** The address is printed a little before it is served. */
async function untilAnswering(url: string): Promise<void> {
  for (;;) {
    const answer = await fetch(url).catch(() => undefined);
    if (answer?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** What a program's output is waited for; it must come before its end. */
export async function untilMatched(child: ChildProcess, pattern: RegExp): Promise<RegExpExecArray> {
  let output = '';
  const matched = new Promise<RegExpExecArray>((resolve, reject) => {
    const read = (chunk: Buffer) => {
      output += chunk;
      const found = pattern.exec(output);
      if (found) resolve(found);
    };
    child.stdout?.on('data', read);
    child.stderr?.on('data', read);
    once(child, 'exit').then(
      ([code]) => reject(new Error(`It ended with ${code} before ${pattern} was seen:\n${output}`)),
      reject,
    );
  });
  return matched;
}
