/** The Node that runs the project's TypeScript: version 24, from the npm package `node`. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { explained, explainFailure } from './failure-cause.mjs';
import { runLongStep } from './long-step.mjs';
import { withNpmCache } from './npm-cache.mjs';
import { withSetUpLock } from './set-up-lock.mjs';

/**
 * The absolute path of a Node that runs TypeScript as it stands. That is the project's own; when it was not
 * installed, because npm's install scripts are switched off, the one that runs this, if it is new enough; else the
 * project's own is installed now.
 *
 * @param {string} projectRoot
 */
export async function findNode(projectRoot) {
  const packageFolder = join(projectRoot, 'node_modules', 'node');
  const own = join(packageFolder, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  if (versionOf(own)?.startsWith('24.')) return own;
  if (runsTypeScript(process.versions.node)) return process.execPath;
  const output = await withSetUpLock(projectRoot, () => installNode(packageFolder));
  if (versionOf(own)?.startsWith('24.')) return own;
  const what = `Node 24 could not be brought into the project (Node ${process.versions.node} is too old for its TypeScript)`;
  const otherwise =
    'Or install Node 24 from nodejs.org or with your version manager: it is then used as it is.';
  throw explained(`${explainFailure(what, output)}\n\n${otherwise}`);
}

async function installNode(packageFolder) {
  const script = 'installArchSpecificPackage.js';
  if (!existsSync(join(packageFolder, script))) return `${script} is missing`;
  const label = 'Installing Node 24 into the project';
  const result = await withNpmCache(({ npm_config_ignore_scripts: _, ...env }) =>
    runLongStep(label, process.execPath, [script], { cwd: packageFolder, env }),
  );
  if (result.interrupted)
    throw explained('Interrupted. The same command takes it up again.', result.interrupted);
  return result.output;
}

function versionOf(node) {
  if (node === process.execPath) return process.versions.node;
  if (!existsSync(node)) return undefined;
  const answer = spawnSync(node, ['-p', 'process.versions.node'], { encoding: 'utf8', timeout: 20_000 });
  return answer.status === 0 ? answer.stdout.trim() : undefined;
}

/** Node strips types by itself from 22.18 on. */
function runsTypeScript(version) {
  const [major, minor] = version.split('.').map(Number);
  return major > 22 ? major !== 23 || minor >= 6 : major === 22 && minor >= 18;
}
