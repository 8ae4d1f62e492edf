/** Brings `node_modules` in step with package-lock.json by `npm ci`, when it is not. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import { explained, explainFailure } from './failure-cause.mjs';
import { runLongStep } from './long-step.mjs';
import { withNpmCache } from './npm-cache.mjs';
import { reasonToInstall, writeStamp } from './packages-in-step.mjs';
import { withSetUpLock } from './set-up-lock.mjs';

const oldestNpm = 9;

const flags = [
  '--no-audit',
  '--no-fund',
  '--loglevel=error',
  '--prefer-offline',
  // With npm's own pauses, a machine without a network waits over a minute for the answer.
  '--fetch-retry-mintimeout=1000',
  '--fetch-retry-maxtimeout=5000',
];

/**
 * Does nothing, in a few milliseconds, when the packages are in step. A run that is cut short leaves no stamp, and
 * the next one starts over.
 *
 * @param {string} projectRoot
 */
export async function bringPackagesInStep(projectRoot) {
  if (reasonToInstall(projectRoot) === undefined) return;
  await withSetUpLock(projectRoot, async () => {
    const reason = reasonToInstall(projectRoot);
    if (reason === undefined) return;
    const npm = findNpm();
    const label = `Installing the npm packages (${reason})`;
    const args = [...npm.args, 'ci', ...flags];
    const result = await withNpmCache((env) =>
      runLongStep(label, npm.command, args, { cwd: projectRoot, env }),
    );
    if (result.interrupted) {
      throw explained(
        'Interrupted. Nothing is lost: the same command starts the install over.',
        result.interrupted,
      );
    }
    if (result.code !== 0)
      throw explained(explainFailure('npm could not install the packages', result.output));
    writeStamp(projectRoot);
  });
}

/**
 * The npm that runs this command, else the one on the PATH.
 *
 * @returns {{ command: string, args: string[] }}
 */
export function findNpm() {
  const running = process.env.npm_execpath;
  // yarn and pnpm set this variable too.
  const isNpm = running !== undefined && basename(running) === 'npm-cli.js' && existsSync(running);
  const npm = isNpm ? { command: process.execPath, args: [running] } : { command: 'npm', args: [] };
  const answer = spawnSync(npm.command, [...npm.args, '--version'], {
    encoding: 'utf8',
    shell: process.platform === 'win32',
  });
  const version = (answer.stdout || '').trim();
  if (answer.error || answer.status !== 0) {
    throw explained(
      `npm was not found on the PATH, or does not run.\nNext step: install Node 24 with its npm from nodejs.org, then run this again.`,
    );
  }
  if (Number(version.split('.')[0]) < oldestNpm) {
    throw explained(
      `npm ${version} is too old: this project needs npm ${oldestNpm} or later.\n` +
        'Next step: npm install --global npm@10, or install Node 24, which brings a newer npm; then run this again.',
    );
  }
  return npm;
}
