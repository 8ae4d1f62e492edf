/**
 * The first step of every command: `node packages/workshop/src/bootstrap.mjs <action> [arguments]`.
 *
 * It is plain JavaScript that needs no package, so that it runs on a fresh machine with Node 20 and npm only. It
 * brings the npm packages in step with package-lock.json, among them the Node 24 that runs the project's TypeScript,
 * and then hands over to that Node: arguments, standard input and output, signals and the exit code pass through.
 *
 * Its own words go to standard error. Syntax is kept old, so that an old Node can say that it is too old.
 */
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fitMessage } from './setup/wrap.mjs';

const projectRoot = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');
const oldestNode = 20;

/** What each action runs on the project's Node, from the project's folder. */
const programs = {
  start: ['packages/workshop/src/start.ts'],
  test: ['packages/workshop/src/check.ts'],
  setup: ['packages/workshop/src/setup.ts'],
  browser: ['packages/workshop/src/check.ts', '--only', 'browser'],
  clients: ['packages/workshop/src/check.ts', '--only', 'clients'],
  studio: ['packages/workshop/src/check.ts', '--only', 'studio'],
  record: ['packages/workshop/src/record.ts'],
  doctor: ['packages/workshop/src/doctor/cli.ts'],
  'models-refresh': ['packages/workshop/src/models-refresh/cli.ts'],
  'local-bedrock': ['packages/local-bedrock/src/cli.ts'],
  chat: ['packages/workshop/src/chat.ts'],
};

const usage = `Usage: node packages/workshop/src/bootstrap.mjs <${Object.keys(programs).join('|')}> [arguments]`;

main().catch((error) => {
  console.error(error?.isExplained ? fitMessage(error.message) : error);
  process.exit(error?.exitCode ? error.exitCode : 1);
});

async function main() {
  const major = Number(process.versions.node.split('.')[0]);
  if (major < oldestNode) {
    const own = `This project needs Node ${oldestNode} or later to set itself up; this is Node ${process.versions.node}.`;
    throw explained(
      `${own}\nNext step: install Node 24 from nodejs.org or with your version manager, then run this again.`,
    );
  }
  const action = process.argv[2];
  if (!Object.hasOwn(programs, action)) {
    throw explained(
      `${action === undefined ? 'No action was given.' : `Unknown action: ${action}`}\n${usage}`,
      2,
    );
  }
  // Loaded only now: these files use syntax that the check above is there to guard.
  const args = process.argv.slice(3);
  if (action === 'setup') {
    const { prepareSetUp } = await import('./setup/prepare-set-up.mjs');
    if (await prepareSetUp(projectRoot, args)) return;
  }
  const { endWithNpm } = await import('./setup/end-with-npm.mjs');
  const { bringPackagesInStep } = await import('./setup/npm-packages.mjs');
  const { findNode } = await import('./setup/project-node.mjs');
  endWithNpm();
  await bringPackagesInStep(projectRoot);
  const node = await findNode(projectRoot);
  await handOver(node, programs[action].concat(args));
}

/** Runs the program in the foreground and ends as it ends. */
function handOver(node, [program, ...args]) {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  const child = spawn(node, [join(projectRoot, program), ...args], { cwd: projectRoot, stdio: 'inherit' });
  return new Promise((_resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code, signal) => process.exit(signal ? 128 + constants.signals[signal] : code));
  });
}

function explained(message, exitCode) {
  return Object.assign(new Error(message), { isExplained: true, exitCode: exitCode || 1 });
}
