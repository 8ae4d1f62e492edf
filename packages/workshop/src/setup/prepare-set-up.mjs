/** What `npm run setup` does before there are packages, on any Node from 20 on. */
import { statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { freeMegabytes, judgeRoom, packagesMegabytes } from './disk-space.mjs';
import { explained } from './failure-cause.mjs';
import { isStudio } from './is-studio.mjs';
import { reasonToInstall } from './packages-in-step.mjs';
import { parseSetUpArguments } from './set-up-arguments.mjs';
import { shortPath } from './short-path.mjs';
import { uninstall } from './uninstall.mjs';
import { fitMessage } from './wrap.mjs';

/** Megabytes of downloads, which are on the same disk where there is only one. */
const downloadsMegabytes = 250;

/**
 * Answers what needs no packages, and looks whether there is room for them.
 *
 * @param {string} projectRoot
 * @param {readonly string[]} args
 * @returns {Promise<boolean>} whether that was all
 */
export async function prepareSetUp(projectRoot, args) {
  const request = parseSetUpArguments(args);
  if (request.usage !== undefined) {
    console.log(request.usage);
    return true;
  }
  if (request.uninstall) {
    console.log(await uninstall(projectRoot, process.env));
    return true;
  }
  warnOrRefuse(projectRoot, reasonToInstall(projectRoot) === undefined ? 0 : neededMegabytes(projectRoot));
  return false;
}

/**
 * @param {string} projectRoot
 * @param {number} needed in megabytes
 * @throws an explained error when it does not fit
 */
export function warnOrRefuse(projectRoot, needed) {
  const room = {
    freeMegabytes: freeMegabytes(projectRoot),
    neededMegabytes: needed,
    folder: shortPath(projectRoot),
  };
  const { verdict, text } = judgeRoom(room);
  if (verdict === 'refused') throw explained(text);
  if (verdict === 'tight') console.error(fitMessage(text));
}

/** Outside of Studio, npm keeps downloads for all projects, and has most of them already or not. */
function neededMegabytes(projectRoot) {
  const isOneDisk = statSync(tmpdir()).dev === statSync(projectRoot).dev;
  return packagesMegabytes + (isStudio(process.env) && isOneDisk ? downloadsMegabytes : 0);
}
