/**
 * Where every command begins: `node packages/workshop/src/bootstrap.cjs <command> [arguments]`.
 *
 * It says why nothing can run here where that is so: in syntax that an old Node reads, and as CommonJS, since Node
 * loads no module from a folder with a backslash in its path. All else is in bootstrap.mjs.
 */
'use strict';
const oldestNode = 20;
const { dirname } = require('node:path');

const projectRoot = dirname(dirname(dirname(__dirname)));
const isWindows = process.platform === 'win32';

if (Number(process.versions.node.split('.')[0]) < oldestNode) {
  refuse(
    `This project needs Node ${oldestNode} or later to set itself up; this is Node ${process.versions.node}.`,
    'install Node 24 from nodejs.org or with your version manager, then run this again',
  );
} else if (!isWindows && /[\\:\n]/.test(projectRoot)) {
  const why = projectRoot.includes('\\')
    ? 'a backslash (\\) in it, and Node loads no module from there'
    : projectRoot.includes(':')
      ? 'a colon (:) in it, which separates folders in PATH and JUPYTER_PATH'
      : 'a line break in it';
  refuse(
    `The path of this folder has ${why}: ${projectRoot}`,
    'move or rename the folder that has it in its name, then run the same command there; your files come along',
  );
} else {
  import('./bootstrap.mjs');
}

/**
 * @param {string} what
 * @param {string} next
 */
function refuse(what, next) {
  console.error(`${what}\nNext step: ${next}.`);
  process.exitCode = 1;
}
