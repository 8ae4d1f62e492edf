/** What `npm run pull` does: a newer version of the project, also where its notebooks were run or edited. */
import { spawnSync } from 'node:child_process';
import { constants, copyFileSync, existsSync, mkdirSync, realpathSync, rmSync } from 'node:fs';
import { dirname, join, parse, relative } from 'node:path';
import { explained } from './cli.mjs';

/** Where a learner's notebooks go whose place a newer version takes. git does not look at it. */
const keptFolder = 'my-notebooks';

/**
 * Brings the clone to the newest version of its branch. Notebooks that were run or edited here, and that have a newer
 * version, are copied to `my-notebooks` first; all other changes stay where they are. When git cannot bring the new
 * version, all is as it was before. It needs no packages.
 *
 * @param {string} projectRoot
 * @returns {{ isNew: boolean, text: string }} whether there was a newer version, and what was done, for a person
 * @throws an explained error with what git said
 */
export function pull(projectRoot) {
  const git = gitIn(projectRoot);
  const top = git('rev-parse', '--show-toplevel').output;
  if (top === '' || realpathSync(top) !== realpathSync(projectRoot)) {
    throw explained(
      'This folder was not made by git clone.\nNext step: clone the project anew, and copy your notebooks into it.',
    );
  }
  demand(git('fetch', '--quiet'), 'the newest version could not be fetched', 'check the connection');
  const missing = git('rev-list', '--count', 'HEAD..@{upstream}');
  demand(missing, 'this branch follows no other', 'git checkout main');
  if (missing.output === '0') return { isNew: false, text: 'This is the newest version.' };
  const changedHere = names(git('diff', '--name-only', '-z', 'HEAD', '--', 'notebooks').output);
  const changedThere = names(
    git('diff', '--name-only', '-z', 'HEAD...@{upstream}', '--', 'notebooks').output,
  );
  const replaced = changedHere.filter((name) => changedThere.includes(name));
  const kept = replaced
    .filter((name) => existsSync(join(projectRoot, name)))
    .map((name) => ({ name, copy: keep(projectRoot, name) }));
  const removed = replaced.filter((name) => !existsSync(join(projectRoot, name)));
  if (replaced.length > 0) git('checkout', '--quiet', 'HEAD', '--', ...replaced);
  const merged = git('merge', '--ff-only', '--quiet', '@{upstream}');
  if (merged.code !== 0) {
    for (const { name, copy } of kept) {
      copyFileSync(join(projectRoot, copy), join(projectRoot, name));
      rmSync(join(projectRoot, copy));
    }
    for (const name of removed) rmSync(join(projectRoot, name));
  }
  demand(merged, 'git could not bring the newest version; all is as it was before', 'do what git says below');
  const copies = kept.map(({ name, copy }) => `  ${name} as you had it: ${copy}`);
  return { isNew: true, text: ['This is the newest version now.', ...copies].join('\n') };
}

/**
 * Copies a file to where nothing is yet, such as `my-notebooks/001-2026-12-24.ipynb`.
 *
 * @param {string} projectRoot
 * @param {string} name relative to it
 */
function keep(projectRoot, name) {
  const { dir, name: base, ext } = parse(relative('notebooks', name));
  const day = new Date().toISOString().slice(0, 10);
  for (let count = 1; ; count += 1) {
    const file = `${base}-${day}${count === 1 ? '' : `-${count}`}${ext}`;
    const copy = join(keptFolder, dir, file);
    if (existsSync(join(projectRoot, copy))) continue;
    mkdirSync(dirname(join(projectRoot, copy)), { recursive: true });
    copyFileSync(join(projectRoot, name), join(projectRoot, copy), constants.COPYFILE_EXCL);
    return copy;
  }
}

/** @param {string} projectRoot */
function gitIn(projectRoot) {
  return (/** @type {string[]} */ ...args) => {
    const env = { ...process.env, GIT_TERMINAL_PROMPT: '0', LC_ALL: 'C' };
    const { status, stdout, stderr, error } = spawnSync('git', args, {
      cwd: projectRoot,
      encoding: 'utf8',
      env,
    });
    if (error)
      throw explained('git was not found on the PATH.\nNext step: install git, then run this again.');
    return { code: status, output: stdout.trim(), complaint: stderr.trim() };
  };
}

/** @type {(answer: { code: number | null, complaint: string }, what: string, next: string) => void} */
function demand({ code, complaint }, what, next) {
  if (code === 0) return;
  const said = complaint.split('\n').map((line) => `  ${line}`);
  throw explained(
    [`Not updated: ${what}.`, `Next step: ${next}, then run this again.`, '', ...said].join('\n'),
  );
}

/** @param {string} text separated by zeros, as git gives it with `-z` */
function names(text) {
  return text.split('\0').filter((name) => name !== '');
}
