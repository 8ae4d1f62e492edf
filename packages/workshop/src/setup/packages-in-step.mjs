/** Whether `node_modules` holds what package-lock.json asks for, told without starting npm. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The parts of a package.json that decide what is installed. A changed script must not cost an install. */
const decisive = [
  'dependencies',
  'devDependencies',
  'optionalDependencies',
  'overrides',
  'workspaces',
  'allowScripts',
];

const stampFile = (projectRoot) => join(projectRoot, 'node_modules', '.set-up-stamp');

/**
 * Why the packages must be installed, or undefined when they need not. Packages that somebody installed with npm
 * directly are accepted as they are, if npm's own record of them agrees with package-lock.json.
 *
 * @param {string} projectRoot
 */
export function reasonToInstall(projectRoot) {
  if (!existsSync(join(projectRoot, 'node_modules'))) return 'not installed yet';
  const locked = readJson(join(projectRoot, 'package-lock.json')).packages;
  const absent = Object.entries(locked).find(
    ([path, entry]) => path !== '' && !entry.optional && !existsSync(join(projectRoot, path, 'package.json')),
  );
  if (absent !== undefined) return 'some are missing';
  if (readText(stampFile(projectRoot)) === fingerprint(projectRoot)) return undefined;
  if (!npmRecordAgrees(projectRoot, locked))
    return 'package-lock.json has changed or an install was cut short';
  writeStamp(projectRoot);
  return undefined;
}

/**
 * Records that the packages are complete. To be called only when they are.
 *
 * @param {string} projectRoot
 */
export function writeStamp(projectRoot) {
  try {
    writeFileSync(stampFile(projectRoot), fingerprint(projectRoot));
  } catch {
    // A folder that may be read only: the packages are there, and are looked at again next time.
  }
}

function fingerprint(projectRoot) {
  const hash = createHash('sha256').update(`${process.platform} ${process.arch}\n`);
  hash.update(readText(join(projectRoot, 'package-lock.json')) || '');
  for (const folder of ownPackages(projectRoot)) {
    const manifest = readJson(join(projectRoot, folder, 'package.json'));
    hash.update(JSON.stringify(decisive.map((key) => manifest[key])));
  }
  return hash.digest('hex');
}

/** The project's own folder and those of its workspaces, from the project's folder; the lock file lists them. */
function ownPackages(projectRoot) {
  const { packages = {} } = readJson(join(projectRoot, 'package-lock.json'));
  return Object.keys(packages).filter((path) => !path.includes('node_modules/'));
}

/** npm writes this record last, so it is not there when an install was cut short. */
function npmRecordAgrees(projectRoot, locked) {
  const installed = readJson(join(projectRoot, 'node_modules', '.package-lock.json')).packages;
  if (installed === undefined) return false;
  return Object.entries(locked).every(([path, entry]) => {
    if (path === '') return true;
    const found = installed[path];
    if (found === undefined) return entry.optional && !isForThisMachine(entry);
    return found.version === entry.version && found.integrity === entry.integrity;
  });
}

/** Native packages list the systems they are for; `libc` tells two kinds of Linux apart and is not looked at. */
function isForThisMachine(entry) {
  if (!entry.os || !entry.cpu || entry.libc) return false;
  return entry.os.includes(process.platform) && entry.cpu.includes(process.arch);
}

function readText(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

function readJson(file) {
  const text = readText(file);
  try {
    return text === undefined ? {} : JSON.parse(text);
  } catch {
    return {};
  }
}
