import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { runtimeFolder, runtimeSource } from './places.ts';

interface Lock {
  readonly packages: Record<
    string,
    { optional?: boolean; version?: string; dependencies?: Record<string, string> }
  >;
}

/** The CPU builds of node-llama-cpp; of the others, for graphics cards, each takes hundreds of megabytes. */
const builds: Readonly<Record<string, string>> = {
  'darwin-arm64': 'mac-arm64-metal',
  'darwin-x64': 'mac-x64',
  'linux-arm': 'linux-armv7l',
  'linux-arm64': 'linux-arm64',
  'linux-x64': 'linux-x64',
  'win32-arm64': 'win-arm64',
  'win32-x64': 'win-x64',
};

/** Megabytes that the runtime takes on disk: 85 when measured, on Linux. */
export const runtimeMegabytes = 85;

function readLock(): string {
  return readFileSync(join(runtimeSource, 'package-lock.json'), 'utf8');
}

/** Where node-llama-cpp is installed; undefined when it is not. */
export function installedRuntime(env?: NodeJS.ProcessEnv): string | undefined {
  const folder = runtimeFolder(readLock(), env);
  return existsSync(folder) ? folder : undefined;
}

/**
 * node-llama-cpp and the one CPU build of this platform, installed by npm into a folder of their own when they are not
 * there: exactly what the committed lock file says. It never touches the project's `node_modules`, and an install of
 * the project never touches it.
 *
 * @returns the folder, for `EngineOptions.runtime`
 * @throws an `Error` that says what to do when there is no build for this platform, or npm fails
 */
export async function ensureRuntime(
  tell: (line: string) => void = () => {},
  env = process.env,
): Promise<string> {
  const lock = readLock();
  const folder = runtimeFolder(lock, env);
  if (existsSync(folder)) return folder;
  const { manifest, locked } = forPlatform(lock, `${process.platform}-${process.arch}`);
  mkdirSync(dirname(folder), { recursive: true });
  // Made beside its place and moved there whole: nobody sees half of it, and of two the first one wins.
  const made = mkdtempSync(`${folder}-`);
  try {
    writeFileSync(join(made, 'package.json'), manifest);
    writeFileSync(join(made, 'package-lock.json'), locked);
    tell(`Installing what runs a model (node-llama-cpp, about ${runtimeMegabytes} MB) in ${folder}`);
    await runNpm(made, env);
    renameSync(made, folder);
  } catch (error) {
    if (!existsSync(folder)) throw error;
  } finally {
    rmSync(made, { recursive: true, force: true });
  }
  return folder;
}

/**
 * The manifest and the lock file with the build of one platform as a plain dependency, so that `--omit=optional`
 * leaves out all others. Pure.
 */
export function forPlatform(lock: string, platform: string) {
  const build = builds[platform];
  if (build === undefined) {
    throw new Error(
      `There is no ready build of llama.cpp for ${platform}. Run a server such as Ollama, and name its URL: --model http://127.0.0.1:11434/v1`,
    );
  }
  const name = `@node-llama-cpp/${build}`;
  const { packages, ...rest }: Lock = JSON.parse(lock);
  const { optional: _, ...entry } = packages[`node_modules/${name}`] ?? {};
  const root = packages[''] ?? {};
  const dependencies = { ...root.dependencies, [name]: entry.version ?? '' };
  return {
    manifest: JSON.stringify({ private: true, dependencies }),
    locked: JSON.stringify({
      ...rest,
      packages: { ...packages, '': { ...root, dependencies }, [`node_modules/${name}`]: entry },
    }),
  };
}

/** The npm that runs this command, else the one on the PATH. Scripts are not run: they would compile or download. */
async function runNpm(folder: string, env: NodeJS.ProcessEnv): Promise<void> {
  const running = env.npm_execpath;
  const npm = running?.endsWith('npm-cli.js') && existsSync(running) ? [process.execPath, running] : ['npm'];
  const [program = '', ...first] = npm;
  const flags = ['ci', '--omit=optional', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  const child = spawn(program, [...first, ...flags], {
    cwd: folder,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    shell: process.platform === 'win32',
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
  const code = await new Promise((resolve) => {
    child.on('error', (error) => {
      output += error.message;
      resolve(127);
    });
    child.on('close', resolve);
  });
  if (code === 0) return;
  const last = output.trim().split('\n').slice(-5).join('\n');
  throw new Error(
    `npm could not install what runs a model:\n${last}\nNext step: look at the network and the room on the disk, and run the same command again.`,
  );
}
